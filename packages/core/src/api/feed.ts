import { alertKey, alerts } from "../domain/alerts/tables";
import { type ProductRow, products, stores } from "../domain/catalog/tables";
import { countKey, countLines, counts } from "../domain/counts/tables";
import { purchaseOrderKey, purchaseOrders } from "../domain/purchasing/tables";
import { reservationKey, reservations } from "../domain/reservations/tables";
import type { Write } from "../domain/shared/rows";
import { skuKeyOf } from "../domain/shared/sku-key";
import type { EntityDefinition } from "../domain/shared/slice";
import { slices } from "../domain/slices";
import { levels, movements } from "../domain/stock/tables";
import { transferKey, transfers } from "../domain/transfers/tables";
import type { Engine } from "../engine/engine";
import { InventoryError } from "../errors";
import type { Condition, StorageAdapter } from "../ports/storage";
import { changeMatcher } from "../protocol/filter";
import type { Change, Entity, Feed, FeedFilter } from "./feed-types";
import { readPage } from "./paging";

const byTable = new Map<string, EntityDefinition>(slices.flatMap((slice) => slice.entities.map((entity) => [entity.table.name, entity])));
const byName = new Map<string, EntityDefinition>([...byTable.values()].map((definition) => [definition.entity, definition]));

interface Scope {
  readonly store?: string;
  readonly sku?: string;
  /** The columns of the rows' keys, and what an id is there. */
  readonly id?: { readonly columns: readonly string[]; readonly keyOf: (id: string) => readonly number[] | undefined };
  /** Set where rows are about more than one store or product, which no single column says. */
  readonly many?: true;
}

/** Which columns a filter's stores, SKUs and ids are about, by table. */
const scope: Readonly<Record<string, Scope>> = {
  [products.name]: { sku: "sku" },
  [stores.name]: { store: "id" },
  [levels.name]: { store: "storeId", sku: "sku" },
  [movements.name]: { store: "storeId", sku: "sku" },
  [reservations.name]: { store: "storeId", sku: "sku", id: { columns: reservations.key, keyOf: reservationKey } },
  [alerts.name]: { store: "storeId", sku: "sku", id: { columns: alerts.key, keyOf: alertKey } },
  [transfers.name]: { id: { columns: transfers.key, keyOf: transferKey }, many: true },
  [counts.name]: { store: "storeId", id: { columns: counts.key, keyOf: countKey } },
  [countLines.name]: { store: "storeId", sku: "sku", id: { columns: ["sheet"], keyOf: countKey } },
  [purchaseOrders.name]: { store: "storeId", id: { columns: purchaseOrders.key, keyOf: purchaseOrderKey } },
};

const defaultLimit = 1_000;

export function createFeed(engine: Engine, storage: StorageAdapter): Feed {
  return {
    epoch: engine.epoch,

    async head() {
      return (await storage.find(stores.name, { limit: 1 })).head;
    },

    async since(seq, { limit = defaultLimit, filter } = {}) {
      requirePosition(seq);
      requireLimit(limit);
      const tables = tablesOf(filter);
      const page = await storage.changes(seq, { limit, tables });
      const last = page.items.at(-1);
      const position = page.more && last ? last.row.seq : page.head;
      const changes = page.items.map(toChange);
      return { items: filter ? changes.filter(changeMatcher(filter)) : changes, head: page.head, position, more: page.more };
    },

    async snapshot<E extends Entity>(
      entity: E,
      { filter = {}, limit = defaultLimit, cursor, newestFirst = false }: Parameters<Feed["snapshot"]>[1] = {},
    ) {
      const { table, current } = definitionOf(entity);
      requireLimit(limit);
      const orderBy = table.key.slice(0, 1).map((column) => ({ column, descending: newestFirst }));
      const { where, head: known } = await whereOf(storage, table.name, filter);
      if (current && !filter.ids) where[current.column] = { in: current.in };
      const page = await readPage(storage, table, { where, orderBy, limit, cursor }, (row) => toChange({ table: table.name, row }));
      const { nextCursor } = page;
      const sifted = filter.ids || filter.skus || scope[table.name]?.many;
      const items = sifted ? page.items.filter(changeMatcher({ ...filter, entities: [entity] })) : page.items;
      // Of a product made after its SKU was looked up the page has nothing, so it is no younger than that.
      const head = Math.min(page.head, known);
      return { items: items as unknown as readonly Change<E>[], head, ...(nextCursor !== undefined && { nextCursor }) };
    },

    subscribe: (listener) =>
      engine.subscribe(({ from, to, writes }) => listener({ from, to, changes: writes.filter(isTold).map(toChange) })),
  };
}

/** Not every table is an entity: some only say how the rows of others came about. */
const isTold = ({ table }: Write): boolean => byTable.has(table);

function toChange({ table, row }: Write): Change {
  const { entity, key, value } = byTable.get(table) as EntityDefinition;
  return { seq: row.seq, entity, key: key(row), value: value(row) } as Change;
}

function tablesOf(filter: FeedFilter | undefined): readonly string[] {
  return filter ? [...new Set(filter.entities.map((entity) => definitionOf(entity).table.name))] : [...byTable.keys()];
}

/** The conditions of a filter, and up to where they are right. */
async function whereOf(
  storage: StorageAdapter,
  table: string,
  { storeIds, skus, ids }: Omit<FeedFilter, "entities">,
): Promise<{ readonly where: Record<string, Condition>; readonly head: number }> {
  const { store, sku, id } = scope[table] ?? {};
  const where: Record<string, Condition> = {
    ...(store && storeIds && { [store]: { in: storeIds } }),
    ...(id && ids && whereIds(id, ids)),
  };
  if (!sku || !skus) return { where, head: Number.POSITIVE_INFINITY };
  const spelled = await spelledSkus(storage, skus);
  return { where: { ...where, [sku]: { in: spelled.skus } }, head: spelled.head };
}

/** Rows that may have these ids; of a key of several columns more than those, which the filter takes out. */
function whereIds({ columns, keyOf }: NonNullable<Scope["id"]>, ids: readonly string[]): Record<string, Condition> {
  const keys = ids.flatMap((id) => [keyOf(id) ?? []].filter((key) => key.length > 0));
  return Object.fromEntries(columns.map((column, index) => [column, { in: [...new Set(keys.map((key) => key[index] as number))] }]));
}

/** SKUs as their products spell them. */
async function spelledSkus(storage: StorageAdapter, skus: readonly string[]): Promise<{ skus: readonly string[]; head: number }> {
  const { rows, head } = await storage.find(products.name, { where: { skuKey: { in: skus.map(skuKeyOf) } }, limit: skus.length + 1 });
  return { skus: rows.map((row) => (row as ProductRow).sku), head };
}

function definitionOf(entity: string): EntityDefinition {
  const definition = byName.get(entity);
  if (definition) return definition;
  throw new InventoryError("INVALID_INPUT", { issues: [{ path: "entity", message: `must be one of ${[...byName.keys()].join(", ")}` }] });
}

function requirePosition(seq: number): void {
  if (!Number.isSafeInteger(seq) || seq < 0) throw invalid("seq", "must be a whole number, 0 or more");
}

function requireLimit(limit: number): void {
  if (!Number.isSafeInteger(limit) || limit < 1 || limit > 10_000) throw invalid("limit", "must be 1 to 10,000");
}

const invalid = (path: string, message: string) => new InventoryError("INVALID_INPUT", { issues: [{ path, message }] });
