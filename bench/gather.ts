/**
 * The least that could be called a queue: a promise per caller, and callers that come while one group is on its way are the next
 * group. `write` makes a group durable and gives what each caller is told, if anything.
 */
export function gather<Item>(write: (group: readonly Item[]) => unknown): (item: Item) => Promise<unknown> {
  let waiting: { readonly item: Item; readonly resolve: (answer: unknown) => void; readonly reject: (error: unknown) => void }[] = [];
  let draining = false;

  async function drain(): Promise<void> {
    draining = true;
    await undefined;
    while (waiting.length > 0) {
      const group = waiting;
      waiting = [];
      try {
        const answers = (await write(group.map(({ item }) => item))) as readonly unknown[] | undefined;
        for (const [index, { resolve }] of group.entries()) resolve(answers?.[index]);
      } catch (error) {
        for (const { reject } of group) reject(error);
      }
    }
    draining = false;
  }

  return (item) =>
    new Promise((resolve, reject) => {
      waiting.push({ item, resolve, reject });
      if (!draining) void drain();
    });
}
