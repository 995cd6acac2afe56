import { createInventory, InventoryError } from "@onhand/core";
import { addExamples } from "@onhand/core/testing";
import { memoryStorage } from "@onhand/storage-adapters/memory";
import { context, SpanStatusCode, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-base";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTracing } from "./opentelemetry";

const tea = { sku: "TEA-50", storeId: "berlin" };

beforeAll(() => void context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable()));
afterAll(() => context.disable());

async function traced() {
  const exporter = new InMemorySpanExporter();
  const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
  const tracer = provider.getTracer("test");
  const storage = memoryStorage();
  const fates: (() => void)[] = [];
  const inventory = await createInventory({
    storage: {
      ...storage,
      async transaction(work, options) {
        fates.shift()?.();
        return storage.transaction(work, options);
      },
    },
    observers: [createTracing({ tracer })],
  });
  await addExamples(inventory);
  exporter.reset();
  return { inventory, tracer, exporter, fates, spans: () => exporter.getFinishedSpans() };
}

describe("tracing", () => {
  it("makes a span for each command below the caller's, one for the group in the first, and the transaction in that", async () => {
    const { inventory, tracer, spans } = await traced();
    const checkout = tracer.startSpan("checkout");
    await context.with(trace.setSpan(context.active(), checkout), () =>
      Promise.all([inventory.stock.receive({ ...tea, quantity: 5 }), inventory.stock.receive({ ...tea, quantity: 6 })]),
    );
    const [transaction, group, first, second] = spans();
    expect(spans().map(({ name }) => name)).toEqual(["onhand transaction", "onhand group", "onhand stock.receive", "onhand stock.receive"]);
    expect(first?.parentSpanContext?.spanId).toBe(checkout.spanContext().spanId);
    expect(second?.parentSpanContext?.spanId).toBe(checkout.spanContext().spanId);
    expect(group?.parentSpanContext?.spanId).toBe(first?.spanContext().spanId);
    expect(group?.links.map((link) => link.context.spanId)).toEqual([second?.spanContext().spanId]);
    expect(transaction?.parentSpanContext?.spanId).toBe(group?.spanContext().spanId);
    expect(group?.attributes).toEqual({
      "onhand.commands": 2,
      "onhand.hosted": false,
      "onhand.from": 8,
      "onhand.to": 10,
      "onhand.outcome": "OK",
    });
    expect(second?.attributes).toEqual({ "onhand.command": "stock.receive", "onhand.seq": 10, "onhand.outcome": "OK" });
  });

  it("tells a refusal as an outcome, and what is our fault as an error", async () => {
    const { inventory, spans, exporter, fates } = await traced();
    await inventory.stock.sell({ ...tea, quantity: 5 }).catch(() => undefined);
    expect(spans().map(({ attributes, status }) => [attributes["onhand.outcome"], status.code])).toEqual([
      ["OK", SpanStatusCode.UNSET],
      ["OK", SpanStatusCode.UNSET],
      ["INSUFFICIENT_STOCK", SpanStatusCode.UNSET],
    ]);
    exporter.reset();
    fates.push(() => {
      throw new InventoryError("STORAGE_UNAVAILABLE", { reason: "postgres://kim:secret@db" });
    });
    await inventory.stock.receive({ ...tea, quantity: 5 }).catch(() => undefined);
    expect(spans().map(({ status }) => status)).toEqual(
      [1, 2, 3].map(() => ({ code: SpanStatusCode.ERROR, message: "STORAGE_UNAVAILABLE" })),
    );
    expect(JSON.stringify(spans().map(({ attributes, events }) => [attributes, events]))).not.toContain("secret");
  });

  it("makes spans of nothing where no provider is set", async () => {
    const inventory = await createInventory({ storage: memoryStorage(), observers: [createTracing()] });
    await addExamples(inventory);
    expect((await inventory.stock.receive({ ...tea, quantity: 5 })).seq).toBe(9);
  });
});
