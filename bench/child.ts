import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

/** A process of its own that does what it is asked, one thing after another. */
export interface Child {
  ask<Answer>(task: { readonly do: string; readonly [detail: string]: unknown }): Promise<Answer>;
  end(): Promise<void>;
}

/** Starts a program. */
export function startChild(program: URL, errand: object): Child {
  const child = fork(fileURLToPath(program), [JSON.stringify(errand)], { execArgv: [...process.execArgv, "--expose-gc"] });
  return {
    async ask<Answer>(task: object) {
      const answer = answerOf(child);
      child.send(task);
      return (await answer) as Answer;
    },
    async end() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, "exit");
      child.kill("SIGKILL");
      await gone;
    },
  };
}

async function answerOf(child: ChildProcess): Promise<unknown> {
  const stop = new AbortController();
  try {
    return await Promise.race([
      once(child, "message", stop).then(([message]) => message),
      once(child, "exit", stop).then(([code, signal]) => {
        throw new Error(`a process ended with ${code ?? signal} before it was done`);
      }),
    ]);
  } finally {
    stop.abort();
  }
}

type Task = { readonly do: string } & Readonly<Record<string, never>>;

/** The other side of {@link startChild}: answers each task by its name. */
export function serveTasks(tasks: Readonly<Record<string, (task: Readonly<Record<string, number>>) => unknown>>): void {
  let turn = Promise.resolve();
  process.on("message", (task: Task) => {
    turn = turn.then(async () => {
      const run = tasks[task.do];
      if (!run) throw new Error(`there is no task ${task.do}`);
      process.send?.((await run(task)) ?? null);
    });
  });
  process.on("disconnect", () => process.exit());
}

/** What this process was told at its start. */
export const errand = <T>(): T => JSON.parse(process.argv[2] ?? "{}") as T;

/** Milliseconds on a clock that all processes of this machine share. */
export const now = (): number => performance.timeOrigin + performance.now();
