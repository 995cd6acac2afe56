import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { orderUpTo } from "./reorder";

const expected = { points: [4, 4, 4, 4], upper: [6, 6, 6, 6] };
const single = { minimum: 0, multiple: 1, decimals: 0 };

describe("what to order", () => {
  it("brings the position up to the demand of the protected days and safety stock, whose squares add up", () => {
    expect(orderUpTo(expected, 5, single)).toEqual({ demand: 16, safetyStock: 4, target: 20, quantity: 15 });
  });

  it("is nothing where there is enough, and one where anything is missing", () => {
    expect(orderUpTo(expected, 20, single).quantity).toBe(0);
    expect(orderUpTo(expected, 25, single).quantity).toBe(0);
    expect(orderUpTo(expected, 19.5, single).quantity).toBe(1);
  });

  it("comes in whole cases and not below the minimum", () => {
    expect(orderUpTo(expected, 5, { ...single, multiple: 12 }).quantity).toBe(24);
    expect(orderUpTo(expected, 5, { ...single, minimum: 50 }).quantity).toBe(50);
    expect(orderUpTo(expected, 5, { minimum: 50, multiple: 12, decimals: 0 }).quantity).toBe(60);
    expect(orderUpTo(expected, 19, { minimum: 50, multiple: 12, decimals: 0 }).quantity).toBe(60);
  });

  it("pays back what is promised beyond the stock", () => {
    expect(orderUpTo(expected, -3, single).quantity).toBe(23);
  });

  it("does not take the rounding of sums for something missing", () => {
    const tenths = { points: Array.from({ length: 10 }, () => 0.1), upper: Array.from({ length: 10 }, () => 0.1) };
    expect(orderUpTo(tenths, 0, { minimum: 0, multiple: 1, decimals: 0 }).quantity).toBe(1);
    expect(orderUpTo(tenths, 1, { minimum: 0, multiple: 1, decimals: 0 }).quantity).toBe(0);
    expect(orderUpTo(tenths, 0, { minimum: 0, multiple: 0.001, decimals: 3 }).quantity).toBe(1);
    // 0.1 + 0.1 + 0.1 is a little more than 0.3.
    const three = { points: [0.1, 0.1, 0.1], upper: [0.1, 0.1, 0.1] };
    expect(orderUpTo(three, 0, { minimum: 0, multiple: 0.1, decimals: 1 }).quantity).toBe(0.3);
  });

  it("keeps at least the safety stock that was set, and is due at the reorder point", () => {
    const none = { points: [0], upper: [0] };
    expect(orderUpTo(expected, 5, single, { safetyStock: 10 })).toMatchObject({ safetyStock: 10, target: 26, quantity: 21 });
    expect(orderUpTo(expected, 5, single, { safetyStock: 1 })).toMatchObject({ safetyStock: 4, quantity: 15 });
    expect(orderUpTo(none, 5, single, { reorderPoint: 4 }).quantity).toBe(0);
    expect(orderUpTo(none, 5, single, { reorderPoint: 5 }).quantity).toBe(1);
    expect(orderUpTo(none, 2, single, { reorderPoint: 5, reorderQuantity: 3 }).quantity).toBe(4);
    expect(orderUpTo(none, 2, { ...single, decimals: 3, multiple: 0.001 }, { reorderPoint: 2 }).quantity).toBe(0.001);
  });

  it("stays within the maximum, also if that leaves too little; where no order fits there is none", () => {
    expect(orderUpTo(expected, 5, single, { maximum: 12 }).quantity).toBe(7);
    expect(orderUpTo(expected, 5, { ...single, multiple: 4 }, { maximum: 12 }).quantity).toBe(4);
    expect(orderUpTo(expected, 5, { ...single, minimum: 10 }, { maximum: 12 }).quantity).toBe(0);
    expect(orderUpTo(expected, 5, single, { maximum: 5 }).quantity).toBe(0);
    expect(orderUpTo(expected, 0, { minimum: 0, multiple: 0.1, decimals: 1 }, { maximum: 0.3 }).quantity).toBe(0.3);
  });

  it("is always enough, a whole number of cases, and never a case too many", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 1, maxLength: 30 }),
        fc.integer({ min: -100, max: 2_000 }),
        fc.integer({ min: 1, max: 48 }),
        fc.integer({ min: 0, max: 100 }),
        (points, position, multiple, minimum) => {
          const order = orderUpTo({ points, upper: points.map((point) => point + 3) }, position, { minimum, multiple, decimals: 0 });
          expect(position + order.quantity).toBeGreaterThanOrEqual(order.target - 1e-6);
          if (order.quantity === 0) return;
          expect(order.quantity % multiple).toBe(0);
          expect(order.quantity).toBeGreaterThanOrEqual(minimum);
          expect(order.quantity - multiple).toBeLessThan(Math.max(order.target - position, minimum));
        },
      ),
    );
  });
});
