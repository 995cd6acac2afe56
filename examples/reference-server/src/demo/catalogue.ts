import type { CreateProduct, CreateStore, CreateSupplier } from "@onhand/core";

/** How fast something sells: a staple many times a day, a slow seller once in a while. */
export type Pace = "staple" | "steady" | "slow";

/** A product of the demo shop, with how fast it sells. */
export interface DemoProduct {
  readonly product: CreateProduct;
  readonly pace: Pace;
}

/** Where the demo shop keeps and sells its goods. */
export const demoStores: readonly CreateStore[] = [
  { id: "torstrasse", name: "Torstraße 110", kind: "store" },
  { id: "maybachufer", name: "Maybachufer 8", kind: "store" },
  { id: "markthalle", name: "Markthalle Neun", kind: "store" },
  { id: "lager", name: "Lager Westhafen", kind: "warehouse" },
];

const shelves: Readonly<Record<string, readonly (readonly [sku: string, name: string, cents: number, pace: Pace])[]>> = {
  Coffee: [
    ["COF-HAUS-250", "House Espresso, whole beans 250 g", 890, "staple"],
    ["COF-HAUS-1KG", "House Espresso, whole beans 1 kg", 2990, "staple"],
    ["COF-YIRG-250", "Ethiopia Yirgacheffe Kochere, filter 250 g", 1290, "staple"],
    ["COF-SIDA-250", "Ethiopia Sidama Natural, filter 250 g", 1350, "steady"],
    ["COF-HUIL-250", "Colombia Huila Pink Bourbon, filter 250 g", 1450, "steady"],
    ["COF-ANTI-250", "Guatemala Antigua, omni 250 g", 1190, "steady"],
    ["COF-NYER-250", "Kenya Nyeri AA, filter 250 g", 1590, "steady"],
    ["COF-CERR-1KG", "Brazil Cerrado, espresso 1 kg", 2690, "steady"],
    ["COF-DECF-250", "Decaf Swiss Water, espresso 250 g", 1090, "steady"],
    ["COF-GEIS-100", "Panama Geisha, competition lot 100 g", 3900, "slow"],
    ["COF-DRIP-10", "Drip Bags, mixed origins, box of 10", 1490, "staple"],
  ],
  Tea: [
    ["TEA-SENC-100", "Sencha Kagoshima, loose 100 g", 1290, "steady"],
    ["TEA-DARJ-100", "Darjeeling First Flush, loose 100 g", 1690, "slow"],
    ["TEA-EARL-100", "Earl Grey with Bergamot, loose 100 g", 890, "steady"],
    ["TEA-ROOI-100", "Rooibos Vanilla, loose 100 g", 690, "steady"],
    ["TEA-MATC-30", "Matcha Uji, ceremonial grade 30 g", 2490, "staple"],
    ["TEA-CHAI-250", "Masala Chai Syrup 250 ml", 990, "steady"],
    ["TEA-MINT-50", "Moroccan Mint, loose 50 g", 590, "steady"],
  ],
  Brewing: [
    ["BRW-V60-02W", "V60 Dripper 02, white ceramic", 2450, "steady"],
    ["BRW-V60-02F", "V60 Paper Filters 02, pack of 100", 690, "staple"],
    ["BRW-CHEM-6", "Chemex Classic, 6 cups", 4990, "slow"],
    ["BRW-CHEM-F", "Chemex Square Filters, pack of 100", 1290, "steady"],
    ["BRW-AERO-01", "AeroPress Original", 3490, "steady"],
    ["BRW-AERO-F", "AeroPress Micro-Filters, pack of 350", 750, "staple"],
    ["BRW-MOKA-3", "Moka Pot, aluminium, 3 cups", 2990, "steady"],
    ["BRW-FREN-8", "French Press, borosilicate 1 l", 3990, "slow"],
    ["BRW-KETL-09", "Gooseneck Kettle, variable temperature 0.9 l", 12900, "slow"],
    ["BRW-COLD-1L", "Cold Brew Bottle 1 l", 2790, "slow"],
  ],
  Grinders: [
    ["GRD-C40-MK4", "Hand Grinder C40, steel burrs", 23900, "slow"],
    ["GRD-MINI-02", "Hand Grinder Mini, ceramic burrs", 4490, "steady"],
    ["GRD-ELEC-54", "Electric Grinder, 54 mm conical burrs", 16900, "slow"],
    ["GRD-BRUSH", "Grinder Brush, horsehair", 890, "steady"],
    ["GRD-TABS-35", "Grinder Cleaning Tablets, 3 × 35 g", 1190, "steady"],
  ],
  Espresso: [
    ["ESP-TAMP-58", "Tamper 58.5 mm, walnut", 5490, "slow"],
    ["ESP-PITC-35", "Milk Pitcher, steel 350 ml", 2190, "steady"],
    ["ESP-PITC-60", "Milk Pitcher, steel 600 ml", 2490, "steady"],
    ["ESP-SCAL-2", "Brew Scale with Timer, 2 kg × 0.1 g", 5900, "slow"],
    ["ESP-KNOC-01", "Knock Box, black", 2790, "slow"],
    ["ESP-DESC-500", "Descaler, citric acid 500 ml", 1090, "staple"],
    ["ESP-CLTH-3", "Barista Cloths, set of 3", 1290, "steady"],
  ],
  Tableware: [
    ["TAB-ESPR-80", "Espresso Cup, stoneware 80 ml, sand", 1290, "steady"],
    ["TAB-CAPP-180", "Cappuccino Cup, stoneware 180 ml, sand", 1590, "steady"],
    ["TAB-LATT-300", "Latte Bowl, stoneware 300 ml, moss", 1890, "steady"],
    ["TAB-GLAS-2", "Double-Wall Glass 250 ml, set of 2", 2290, "steady"],
    ["TAB-TUMB-340", "Travel Tumbler, steel 340 ml, graphite", 2890, "staple"],
    ["TAB-CRAF-600", "Glass Carafe 600 ml", 2490, "slow"],
    ["TAB-SPOO-4", "Coffee Spoons, brass, set of 4", 2690, "slow"],
  ],
  Pantry: [
    ["PAN-OATM-1L", "Oat Drink Barista 1 l", 279, "staple"],
    ["PAN-SYRV-500", "Vanilla Syrup 500 ml", 890, "steady"],
    ["PAN-SYRH-500", "Hazelnut Syrup 500 ml", 890, "steady"],
    ["PAN-CHOC-70", "Dark Chocolate 70 %, Ecuador 80 g", 490, "staple"],
    ["PAN-CANT-200", "Cantuccini with Almonds 200 g", 590, "staple"],
    ["PAN-HONE-250", "Lime Blossom Honey, Brandenburg 250 g", 790, "steady"],
    ["PAN-GRAN-400", "Granola, hazelnut and fig 400 g", 850, "steady"],
    ["PAN-SUGR-500", "Raw Cane Sugar Cubes 500 g", 390, "steady"],
  ],
  Home: [
    ["HOM-CAND-220", "Soy Candle, cedar and coffee 220 g", 2490, "steady"],
    ["HOM-TOWL-2", "Linen Tea Towels, set of 2", 2290, "steady"],
    ["HOM-TINB-250", "Storage Tin, airtight 250 g, black", 1490, "steady"],
    ["HOM-TINB-500", "Storage Tin, airtight 500 g, black", 1890, "steady"],
    ["HOM-TRAY-32", "Serving Tray, oiled oak 32 cm", 3490, "slow"],
    ["HOM-BAG-JUT", "Upcycled Coffee Sack Tote", 1590, "steady"],
    ["HOM-GIFT-25", "Gift Card €25", 2500, "steady"],
  ],
};

