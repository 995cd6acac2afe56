import { levelKey, type Movement, type Reservation } from "@onhand/core";
import { type Ledger, secretSku } from "./schedule-world";
import { history, type Look } from "./screen";

/** What a list must show in the end, row by row, worked out from the ledger's entries alone. */
export type Expected = (look: Look, isGuest: boolean) => readonly string[];

interface Total {
  readonly sku: string;
  readonly storeId: string;
  onHand: number;
  reserved: number;
}

/** Folds a ledger: levels from its movements and its active reservations, no level it keeps is asked. */
export async function foldOf({ inventory }: Ledger): Promise<Expected> {
  const { items } = await inventory.feed.since(0, { limit: 10_000 });
  const movements = items.flatMap((change) => (change.entity === "movement" ? [change.value] : []));
  const held = items.flatMap((change) => (change.entity === "reservation" && change.value.status === "active" ? [change.value] : []));
  const products = items.flatMap((change) => (change.entity === "product" ? [change.value] : []));
  const totals = totalsOf(movements, held);

  const rows = {
    levels: (passes: Passes) =>
      totals.filter(passes).map(({ sku, storeId, onHand, reserved }) => `${sku} ${storeId} ${onHand} ${reserved}`),
    movements: (passes: Passes, readable: Passes) =>
      movements
        .filter(passes)
        .sort((a, b) => b.seq - a.seq || b.line - a.line)
        .slice(0, history)
        .filter(readable)
        .map(movementText),
    products: (_: Passes, readable: (row: { sku: string }) => boolean) =>
      products.filter(readable).map(({ sku, name }) => `${sku} ${name}`),
    reservations: (passes: Passes) => held.filter(passes).map(({ id, held: quantity }) => `${id} ${quantity}`),
  } as const;

  return ({ of, query }, isGuest) => {
    const readable = ({ sku }: { sku: string }) => !isGuest || sku !== secretSku;
    const inQuery: Passes = ({ sku, storeId }) =>
      (query.sku ?? sku) === sku && (query.storeId ?? storeId) === storeId && (query.skus?.includes(sku) ?? true);
    if (of === "movements") return rows.movements(inQuery, readable);
    return [...rows[of]((row) => inQuery(row) && readable(row), readable)].sort();
  };
}

type Passes = (row: { readonly sku: string; readonly storeId: string }) => boolean;

export const movementText = ({
  id,
  sku,
  storeId,
  delta,
  onHandAfter,
}: Pick<Movement, "id" | "sku" | "storeId" | "delta" | "onHandAfter">) => `${id} ${sku} ${storeId} ${delta} ${onHandAfter}`;

function totalsOf(movements: readonly Movement[], held: readonly Reservation[]): readonly Total[] {
  const totals = new Map<string, Total>();
  const at = ({ sku, storeId }: { readonly sku: string; readonly storeId: string }): Total => {
    const key = levelKey({ sku, storeId });
    const total = totals.get(key) ?? { sku, storeId, onHand: 0, reserved: 0 };
    totals.set(key, total);
    return total;
  };
  for (const movement of movements) at(movement).onHand += movement.delta;
  for (const reservation of held) at(reservation).reserved += reservation.held;
  return [...totals.values()];
}
