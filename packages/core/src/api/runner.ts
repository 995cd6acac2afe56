import { fingerprint } from "../domain/shared/fingerprint";
import type { CommandDefinition } from "../domain/shared/slice";
import type { Submitter } from "../engine/engine";
import type { Receipt } from "../engine/job";
import { InventoryError } from "../errors";
import type { Authorize } from "../ports/authorize";

/** Takes a caller's input through parsing and permission into the engine. */
export type Run = <Input extends CommandInput, Result>(
  definition: CommandDefinition<Input, Result>,
  input: unknown,
) => Promise<Result & Receipt>;

export interface CommandInput {
  readonly actor?: string | undefined;
  readonly idempotencyKey?: string | undefined;
}

export function createRunner(engine: Submitter, authorize: Authorize | undefined): Run {
  return (definition, input) => {
    try {
      const parsed = definition.parse(input);
      const command = {
        definition,
        input: parsed,
        ...(parsed.idempotencyKey !== undefined && { operation: operationOf(definition.name, parsed) }),
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
