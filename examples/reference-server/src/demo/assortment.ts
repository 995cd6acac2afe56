import { type DemoProduct, demoProduct, demoProducts, type Pace } from "./catalogue";
import { createRandom } from "./random";

interface Family {
  readonly code: string;
  readonly category: string;
  readonly names: readonly string[];
  readonly variants: readonly string[];
  readonly sizes: readonly string[];
  readonly cents: readonly [from: number, to: number];
  readonly pace: Pace;
}

const origins = [
  "Brazil",
  "Burundi",
  "Colombia",
  "Costa Rica",
  "El Salvador",
  "Ethiopia",
  "Guatemala",
  "Honduras",
  "Kenya",
  "Peru",
  "Rwanda",
  "Sumatra",
];
const glazes = ["sand", "moss", "slate", "indigo", "terracotta", "ivory", "plum", "graphite", "sage", "ochre"];

const families: readonly Family[] = [
  {
    code: "COF",
    category: "Coffee",
    names: origins.map((origin) => `${origin} Single Origin`),
    variants: ["washed", "natural", "honey", "anaerobic", "espresso roast", "filter roast", "decaf"],
    sizes: ["100 g", "250 g", "500 g", "1 kg", "2.5 kg"],
    cents: [790, 4900],
    pace: "steady",
  },
  {
    code: "TEA",
    category: "Tea",
    names: [
      "Assam",
      "Ceylon",
      "Genmaicha",
      "Gyokuro",
      "Jasmine Pearls",
      "Keemun",
      "Lapsang",
      "Oolong",
      "Pu-erh",
      "White Peony",
      "Lemon Verbena",
      "Chamomile",
    ],
    variants: ["loose", "pyramid bags", "organic", "gift tin", "refill"],
    sizes: ["50 g", "100 g", "250 g", "500 g"],
    cents: [490, 3900],
    pace: "slow",
  },
  {
    code: "TAB",
    category: "Tableware",
    names: [
      "Espresso Cup",
      "Cappuccino Cup",
      "Mug",
      "Saucer",
      "Breakfast Bowl",
      "Dessert Plate",
      "Dinner Plate",
      "Sugar Pot",
      "Milk Jug",
      "Teapot",
    ],
    variants: glazes,
    sizes: ["single", "set of 2", "set of 4", "set of 6"],
    cents: [690, 8900],
    pace: "slow",
  },
  {
    code: "HOM",
    category: "Home",
    names: ["Linen Napkin", "Apron", "Tea Towel", "Cushion", "Candle", "Storage Jar", "Bread Board", "Oven Glove", "Wool Throw", "Vase"],
    variants: glazes,
    sizes: ["small", "medium", "large", "extra large"],
    cents: [590, 9900],
    pace: "slow",
  },
  {
    code: "PAN",
    category: "Pantry",
    names: [
      "Almond Biscuits",
      "Dark Chocolate",
      "Fig Jam",
      "Hazelnut Spread",
      "Lime Honey",
      "Maple Syrup",
      "Olive Crackers",
      "Quince Jelly",
      "Salted Caramel",
      "Sea Salt",
    ],
    variants: ["classic", "organic", "limited edition", "unsweetened", "with vanilla", "with orange"],
    sizes: ["80 g", "125 g", "200 g", "350 g", "500 g"],
    cents: [290, 1900],
    pace: "staple",
  },
];

/**
 * The demo shop's products: those written by hand, then made-up variants of the same kind, up to `count`.
 *
 * The same `count` and `seed` give the same products.
 */
export function demoAssortment({ count, seed }: { readonly count: number; readonly seed: number }): readonly DemoProduct[] {
  const random = createRandom(seed);
  const made = variants().slice(0, Math.max(0, count - demoProducts.length));
  return [
    ...demoProducts.slice(0, count),
    ...made.map(({ family, name, variant, size }, index) =>
      demoProduct({
        sku: `${family.code}-${String(10_001 + index)}`,
        name: `${name}, ${variant}, ${size}`,
        category: family.category,
        // Prices end in 90 cents, as they do in shops.
        cents: Math.round(random.between(...family.cents) / 100) * 100 + 90,
        pace: random.chance(0.2) ? "steady" : family.pace,
        number: 200_001 + index,
      }),
    ),
  ];
}

interface Variant {
  readonly family: Family;
  readonly name: string;
  readonly variant: string;
  readonly size: string;
}

const editions = ["", " 2025", " 2026", " Reserve", " Atelier", " No. 2", " No. 3", " No. 4"];

function variants(): Variant[] {
  return editions.flatMap((edition) =>
    families.flatMap((family) =>
      family.names.flatMap((name) =>
        family.variants.flatMap((variant) => family.sizes.map((size) => ({ family, name: name + edition, variant, size }))),
      ),
    ),
  );
}
