import { useStores } from "@onhand/react";
import { useMemo } from "react";

/** What a store is called, archived or not; its id until that is known. */
export function usePlaceNames(): (storeId: string) => string {
  const items = useStores((list) => list.items);
  return useMemo(() => {
    const names = new Map(items.map(({ id, name }) => [id, name]));
    return (storeId) => names.get(storeId) ?? storeId;
  }, [items]);
}
