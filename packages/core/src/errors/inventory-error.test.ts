import { describe, expect, it, vi } from "vitest";
import { errorCodes, InventoryError, type InventoryErrorCode, isInventoryError, refusalError, refuse } from "./index";

describe("an inventory error", () => {
  it("is recognised by its brand, also when it comes from another copy of the package", async () => {
    vi.resetModules();
    const copy = await import("./inventory-error");
    expect(copy.InventoryError).not.toBe(InventoryError);
    const foreign = new copy.InventoryError("UNKNOWN_PRODUCT", { sku: "A" });
    expect(foreign).not.toBeInstanceOf(InventoryError);
    expect(isInventoryError(foreign)).toBe(true);
    expect(isInventoryError(foreign, "UNKNOWN_PRODUCT")).toBe(true);
    expect(isInventoryError(foreign, "UNKNOWN_STORE")).toBe(false);
  });

  it("is not taken for one because it looks alike", () => {
    for (const other of [undefined, null, "INVALID_INPUT", 5, {}, { code: "INVALID_INPUT", details: {} }, new Error("INVALID_INPUT")]) {
      expect(isInventoryError(other)).toBe(false);
    }
  });

  it("crosses a wire with its code and details, and without its cause or stack", () => {
    const error = new InventoryError("STORAGE_UNAVAILABLE", { reason: "no connection" }, { cause: new Error("password=hunter2") });
    const wire = JSON.parse(JSON.stringify(error));
    expect(wire).toEqual({ code: "STORAGE_UNAVAILABLE", details: { reason: "no connection" }, retryable: true, message: error.message });
    expect(JSON.stringify(wire)).not.toContain("hunter2");
    expect((error.cause as Error).message).toBe("password=hunter2");
  });

  it("says in its message the code, what it means and the details, within bounds", () => {
    expect(new InventoryError("UNKNOWN_PRODUCT", { sku: "A" }).message).toBe('UNKNOWN_PRODUCT: No product has this SKU. {"sku":"A"}');
    expect(new InventoryError("STORAGE_CLOSED", {}).message).toBe("STORAGE_CLOSED: The inventory was closed.");
    expect(new InventoryError("UNKNOWN_PRODUCT", { sku: "x".repeat(10_000) }).message.length).toBeLessThan(400);
  });

  it("made from a refusal says the same, and that it was replayed where it was", () => {
    const refusal = refuse("UNKNOWN_STORE", { storeId: "s" });
    expect(refusalError(refusal).details).toEqual({ storeId: "s" });
    expect(refusalError(refusal, { replayed: true }).details).toEqual({ storeId: "s", replayed: true });
    expect(refusal.details).toEqual({ storeId: "s" });
  });

  it("has a sensible HTTP status and a sentence for every code; only what may pass by itself is retryable", () => {
    for (const [code, { status, summary, retryable }] of Object.entries(errorCodes)) {
      expect(status, code).toBeGreaterThanOrEqual(400);
      expect(status, code).toBeLessThan(600);
      expect(summary, code).toMatch(/^[A-Z].*\.$/);
      if (retryable) expect([429, 499, 502, 503, 504, 507], code).toContain(status);
    }
    const refusals: InventoryErrorCode[] = ["INSUFFICIENT_STOCK", "INVALID_INPUT", "IDEMPOTENCY_MISMATCH", "ALREADY_EXISTS"];
    for (const code of refusals) expect(errorCodes[code].retryable, code).toBe(false);
  });
});
