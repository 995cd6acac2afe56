import type { InventoryClient, LevelQuery, List, Observable } from "@onhand/client";
import type { Stop } from "@onhand/core";

type Item = Readonly<Record<string, unknown>> & { readonly seq: number };

/** One list that a screen may show. */
export interface Look {
  readonly of: "levels" | "movements" | "products" | "reservations";
  readonly query: LevelQuery;
}

/** What somebody looks at. */
export interface Screen {
  /** What is looked at now. */
  readonly open: readonly Look[];
  /** Begins to look at a list, or stops. */
  toggle(index: number): void;
  /** Begins to look at these as well. */
  look(indexes: readonly number[]): void;
  /** How far a list is, and its rows. */
  list(look: Look): List<Item, unknown>;
}

/** What there is to look at: lists that hold one another, overlap and have nothing in common. */
export const looks: readonly Look[] = [
  { of: "levels", query: {} },
  { of: "levels", query: { storeId: "berlin" } },
  { of: "levels", query: { storeId: "paris" } },
  { of: "levels", query: { sku: "A" } },
  { of: "movements", query: { storeId: "berlin" } },
  { of: "movements", query: { skus: ["B", "C"] } },
  { of: "products", query: {} },
  { of: "reservations", query: {} },
  { of: "reservations", query: { storeId: "paris" } },
];

/** Movements a list asks for. */
export const history = 6;

/** A client's lists, each looked at or not. */
export function screen(client: InventoryClient): Screen {
  const stops = new Map<number, Stop>();

  function observable({ of, query }: Look): Observable<List<Item, unknown>> {
    const made = {
      levels: () => client.levels(query),
      movements: () => client.movements({ ...query, limit: history }),
      products: () => client.products(),
      reservations: () => client.reservations(query),
    }[of]();
    return made as unknown as Observable<List<Item, unknown>>;
  }

  function open(index: number): void {
    if (!stops.has(index))
      stops.set(
        index,
        observable(looks[index] as Look).subscribe(() => undefined),
      );
  }

  return {
    get open() {
      return [...stops.keys()].map((index) => looks[index] as Look);
    },
    toggle(index) {
      const stop = stops.get(index);
      if (!stop) return open(index);
      stops.delete(index);
      stop();
    },
    look: (indexes) => {
      for (const index of indexes) open(index);
    },
    list: (look) => observable(look).get(),
  };
}
