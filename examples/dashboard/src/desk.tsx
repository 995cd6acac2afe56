import { useProducts, useStockLevels, useStores } from "@onhand/react";
import { createContext, type ReactNode, useContext, useMemo, useState } from "react";
import { useSetting } from "./hooks/use-setting";
import { byName } from "./model/order";
import { defaultLowMark } from "./model/status";
import { createAdder, nothing, type Total, type Totals } from "./model/totals";

/** What somebody at this screen has chosen. */
interface Desk {
  /** The store that is looked at; undefined for all. */
  readonly storeId: string | undefined;
  readonly chooseStore: (storeId: string | undefined) => void;
  /** This much or less is low. */
  readonly lowMark: number;
  readonly setLowMark: (lowMark: number) => void;
  readonly add: ReturnType<typeof createAdder>;
}

const Context = createContext<Desk | undefined>(undefined);

export function DeskProvider({ children }: { readonly children: ReactNode }) {
  const [storeId, chooseStore] = useState<string>();
  const [lowMark, setLowMark] = useSetting("low-mark", defaultLowMark);
  const [add] = useState(createAdder);
  const desk = useMemo(() => ({ storeId, chooseStore, lowMark, setLowMark, add }), [storeId, lowMark, setLowMark, add]);
  return <Context value={desk}>{children}</Context>;
}

export function useDesk(): Desk {
  const desk = useContext(Context);
  if (!desk) throw new TypeError("a DeskProvider must stand above");
  return desk;
}

const queryOf = (storeId: string | undefined) => (storeId === undefined ? {} : { storeId });

/** All products in use, by name, and whether they are there yet. */
export function useCatalogue() {
  const { items, status } = useProducts();
  const products = useMemo(() => byName(items.filter(({ archived }) => !archived)), [items]);
  return { products, isReady: status === "ready" };
}

const none: Totals = new Map();

/** What there is of every product at the chosen stores; while it is not `wanted`, nothing is, and nothing renders for it. */
export function useTotals(wanted = true): Totals {
  const { storeId, add } = useDesk();
  return useStockLevels(queryOf(storeId), ({ items }) => (wanted ? add(items) : none));
}

/** What there is of one product at the chosen stores; undefined until it is known. Renders when that changes, and not for other products. */
export function useTotal(sku: string): Total | undefined {
  const { storeId, add } = useDesk();
  return useStockLevels(queryOf(storeId), ({ items, status }) => (status === "ready" ? (add(items).get(sku) ?? nothing) : undefined));
}

/** Whether the figures of the chosen stores are there yet. */
export function useStockIsReady(): boolean {
  const { storeId } = useDesk();
  return useStockLevels(queryOf(storeId), ({ status }) => status === "ready");
}

/** The places where goods can be, by name. */
export function usePlaces() {
  const items = useStores(({ items }) => items);
  return useMemo(() => items.filter(({ archived }) => !archived).toSorted((a, b) => a.name.localeCompare(b.name)), [items]);
}
