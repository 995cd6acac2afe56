import type { Change, Entity, Stop } from "@onhand/core";
import type { Cache } from "./cache";
import { createIndex } from "./indexes";
import { zeroLevel } from "./level-views";
import type { Observable } from "./observable";
import type { Rows, Views } from "./rows";
import type { Loading } from "./subscription";
import type { Subscriptions } from "./subscriptions";
import { canonicalWanted, levelId, productId, type Wanted, wantedKey, wantedMatcher } from "./wanted";
import type { Wish } from "./wishes";

/** Names a level: a product at a store. */
export interface LevelKey {
  readonly sku: string;
  readonly storeId: string;
}

/** Rows that match a filter, in order, and whether they are there yet. */
export type List<Item, Key> = Loading & {
  /** What names each row, in the order of `items`. The same array while no row comes or goes, so a list that renders keys leaves changes to its rows. */
  readonly keys: readonly Key[];
  /** The rows. Those that did not change are the same objects as before. */
  readonly items: readonly Item[];
};

/** One row: undefined until it is known, and where there is no such thing. */
export interface Observed<T> extends Observable<T | undefined> {
  /** Whether the server has answered, so that what is missing is known to be missing. */
  readonly loading: () => Loading;
}

/** What an entity's lists are made of. */
interface ListRule<E extends Entity, Key> {
  readonly compare: (a: Views[E], b: Views[E]) => number;
  readonly keyOf: (row: Views[E]) => Key;
  /** Which rows a list shows of those that a filter lets through; all unless said. */
  readonly shows?: (row: Views[E], wanted: Wanted) => boolean;
}

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const rules: {
  readonly product: ListRule<"product", string>;
  readonly store: ListRule<"store", string>;
  readonly level: ListRule<"level", LevelKey>;
  readonly movement: ListRule<"movement", string>;
  readonly reservation: ListRule<"reservation", string>;
  readonly alert: ListRule<"alert", string>;
  readonly transfer: ListRule<"transfer", string>;
  readonly count: ListRule<"count", string>;
  readonly countLine: ListRule<"countLine", string>;
  readonly supplier: ListRule<"supplier", string>;
  readonly purchaseOrder: ListRule<"purchaseOrder", string>;
} = {
  product: { compare: (a, b) => byText(a.sku, b.sku), keyOf: ({ sku }) => sku },
  store: { compare: (a, b) => byText(a.id, b.id), keyOf: ({ id }) => id },
  level: {
    compare: (a, b) => byText(a.sku, b.sku) || byText(a.storeId, b.storeId),
    keyOf: ({ sku, storeId }) => ({ sku, storeId }),
  },
  movement: { compare: (a, b) => b.seq - a.seq || b.line - a.line, keyOf: ({ id }) => id },
  reservation: {
    compare: (a, b) => a.expiresAt - b.expiresAt || byText(a.id, b.id),
    keyOf: ({ id }) => id,
    // One that was moved is told to those who follow the store it left, so that they see it go.
    shows: (row, { storeIds }) => row.status === "active" && (storeIds?.includes(row.storeId) ?? true),
  },
  alert: {
    compare: (a, b) => b.raisedAt - a.raisedAt || byText(a.id, b.id),
    keyOf: ({ id }) => id,
    shows: ({ status }) => status === "active" || status === "acknowledged",
  },
  transfer: {
    compare: (a, b) => a.createdAt - b.createdAt || byText(a.id, b.id),
    keyOf: ({ id }) => id,
    shows: ({ status }) => status === "in_transit" || status === "partially_received",
  },
  count: {
    compare: (a, b) => a.createdAt - b.createdAt || byText(a.id, b.id),
    keyOf: ({ id }) => id,
    shows: ({ status }) => status === "open",
  },
  countLine: { compare: (a, b) => byText(a.countId, b.countId) || byText(a.sku, b.sku), keyOf: ({ sku }) => sku },
  supplier: { compare: (a, b) => byText(a.id, b.id), keyOf: ({ id }) => id },
  purchaseOrder: {
    compare: (a, b) => b.createdAt - a.createdAt || byText(a.id, b.id),
    keyOf: ({ id }) => id,
    shows: ({ status }) => status !== "received" && status !== "cancelled",
  },
};

/** A row as the wire has it, so that it can be asked whether a filter lets it through. */
const asChange = (entity: Entity, value: Views[Entity]): Change => ({ entity, value, key: "", seq: value.seq }) as Change;

const nothing: List<never, never> = { status: "loading", keys: [], items: [] };
const asked: Loading = { status: "loading" };

