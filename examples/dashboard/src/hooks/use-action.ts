import type { CommandInput, CommandResult, CommandType } from "@onhand/client";
import { useCommand, useConnection } from "@onhand/react";
import { describeRefusal } from "../model/refusal";
import { say } from "../say";
import { useMay } from "./use-permissions";

/** A command that tells the one who gave it how it went. */
export interface Action<Type extends CommandType> {
  /** Whether it is open to whoever is signed in. */
  readonly may: boolean;
  readonly busy: boolean;
  /** Runs it and says `done`, or why not. Answers with the result; undefined when it was refused. */
  readonly run: (
    input: CommandInput<Type>,
    done: string | ((result: CommandResult<Type>) => string),
  ) => Promise<CommandResult<Type> | undefined>;
}

/** A command of the server, whose end is told as a toast; `trouble` is said before the reason when it is refused. */
export function useAction<Type extends CommandType>(type: Type, trouble: string): Action<Type> {
  const may = useMay(type);
  const isLive = useConnection(({ status }) => status === "live");
  const { run, pending } = useCommand(type);
  return {
    may,
    busy: pending > 0,
    async run(input, done) {
      if (!isLive) say({ kind: "warning", text: "No connection right now", description: "This is sent as soon as the server is back." });
      try {
        const result = await run(input);
        say({ kind: "success", text: typeof done === "string" ? done : done(result) });
        return result;
      } catch (error) {
        say({ kind: "error", text: trouble, description: describeRefusal(error) });
        return undefined;
      }
    },
  };
}
