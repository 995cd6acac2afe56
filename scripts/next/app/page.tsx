import { openInventory } from "../inventory";

// Stock is read when the page is asked for, not when it is built.
export const dynamic = "force-dynamic";

export default async function Page() {
  const { stock } = await openInventory();
  const { available } = await stock.level({ sku: "TEA", storeId: "berlin" });
  return <p>{`${available} left`}</p>;
}
