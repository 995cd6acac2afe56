import { createInventory, type Inventory } from "@onhand/core";
import { memoryStorage } from "@onhand/storage-adapters/memory";
import { createHttpHandler } from "@onhand/transport-adapters/http";
import { Hono } from "hono";
import { catalogueSeeds, seeded } from "../engine/seed";
import { opening, type Workload } from "../workload";

/** What answers requests, as Web-standard servers call it. */
export type Handler = (request: Request) => Response | Promise<Response>;

/** An inventory in memory that holds more than any run can sell. */
export const openStock = ({ skus, storeIds }: Workload): Promise<Inventory> =>
  createInventory({ storage: seeded(memoryStorage(), catalogueSeeds(skus, storeIds, opening)) });

const isKnown = (header: string | null | undefined): boolean => header === "Bearer bench";

/** Our handler, with the hooks it asks for. */
const ourHandler = (inventory: Inventory): Handler =>
  createHttpHandler({
    inventory,
    authenticate: (request) => (isKnown(request.headers.get("authorization")) ? { id: "bench" } : undefined),
    authorize: (actor, action) => actor !== undefined && action === "stock.sell",
  });

/** The same route as somebody in a hurry writes it, on the same Hono and the same engine: a token, a body, a key, an answer. */
function handWritten(inventory: Inventory): Handler {
  const app = new Hono();
  app.post("/stock/sell", async (context) => {
    if (!isKnown(context.req.header("authorization"))) return context.json({ error: "who are you?" }, 401);
    const body = (await context.req.json()) as Record<string, unknown>;
    const idempotencyKey = context.req.header("idempotency-key");
    return context.json(await inventory.execute("stock.sell", { ...body, actor: "bench", idempotencyKey }));
  });
  return app.fetch;
}

/** The handlers by the names they have in the report. */
export const handlers = { ours: ourHandler, rival: handWritten } as const;
