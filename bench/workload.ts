/** The movement with this number: which level, and whether goods come or go. Equal for every contender. */
export interface Movement {
  readonly key: string;
  readonly sku: string;
  readonly storeId: string;
  readonly delta: 1 | -1;
}

export interface Workload {
  readonly skus: readonly string[];
  readonly storeIds: readonly string[];
  movement(n: number): Movement;
}

/** What every level holds at the start: more than any run can sell. */
export const opening = 1_000_000;

/** Single units of levels picked at random, in and out by turns, each under a key of its own. The same numbers give the same movements. */
export function createWorkload(products: number, stores: number): Workload {
  const skus = Array.from({ length: products }, (_, index) => `SKU-${String(index).padStart(7, "0")}`);
  const storeIds = Array.from({ length: stores }, (_, index) => `store-${index}`);
  return {
    skus,
    storeIds,
    movement(n) {
      const random = scatter(n);
      return {
        key: `bench-${n}`,
        sku: skus[random % products] as string,
        storeId: storeIds[scatter(random) % stores] as string,
        delta: n % 2 === 0 ? 1 : -1,
      };
    },
  };
}

/** A number spread evenly over 32 bits. */
function scatter(n: number): number {
  let value = Math.imul(n + 1, 0x9e3779b1);
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return (value ^ (value >>> 16)) >>> 0;
}
