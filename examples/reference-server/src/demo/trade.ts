import type { Inventory } from "@onhand/core";
import { type DemoProduct, demoProducts, demoStores, demoSuppliers, type Pace } from "./catalogue";

const dayMs = 86_400_000;
const warehouse = "lager";

/** When a shop should order more, and when the warehouse has too much. Nobody minds how many there are of what hardly sells. */
const limits: Partial<Record<Pace, { readonly shop: number; readonly warehouse: number; readonly most: number }>> = {
  staple: { shop: 12, warehouse: 30, most: 180 },
  steady: { shop: 2, warehouse: 4, most: 60 },
};

interface Trade {
  /** Those that the demo shop has by name. */
  readonly products: readonly DemoProduct[];
  readonly openedAt: number;
}

/**
 * Suppliers and what is agreed with them, limits, orders in every state, goods on their way, a sheet that is being counted, and goods
 * that are promised. Every step has an idempotency key, so doing it again changes nothing.
 */
export async function startTrade(inventory: Inventory, trade: Trade): Promise<void> {
  await Promise.all(
    demoSuppliers.map(({ categories: _, ...supplier }) => inventory.suppliers.create({ ...supplier, ...as(`supplier-${supplier.id}`) })),
  );
  await Promise.all(trade.products.flatMap((product) => [agree(inventory, product), ...limit(inventory, product)]));
  // A shop of a handful of products has no such business.
  if (trade.products.length < demoProducts.length) return;
  await order(inventory, trade.openedAt);
  await ship(inventory, trade.openedAt);
  await count(inventory);
  await promise(inventory, trade.openedAt);
}

const as = (step: string, actor = "demo") => ({ actor, idempotencyKey: `demo-trade-${step}` });

async function agree(inventory: Inventory, { product, pace }: DemoProduct): Promise<void> {
  const { sku, supplierId, cost } = product;
  if (supplierId === undefined || !cost) return;
  const multiple = pace === "staple" ? 12 : pace === "steady" ? 6 : 1;
  await inventory.suppliers.setTerms({ supplierId, sku, unitCost: cost, multiple, ...as(`terms-${sku}`) });
}

function limit(inventory: Inventory, { product: { sku }, pace }: DemoProduct): Promise<unknown>[] {
  const marks = limits[pace];
  if (!marks) return [];
  // Only the house's own shops have limits; the stall in the market hall sells what it has.
  return demoStores
    .filter(({ id }) => id !== "markthalle")
    .map(({ id: storeId, kind }) => {
      const threshold = kind === "warehouse" ? { reorderPoint: marks.warehouse, maximum: marks.most } : { reorderPoint: marks.shop };
      return inventory.thresholds.set({ sku, storeId, ...threshold, ...as(`limit-${sku}-${storeId}`) });
    });
}

async function order(inventory: Inventory, openedAt: number): Promise<void> {
  const { purchaseOrders: orders } = inventory;
  const draft = async (name: string, supplierId: string, lines: readonly (readonly [sku: string, quantity: number])[]) => {
    const wanted = lines.map(([sku, quantity]) => ({ sku, quantity }));
    const reference = { type: "order", id: name };
    const { purchaseOrder } = await orders.create({
      supplierId,
      storeId: warehouse,
      lines: wanted,
      reference,
      ...as(`order-${name}`, "mira"),
    });
    return purchaseOrder.id;
  };
  const submit = (id: string, name: string, inDays: number) =>
    orders.submit(id, { expectedAt: openedAt + inDays * dayMs, ...as(`submit-${name}`, "mira") });

  const done = await draft("2026-101", "feinkost-spree", [
    ["PAN-OATM-1L", 48],
    ["PAN-CHOC-70", 36],
  ]);
  await submit(done, "2026-101", -2);
  await orders.receive(done, as("receive-2026-101", "jonas"));

  const some = await draft("2026-102", "teehaus-elbe", [
    ["TEA-MATC-30", 24],
    ["TEA-SENC-100", 12],
    ["TEA-EARL-100", 18],
  ]);
  await submit(some, "2026-102", -1);
  await orders.receive(some, {
    lines: [
      { sku: "TEA-MATC-30", quantity: 24 },
      { sku: "TEA-SENC-100", quantity: 6 },
    ],
    ...as("receive-2026-102", "jonas"),
  });

  const coming = await draft("2026-103", "roesterei-nord", [
    ["COF-HAUS-250", 60],
    ["COF-HAUS-1KG", 36],
    ["COF-YIRG-250", 24],
    ["COF-DRIP-10", 24],
  ]);
  await submit(coming, "2026-103", 3);

  const gone = await draft("2026-104", "bohne-und-blech", [["GRD-C40-MK4", 4]]);
  await submit(gone, "2026-104", 5);
  await orders.cancel(gone, as("cancel-2026-104", "mira"));

  await draft("2026-105", "toepferei-havel", [
    ["TAB-ESPR-80", 24],
    ["TAB-CAPP-180", 24],
    ["HOM-TRAY-32", 6],
  ]);
}

/** What has come with the orders goes on to the shops. */
async function ship(inventory: Inventory, openedAt: number): Promise<void> {
  const { transfers } = inventory;
  const lines = [
    { sku: "PAN-OATM-1L", quantity: 18 },
    { sku: "PAN-CHOC-70", quantity: 12 },
    { sku: "TEA-MATC-30", quantity: 8 },
  ];
  await transfers.ship({ from: warehouse, to: "torstrasse", lines, expectedAt: openedAt + dayMs, ...as("ship-torstrasse", "jonas") });
  const { transfer } = await transfers.ship({
    from: warehouse,
    to: "markthalle",
    lines: lines.slice(1).map(({ sku }) => ({ sku, quantity: 6 })),
    expectedAt: openedAt,
    ...as("ship-markthalle", "jonas"),
  });
  await transfers.receive(transfer.id, { lines: [{ sku: "TEA-MATC-30", quantity: 6 }], ...as("receive-markthalle", "lea") });
}

async function count({ counts }: Inventory): Promise<void> {
  const tray = { sku: "HOM-TRAY-32", counted: 3 };
  const over = await counts.start({ storeId: "maybachufer", skus: [tray.sku], ...as("count-trays", "mira") });
  await counts.record(over.count.id, { lines: [tray], ...as("count-trays-record", "lea") });
  await counts.approve(over.count.id, { reason: "one was on the wrong shelf", ...as("count-trays-approve", "mira") });
  const tea = await counts.start({ storeId: "markthalle", category: "Tea", blind: true, ...as("count-tea", "mira") });
  const lines = ["TEA-EARL-100", "TEA-ROOI-100", "TEA-MINT-50"].map((sku) => ({ sku, counted: 5 }));
  await counts.record(tea.count.id, { lines, ...as("count-tea-record", "lea") });
}

/** Orders of the web shop that nobody has fetched yet. */
async function promise({ reservations }: Inventory, openedAt: number): Promise<void> {
  const held = [
    ["W-10418", "PAN-OATM-1L", 6],
    ["W-10421", "TEA-MATC-30", 2],
    ["W-10422", "PAN-CHOC-70", 4],
  ] as const;
  for (const [id, sku, quantity] of held) {
    const reference = { type: "order", id };
    await reservations.hold({ sku, storeId: warehouse, quantity, expiresAt: openedAt + 2 * dayMs, reference, ...as(`hold-${id}`) });
  }
}
