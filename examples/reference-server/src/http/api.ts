import { type Actor, type Authorize, type Inventory, InventoryError, type List } from "@onhand/core";
import { type Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { bearerToken } from "../access";
import { problemResponse } from "./problem";
import { readBody, readQuery } from "./read";

interface Signed {
  readonly Variables: { readonly actor: Actor };
}

/** Tells who brings this token; undefined when nobody here knows them. */
export type Identify = (token: string | undefined) => Actor | undefined | Promise<Actor | undefined>;

const maximumBodyBytes = 262_144;

/**
 * The inventory as a small JSON API. What it is given goes to the inventory as it came, which checks every field; what
 * it refuses is answered as problem details with the status of its code.
 */
export function createApi(options: {
  readonly inventory: Inventory;
  readonly storage: string;
  readonly identify: Identify;
  readonly authorize: Authorize;
}): Hono<Signed> {
  const { inventory, storage, identify, authorize } = options;
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
    const actor = await identify(bearerToken(context.req.header("Authorization")));
    if (!actor) return refuseStranger();
    context.set("actor", actor);
    return next();
  });
  api.use(bodyLimit({ maxSize: maximumBodyBytes, onError: () => problemResponse(tooLong(), 413) }));

  api.get("/products", async (context) => shown(context, "product", await inventory.products.list(readQuery(context.req.query()))));
  api.post("/products", async (context) => context.json(await run(context, "products.create"), 201));
  api.get("/products/:sku", async (context) => {
    const product = await inventory.products.get(context.req.param("sku"));
    const mayRead = await authorize(context.get("actor"), "read", { entity: "product", ...product });
    if (mayRead !== true) throw new InventoryError("FORBIDDEN", { action: "read" });
    return context.json({ product });
  });
  api.get("/stores", async (context) => shown(context, "store", await inventory.stores.list(readQuery(context.req.query()))));
  api.post("/stores", async (context) => context.json(await run(context, "stores.create"), 201));
  api.get("/levels", async (context) => shown(context, "level", await inventory.stock.levels(readQuery(context.req.query()))));
  api.get("/movements", async (context) => shown(context, "movement", await inventory.stock.movements(readQuery(context.req.query()))));
  api.post("/stock/:command", async (context) => context.json(await run(context, `stock.${context.req.param("command")}`)));

  async function run(context: Context<Signed>, command: string) {
    const key = context.req.header("Idempotency-Key");
    const body = await readBody(context.req.raw);
    const actor = context.get("actor");
    if ((await authorize(actor, command, body)) !== true) throw new InventoryError("FORBIDDEN", { action: command });
    return inventory.execute(command, { ...body, ...(key !== undefined && { idempotencyKey: key }) }, actor);
  }

  /** The rows of a page that its reader may see. */
  async function shown(context: Context<Signed>, entity: string, page: List<object>): Promise<Response> {
    const about = (row: object) => ({ entity, ...(entity === "store" && "id" in row && { storeId: row.id }), ...row });
    const verdicts = await Promise.all(page.items.map((row) => authorize(context.get("actor"), "read", about(row))));
    return context.json({ ...page, items: page.items.filter((_, index) => verdicts[index] === true) });
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
