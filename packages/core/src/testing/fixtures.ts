import type { CreateProduct, CreateStore, Inventory } from "../index";

/** A small tea shop's products: pieces, goods by weight, one that may be backordered, names in several scripts. */
export const exampleProducts = [
  { sku: "TEA-50", name: "Green tea, 50 g", category: "Tea", barcode: "4006381333931", price: { amount: 499, currency: "EUR" } },
  {
    sku: "TEA-OOLONG",
    name: "Oolong “東方美人”, 100 g",
    category: "Tea",
    barcode: "4006381333948",
    price: { amount: 1890, currency: "EUR" },
  },
  { sku: "BEANS", name: "Coffee beans, loose", category: "Coffee", unit: "kg", decimals: 3, price: { amount: 2400, currency: "EUR" } },
  { sku: "CUP", name: "Cup, Größe L", category: "Tableware", supplierId: "porzellan-weiss", cost: { amount: 310, currency: "EUR" } },
  {
    sku: "GIFT-BOX",
    name: "Gift box, made to order",
    category: "Gifts",
    backorderLimit: 5,
    attributes: { giftWrap: true, ribbons: ["red", "gold"] },
  },
] as const satisfies readonly CreateProduct[];

/** Where that shop keeps its goods. */
export const exampleStores = [
  { id: "berlin", name: "Berlin, Torstraße" },
  { id: "hamburg", name: "Hamburg, Lange Reihe" },
  { id: "hub", name: "Warehouse Hannover", kind: "warehouse" },
] as const satisfies readonly CreateStore[];

/**
 * Makes {@link exampleProducts} and {@link exampleStores} in an inventory, without stock.
 *
 * @example
 * await addExamples(inventory);
 * await inventory.stock.receive({ sku: "TEA-50", storeId: "berlin", quantity: 24 });
 */
export async function addExamples(inventory: Inventory): Promise<void> {
  const products = exampleProducts.map((product) => inventory.products.create(product));
  const stores = exampleStores.map((store) => inventory.stores.create(store));
  await Promise.all([...products, ...stores]);
}
