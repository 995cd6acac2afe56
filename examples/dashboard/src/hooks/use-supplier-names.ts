import { useSuppliers } from "@onhand/react";
import { useMemo } from "react";

/** What a supplier is called; its id until that is known. */
export function useSupplierNames(): (supplierId: string) => string {
  const items = useSuppliers((list) => list.items);
  return useMemo(() => {
    const names = new Map(items.map(({ id, name }) => [id, name]));
    return (supplierId) => names.get(supplierId) ?? supplierId;
  }, [items]);
}
