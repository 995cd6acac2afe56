import { checkCommand, errorCodes, isInventoryError } from "@onhand/core";
import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import type { StockQueue } from "./stock-queue";

const maximumBodyBytes = 65_536;

/**
 * `POST /stock/sell` and its like answer 202 as soon as the job is kept; `GET /jobs/:id` tells what became of it. Only what can't be applied at any time is refused
 * at once. With an `Idempotency-Key` (a UUID) the caller names the job, so that sending it again adds none.
 */
export function createApp({ queue, newId }: { readonly queue: StockQueue; readonly newId: () => string }): Hono {
  const app = new Hono();

  app.onError((error, { json }) => {
    if (!isInventoryError(error)) throw error;
    const { status, summary } = errorCodes[error.code];
    return json({ type: "about:blank", title: summary, status, code: error.code, details: error.details }, status as 400);
  });

  app.post("/stock/:command", bodyLimit({ maxSize: maximumBodyBytes }), async (context) => {
    const command = `stock.${context.req.param("command")}`;
    const input: unknown = await context.req.json().catch(() => undefined);
    const id = context.req.header("Idempotency-Key") ?? newId();
    if (!isPlain(input) || !isUuid(id))
      return context.json({ title: "A JSON object is expected, and a UUID as Idempotency-Key.", status: 400 }, 400);
    checkCommand(command, { ...input, idempotencyKey: id });
    await queue.add({ id, command, input });
    return context.json({ id }, 202, { Location: `/jobs/${id}` });
  });

  app.get("/jobs/:id", async (context) => {
    const id = context.req.param("id");
    const status = isUuid(id) ? await queue.status(id) : undefined;
    return status ? context.json(status) : context.notFound();
  });

  return app;
}

const isPlain = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isUuid = (text: string): boolean => /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i.test(text);
