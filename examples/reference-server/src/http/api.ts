import { type Actor, type Inventory, InventoryError } from "@onhand/core";
import { type Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { bearerToken } from "../access";
import { problemResponse } from "./problem";
import { readBody, readHow, readQuery } from "./read";

interface Signed {
  readonly Variables: { readonly actor: Actor };
}

const maximumBodyBytes = 262_144;

/**
 * The inventory as a small JSON API. What it is given goes to the inventory as it came, which checks every field; what
 * it refuses is answered as problem details with the status of its code.
 */
export function createApi(options: {
  readonly inventory: Inventory;
  readonly storage: string;
  readonly identify: (token: string | undefined) => Actor | undefined;
}): Hono<Signed> {
  const { inventory, storage, identify } = options;
  const api = new Hono<Signed>();

  api.get("/health", async ({ json }) =>
    json({
      status: "ok",
      storage,
      durability: inventory.capabilities.durability,
      epoch: inventory.feed.epoch,
      head: await inventory.feed.head(),
    }),
  );

  api.use(async (context, next) => {
    const actor = identify(bearerToken(context.req.header("Authorization")));
    if (!actor) return refuseStranger();
    context.set("actor", actor);
    return next();
  });
  api.use(bodyLimit({ maxSize: maximumBodyBytes, onError: () => problemResponse(tooLong(), 413) }));

  api.get("/products", async (context) => context.json(await inventory.products.list(...asked(context))));
  api.post("/products", async (context) => context.json(await run(context, "products.create"), 201));
  api.get("/products/:sku", async (context) =>
    context.json({ product: await inventory.products.get(context.req.param("sku"), readHow(context.req.query())) }),
  );
  api.get("/stores", async (context) => context.json(await inventory.stores.list(...asked(context))));
  api.post("/stores", async (context) => context.json(await run(context, "stores.create"), 201));
  api.get("/levels", async (context) => context.json(await inventory.stock.levels(...asked(context))));
  api.get("/movements", async (context) => context.json(await inventory.stock.movements(...asked(context))));
  api.post("/stock/:command", async (context) => context.json(await run(context, `stock.${context.req.param("command")}`)));

  const asked = ({ req }: Context) => [readQuery(req.query()), readHow(req.query())] as const;

  async function run(context: Context<Signed>, command: string) {
    const key = context.req.header("Idempotency-Key");
    const body = await readBody(context.req.raw);
    return inventory.execute(command, { ...body, actor: context.get("actor").id, ...(key !== undefined && { idempotencyKey: key }) });
  }

  return api;
}

const tooLong = () =>
  new InventoryError("INVALID_INPUT", { issues: [{ path: "", message: `a body has at most ${maximumBodyBytes} bytes` }] });

function refuseStranger(): Response {
  const response = problemResponse(new InventoryError("UNAUTHENTICATED", { reason: "send Authorization: Bearer <token>" }));
  response.headers.set("WWW-Authenticate", "Bearer");
  return response;
}
