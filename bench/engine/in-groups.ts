/** What a group comes to: the text to write, and what each caller is told. */
export interface Written {
  readonly text: string;
  readonly answers: readonly unknown[];
}

/**
 * The least that could be called a queue: a promise per caller, and commands that come while one group is written are the next
 * group. `write` makes a group durable; without it nothing is.
 */
export function inGroups<Command>(
  decide: (group: readonly Command[]) => Written,
  write: ((text: string) => Promise<void>) | undefined,
): (command: Command) => Promise<unknown> {
  let waiting: { readonly command: Command; readonly resolve: (answer: unknown) => void }[] = [];
  let draining = false;

  async function drain(): Promise<void> {
    draining = true;
    await undefined;
    while (waiting.length > 0) {
      const group = waiting;
      waiting = [];
      const { text, answers } = decide(group.map(({ command }) => command));
      if (write) await write(text);
      for (const [index, { resolve }] of group.entries()) resolve(answers[index]);
    }
    draining = false;
  }

  return (command) =>
    new Promise((resolve) => {
      waiting.push({ command, resolve });
      if (!draining) void drain();
    });
}