/** Makes observables over the cache that ask the server while somebody listens. */
export function createLists(options: { readonly rows: Rows; readonly cache: Cache; readonly subscriptions: Subscriptions }) {
  const { rows, cache, subscriptions } = options;
  const knownRows = createKnown<Observed<unknown>>(20_000);
  const knownLists = createKnown<Observable<unknown>>(200);

  function row<E extends "product" | "level" | "reservation" | "alert" | "transfer" | "count" | "purchaseOrder">(
    entity: E,
    id: string,
    wanted: Wanted,
    absent?: Views[E],
  ): Observed<Views[E]> {
    return knownRows(`${entity}:${id}`, () => {
      let wish: Wish | undefined;
      let watchers = 0;
      const loading = () => wish?.loading() ?? asked;
      const get = () => rows.read(entity, id) ?? (loading().status === "ready" ? absent : undefined);
      const subscribe = (listener: () => void): Stop => {
        watchers += 1;
        const tellAll = () => cache.touch([entity, id]);
        wish ??= subscriptions.want(wanted, tellAll);
        const stop = cache.subscribe([entity, id], listener);
        return once(() => {
          stop();
          watchers -= 1;
          if (watchers > 0) return;
          wish?.stop();
          wish = undefined;
        });
      };
      return { observable: { get, subscribe, initial: undefined, loading }, isIdle: () => watchers === 0 };
    }) as Observed<Views[E]>;
  }

  function list<E extends Entity>(wish: Wanted & { readonly entity: E }): Observable<List<Views[E], never>> {
    const wanted = canonicalWanted(wish);
    const { entity } = wish;
    return knownLists(wantedKey(wanted), () => {
      const matches = wantedMatcher(wanted);
      const rule = rules[entity] as unknown as ListRule<E, never>;
      const index = createIndex<Views[E], never>(
        { read: (id) => rows.read(entity, id), ids: () => rows.ids(entity) },
        {
          ...rule,
          name: wantedKey(wanted),
          includes: (view) => matches(asChange(entity, view)) && (rule.shows?.(view, wanted) ?? true),
          ...(wanted.history !== undefined && { limit: wanted.history }),
        },
        cache,
      );
      const detach = rows.attach(entity, index as never);
      let open: Wish | undefined;
      let shown: { readonly loading: Loading; readonly content: unknown; readonly list: List<Views[E], never> } | undefined;
      const get = (): List<Views[E], never> => {
        const loading = open?.loading() ?? asked;
        const content = index.content();
        if (shown?.loading !== loading || shown.content !== content) shown = { loading, content, list: { ...loading, ...content } };
        return shown.list;
      };
      const subscribe = (listener: () => void): Stop => {
        open ??= subscriptions.want(wanted, index.listeners.tell);
        const stop = index.listeners.add(listener);
        return once(() => {
          stop();
          if (index.listeners.size > 0) return;
          open?.stop();
          open = undefined;
        });
      };
      const drop = () => {
        detach();
        index.drop();
      };
      return { observable: { get, subscribe, initial: nothing as List<Views[E], never> }, isIdle: () => index.listeners.size === 0, drop };
    }) as Observable<List<Views[E], never>>;
  }

  return {
    product: (sku: string) => row("product", productId(sku), { entity: "product", skus: [sku] }),
    level: ({ sku, storeId }: LevelKey) =>
      row("level", levelId({ sku, storeId }), { entity: "level", skus: [sku], storeIds: [storeId] }, zeroLevel({ sku, storeId })),
    reservation: (id: string) => row("reservation", id, { entity: "reservation", ids: [id] }),
    alert: (id: string) => row("alert", id, { entity: "alert", ids: [id] }),
    transfer: (id: string) => row("transfer", id, { entity: "transfer", ids: [id] }),
    count: (id: string) => row("count", id, { entity: "count", ids: [id] }),
    purchaseOrder: (id: string) => row("purchaseOrder", id, { entity: "purchaseOrder", ids: [id] }),
    list,
  };
}

const once = (run: () => void): Stop => {
  let done = false;
  return () => {
    if (done) return;
    done = true;
    run();
  };
};

interface Known<T> {
  readonly observable: T;
  readonly isIdle: () => boolean;
  readonly drop?: () => void;
}

/** Remembers observables by name; past the limit, those nobody listens to are forgotten. */
function createKnown<T>(limit: number) {
  const known = new Map<string, Known<T>>();
  let most = limit;
  return (name: string, make: () => Known<T>): T => {
    const found = known.get(name);
    if (found) return found.observable;
    if (known.size >= most) {
      for (const [other, entry] of known) {
        if (!entry.isIdle()) continue;
        entry.drop?.();
        known.delete(other);
      }
      most = Math.max(limit, known.size * 2);
    }
    const made = make();
    known.set(name, made);
    return made.observable;
  };
}
