import type { Alert, Inventory } from "@onhand/core";
import type { Knex } from "knex";

/** What should be bought, as the buyers see it. */
export interface Suggestion {
  readonly sku: string;
  readonly storeId: string;
  readonly quantity: number;
}

const pageSize = 500;

/** What is wanted at one place, as the ledger stands now; undefined when there is enough. */
async function wantedAt({ alerts, thresholds, stock }: Inventory, at: Pick<Alert, "sku" | "storeId">): Promise<number | undefined> {
  const { sku, storeId } = at;
  const open = await Promise.all((["active", "acknowledged"] as const).map((status) => alerts.list({ sku, storeId, status })));
  if (!open.flatMap(({ items }) => items).some(({ type }) => type !== "overstock")) return undefined;
  const { reorderPoint, reorderQuantity, maximum } = await thresholds.get({ sku, storeId });
  const { available, incoming } = await stock.level({ sku, storeId });
  return reorderQuantity ?? Math.max(1, (maximum ?? 2 * reorderPoint) - available - incoming);
}

/**
 * Reads what became of alerts since the last time, and brings the suggestions up to it. The position is written with them in one
 * transaction, so a crash, a second process or a missed event loses none and makes none twice.
 *
 * @returns how many places it looked at.
 */
export async function followAlerts(knex: Knex, inventory: Inventory): Promise<number> {
  const { seq } = await knex("erp_ledger_position").where({ id: 1 }).first();
  const page = await inventory.feed.since(Number(seq), { limit: pageSize, filter: { entities: ["alert"] } });
  const places = new Map(page.items.map(({ value }) => [JSON.stringify([(value as Alert).sku, (value as Alert).storeId]), value as Alert]));
  // Read before the transaction: what it holds up is other people's orders.
  const wanted = await Promise.all([...places.values()].map(async (at) => ({ at, quantity: await wantedAt(inventory, at) })));
  await knex.transaction(async (trx) => {
    const mine = await trx("erp_ledger_position").where({ id: 1, seq }).update({ seq: page.position });
    // Somebody else was faster, and wrote the same.
    if (mine === 0) return;
    for (const { at, quantity } of wanted) await write(trx, at, quantity);
  });
  return places.size + (page.more ? await followAlerts(knex, inventory) : 0);
}

async function write(trx: Knex.Transaction, { sku, storeId }: Alert, quantity: number | undefined): Promise<void> {
  const key = { sku, store_id: storeId };
  if (quantity === undefined) await trx("erp_purchase_suggestions").where(key).update({ status: "closed" });
  else {
    const row = { ...key, status: "open", quantity };
    await trx("erp_purchase_suggestions").insert(row).onConflict(["sku", "store_id"]).merge();
  }
}

/** The suggestions that are open, by SKU. */
export async function openSuggestions(knex: Knex): Promise<readonly Suggestion[]> {
  const rows = await knex("erp_purchase_suggestions").where({ status: "open" }).orderBy(["sku", "store_id"]);
  return rows.map(({ sku, store_id: storeId, quantity }) => ({ sku, storeId, quantity }));
}