// The range that GS1 leaves to shops for their own use, so nobody's real article is hit by a scan.
const inHousePrefix = "20";

/** An EAN-13 of the in-house range for a running number, check digit included. */
export function inHouseBarcode(number: number): string {
  const digits = inHousePrefix + String(number).padStart(10, "0");
  const sum = Array.from(digits, Number).reduce((total, digit, index) => total + digit * (index % 2 === 0 ? 1 : 3), 0);
  return digits + ((10 - (sum % 10)) % 10);
}

const costShare = 0.55;

/** Who delivers what to the demo shop. */
export const demoSuppliers: readonly (CreateSupplier & { readonly categories: readonly string[] })[] = [
  supplier({ id: "roesterei-nord", name: "Rösterei Nord", contact: "Jule Petersen", leadTimeDays: 3, categories: ["Coffee"] }),
  supplier({ id: "teehaus-elbe", name: "Teehaus Elbe Import", contact: "Ole Brandt", leadTimeDays: 10, categories: ["Tea"] }),
  supplier({
    id: "bohne-und-blech",
    name: "Bohne & Blech Großhandel",
    contact: "Mira Kaya",
    leadTimeDays: 6,
    categories: ["Brewing", "Grinders", "Espresso"],
  }),
  supplier({ id: "toepferei-havel", name: "Töpferei Havel", contact: "Anton Riedel", leadTimeDays: 21, categories: ["Tableware", "Home"] }),
  supplier({ id: "feinkost-spree", name: "Feinkost Spree", contact: "Lea Sommer", leadTimeDays: 2, categories: ["Pantry"] }),
];

function supplier(facts: {
  readonly id: string;
  readonly name: string;
  readonly contact: string;
  readonly leadTimeDays: number;
  readonly categories: readonly string[];
}) {
  return { ...facts, email: `order@${facts.id}.example`, currency: "EUR" };
}

/** What is kept by lot, since it goes off. */
const keptByLot: readonly string[] = ["PAN-CANT-200", "PAN-GRAN-400"];

// Of the thousands that a bigger shop has beside these, nothing is: keeping account of costs doubles the work of opening it.
const costing = { method: "average", currency: "EUR" } as const;

/** What the demo shop sells; what that is worth, is kept account of. */
export const demoProducts: readonly DemoProduct[] = Object.entries(shelves)
  .flatMap(([category, items]) => items.map((item) => [category, ...item] as const))
  .map(([category, sku, name, cents, pace], index) => demoProduct({ sku, name, category, cents, pace, number: 100_001 + index }))
  .map(({ product, pace }) => ({ pace, product: { ...product, costing } }));

/** A product of the demo shop, priced in euros. */
export function demoProduct(facts: {
  readonly sku: string;
  readonly name: string;
  readonly category: string;
  readonly cents: number;
  readonly pace: Pace;
  readonly number: number;
}): DemoProduct {
  const { sku, name, category, cents, pace, number } = facts;
  return {
    pace,
    product: {
      sku,
      name,
      category,
      barcode: inHouseBarcode(number),
      unit: "piece",
      ...(keptByLot.includes(sku) && { tracking: "lot" as const }),
      ...supplierOf(category),
      price: { amount: cents, currency: "EUR" },
      cost: { amount: Math.round(cents * costShare), currency: "EUR" },
    },
  };
}

function supplierOf(category: string): { readonly supplierId?: string } {
  const found = demoSuppliers.find(({ categories }) => categories.includes(category));
  return found ? { supplierId: found.id } : {};
}
