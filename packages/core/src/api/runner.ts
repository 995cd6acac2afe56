import { fingerprint } from "../domain/shared/fingerprint";
import type { CommandDefinition, CommandInput } from "../domain/shared/slice";
import type { Submitter } from "../engine/engine";
import { outcomeCodeOf, type Receipt } from "../engine/job";
import { InventoryError } from "../errors";
import type { Actor, Authorize } from "../ports/authorize";
import type { CommandObservation, Observer } from "../ports/observer";
import { confined } from "./confine";

/** Takes a caller's input through parsing and permission into the engine. */
export type Run = <Input extends CommandInput, Result>(
  definition: CommandDefinition<Input, Result>,
  input: unknown,
) => Promise<Result & Receipt>;

/** What a runner sees to before a command reaches the engine. */
export interface Gates {
  readonly authorize?: Authorize | undefined;
  readonly observer?: Observer | undefined;
  /** A command as this inventory takes it. */
  readonly refine: <Input, Result>(definition: CommandDefinition<Input, Result>) => CommandDefinition<Input, Result>;
}

export function createRunner(engine: Submitter, gates: Gates, acting?: Actor): Run {
  const run = runWith(engine, gates, acting);
  const { observer } = gates;
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

function runWith(engine: Submitter, { authorize, refine }: Gates, acting: Actor | undefined) {
  const stores = storesOf(acting);
  return <Input extends CommandInput, Result>(
    given: CommandDefinition<Input, Result>,
    input: unknown,
    observation?: CommandObservation,
  ): Promise<Result & Receipt> => {
    try {
      const definition = refine(given);
      const parsed = definition.parse(acting ? { ...(input as object), actor: acting.id } : input);
      const command = {
        definition: stores ? confined(definition, stores) : definition,
        input: parsed,
        operation: operationOf(definition.name, parsed),
        observation,
      };
      if (!authorize) return engine.submit(command);
      return requirePermission(authorize, acting, definition.name, parsed).then(() => engine.submit(command));
    } catch (error) {
      return Promise.reject(error);
    }
  };
}

/** The stores an actor is confined to; undefined for one who names none, or all. */
function storesOf(actor: Actor | undefined): ReadonlySet<unknown> | undefined {
  if (actor?.stores === undefined || actor.stores === "*") return undefined;
  if (Array.isArray(actor.stores)) return new Set(actor.stores);
  throw new TypeError('the stores of an actor are a list of their ids, or "*"');
}

/** What a call gives beside its options. An option of the same name would be lost without a word, so it is refused. */
export function inputOf(options: object | undefined, own: Readonly<Record<string, unknown>>): object {
  for (const path of Object.keys(own)) {
    if (options && Object.hasOwn(options, path))
      throw new InventoryError("INVALID_INPUT", { issues: [{ path, message: "is the call's own argument" }] });
  }
  return { ...options, ...own };
}

function operationOf(command: string, input: CommandInput): { key: string; fingerprint: number } | undefined {
  const { idempotencyKey: key } = input;
  return key === undefined ? undefined : { key, fingerprint: fingerprint(command, JSON.stringify(input)) };
}

async function requirePermission(authorize: Authorize, acting: Actor | undefined, action: string, input: CommandInput): Promise<void> {
  const actor = acting ?? (input.actor === undefined ? undefined : { id: input.actor });
  if ((await authorize(actor, action, input as Readonly<Record<string, unknown>>)) !== true)
    throw new InventoryError("FORBIDDEN", { action });
}
