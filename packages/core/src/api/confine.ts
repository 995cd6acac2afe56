import type { Row, Write } from "../domain/shared/rows";
import type { CommandDefinition } from "../domain/shared/slice";
import { InventoryError, type Refusal } from "../errors";

/**
 * The same command for somebody who is in charge of some stores only: what it would do elsewhere is `FORBIDDEN`, whichever id
 * it was given. Told from the rows it writes, in the transaction that writes them, so no rule has to think of it.
 */
export const confined = <Input, Result>(
  definition: CommandDefinition<Input, Result>,
  stores: ReadonlySet<unknown>,
): CommandDefinition<Input, Result> => ({
  ...definition,
  decide(view, input, context) {
    const decision = definition.decide(view, input, context);
    const touched = "refusal" in decision ? storesTold(decision.refusal) : decision.writes.flatMap(storesWritten);
    // Thrown, not answered: an idempotency key must not remember a no that may be a yes when the actor is given the store.
    if (touched.some((id) => !stores.has(id))) throw new InventoryError("FORBIDDEN", { action: definition.name });
    return decision;
  },
});

/** A level also changes by what is on its way to it, which is the sender's doing: what happens to goods is in the other tables. */
const ofOthersToo = new Set(["levels", "incoming_events"]);

function storesWritten({ table, row }: Write): readonly unknown[] {
  if (ofOthersToo.has(table)) return [];
  return table === "stores" ? [row.id] : storeIdsOf(row);
}

/** A refusal tells of a store too: how much of what is there. */
function storesTold({ details }: Refusal): readonly unknown[] {
  const { lines = [], levels = [] } = details as { readonly lines?: readonly Row[]; readonly levels?: readonly Row[] };
  return [details as unknown as Row, ...lines, ...levels].flatMap(storeIdsOf);
}

const storeIdsOf = (row: Row): readonly unknown[] => ("storeId" in row ? [row.storeId] : []);
