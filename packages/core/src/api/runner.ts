import { fingerprint } from "../domain/shared/fingerprint";
import type { CommandDefinition } from "../domain/shared/slice";
import type { Submitter } from "../engine/engine";
import { outcomeCodeOf, type Receipt } from "../engine/job";
import { InventoryError } from "../errors";
import type { Authorize } from "../ports/authorize";
import type { CommandObservation, Observer } from "../ports/observer";

/** Takes a caller's input through parsing and permission into the engine. */
export type Run = <Input extends CommandInput, Result>(
  definition: CommandDefinition<Input, Result>,
  input: unknown,
) => Promise<Result & Receipt>;

export interface CommandInput {
  readonly actor?: string | undefined;
  readonly idempotencyKey?: string | undefined;
}

export function createRunner(engine: Submitter, authorize: Authorize | undefined, observer?: Observer): Run {
  const run = runWith(engine, authorize);
  if (!observer) return run;
  return (definition, input) => {
    const observation = observer.command(definition.name);
    const done = run(definition, input, observation);
    done.then(
      ({ seq, replayed }) => observation.settled({ code: replayed ? "REPLAYED" : "OK", seq }),
      (error: unknown) => observation.settled({ code: outcomeCodeOf(error) }),
    );
    return done;
  };
}

function runWith(engine: Submitter, authorize: Authorize | undefined) {
  return <Input extends CommandInput, Result>(
    definition: CommandDefinition<Input, Result>,
    input: unknown,
    observation?: CommandObservation,
  ): Promise<Result & Receipt> => {
    try {
      const parsed = definition.parse(input);
      const command = {
        definition,
        input: parsed,
        ...(parsed.idempotencyKey !== undefined && { operation: operationOf(definition.name, parsed) }),
        ...(observation && { observation }),
      };
      if (!authorize) return engine.submit(command);
      return requirePermission(authorize, definition.name, parsed).then(() => engine.submit(command));
    } catch (error) {
      return Promise.reject(error);
    }
  };
}

/** What a call gives beside its options. An option of the same name would be lost without a word, so it is refused. */
export function inputOf(options: object | undefined, own: Readonly<Record<string, unknown>>): object {
  for (const path of Object.keys(own)) {
    if (options && Object.hasOwn(options, path))
      throw new InventoryError("INVALID_INPUT", { issues: [{ path, message: "is the call's own argument" }] });
  }
  return { ...options, ...own };
}

function operationOf(command: string, input: CommandInput): { key: string; fingerprint: number } {
  return { key: input.idempotencyKey as string, fingerprint: fingerprint(command + JSON.stringify(input)) };
}

async function requirePermission(authorize: Authorize, action: string, input: CommandInput): Promise<void> {
  const actor = input.actor === undefined ? undefined : { id: input.actor };
  if ((await authorize(actor, action, input as Readonly<Record<string, unknown>>)) !== true)
    throw new InventoryError("FORBIDDEN", { action });
}
