import type * as z from "zod";
import type { AnyCommand } from "../domain/shared/slice";
import { slices } from "../domain/slices";
import { InventoryError, type InventoryErrorCode } from "../errors";

const definitions = slices.flatMap((slice) => slice.commands);
const commands = new Map(definitions.map((definition) => [definition.name, definition]));

/** What every command takes, by its name: the schemas that commands are parsed with. */
export const commandSchemas: Readonly<Record<string, z.ZodType>> = Object.fromEntries(
  definitions.map(({ name, parse }) => [name, parse.schema]),
);

/** Every command by its name, with the codes its rule may refuse with. */
export const commandRefusals: Readonly<Record<string, readonly InventoryErrorCode[]>> = Object.fromEntries(
  definitions.map(({ name, refusals }) => [name, refusals]),
);

/** The command of this name. Throws `INVALID_INPUT` when there is none. */
export function commandNamed(command: string): AnyCommand {
  const definition = commands.get(command);
  if (definition) return definition;
  throw new InventoryError("INVALID_INPUT", {
    issues: [{ path: "command", message: `there is no command ${String(command).slice(0, 64)}` }],
  });
}

/**
 * Checks the input of a command without running it: what a form or a dry run asks first. Whether products and stores exist
 * and enough is there only the command itself can tell.
 *
 * @throws {@link InventoryError} `INVALID_INPUT` when there is no such command, or with an issue for each ill-formed field.
 * @example
 * checkCommand("products.create", { sku: "TEA-50", name: "Green tea 50 g" });
 */
export function checkCommand(command: string, input: Readonly<Record<string, unknown>>): void {
  commandNamed(command).parse(input);
}
