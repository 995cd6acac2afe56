import { type Inventory, InventoryError, isInventoryError, type Logger } from "@onhand/core";
import { type Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { cors } from "hono/cors";
import { toBuffer, toString as toText } from "qrcode";
import { createShop } from "../shop";
import { addProduct, readBody, updateStock } from "./read";
import { refusalOf } from "./refusal";

const maximumBodyBytes = 16_384;

/** The routes of the classic system, with its bodies and its three kinds of failure. */
export function createApp(options: { readonly inventory: Inventory; readonly origins: readonly string[]; readonly logger: Logger }): Hono {
  const { inventory, origins, logger } = options;
  const shop = createShop(inventory);
  const app = new Hono();

  app.onError((error, { json }) => {
    const { status, message } = refusalOf(error);
    if (status === 500) logger.error({ error }, "a classic request failed");
    return json({ success: false, message }, status);
  });
  app.notFound(({ json }) => json({ success: false, message: "Not found" }, 404));
  app.use(async ({ req, json }, next) => {
    const origin = req.header("Origin");
    if (origin === undefined || origins.includes(origin)) return next();
    return json({ success: false, message: "This page may not call: name its origin with --origin" }, 400);
  });
  app.use(cors({ origin: [...origins], allowMethods: ["GET", "POST", "DELETE"], allowHeaders: ["Content-Type", "Idempotency-Key"] }));
  app.use(
    bodyLimit({
      maxSize: maximumBodyBytes,
      onError: ({ json }) => json({ success: false, message: `A body has at most ${maximumBodyBytes} bytes` }, 400),
    }),
  );

  app.get("/health", async ({ json }) => {
    await inventory.feed.head();
    return json({ status: "healthy", service: "inventory-management" });
  });

  app.get("/api/inventory", async ({ json }) => {
    const stock = await shop.stock();
    return json({ success: true, inventory: stock, count: stock.length });
  });

  app.get("/api/inventory/:id", async ({ req, json }) => {
    const { ProductID, Quantity } = await shop.product(req.param("id"));
    return json({ success: true, product_id: ProductID, quantity: Quantity });
  });

  app.post("/api/update_stock", async (context) => {
    const { product_id, quantity, action } = await readBody(context.req.raw, updateStock);
    try {
      const { newQuantity } = await shop[action](product_id, quantity, keyOf(context));
      const message = action === "add" ? `Added ${quantity} units to ${product_id}` : `Sold ${quantity} units of ${product_id}`;
      return context.json({ success: true, message, new_quantity: newQuantity, product_id, inventory: await shop.stock() });
    } catch (error) {
      return refuseUpdate(context, error);
    }
  });

  app.post("/api/add_product", async (context) => {
    const { product_id, initial_quantity } = await readBody(context.req.raw, addProduct);
    const { newQuantity } = await shop.add(product_id, initial_quantity, keyOf(context));
    const message = `Added ${initial_quantity} units to ${product_id}`;
    return context.json({ success: true, message, new_quantity: newQuantity, product_id, inventory: await shop.stock() });
  });

  app.delete("/api/remove_product/:id", async ({ req, json }) => {
    const id = req.param("id").trim().toUpperCase();
    await shop.remove(id);
    return json({ success: true, message: `Product ${id} removed from inventory`, inventory: await shop.stock() });
  });

  app.get("/api/forecast/:id", async ({ req, json }) => {
    const { productId, quantity, next7Days, next30Days, restock } = await shop.outlook(req.param("id"));
    return json({
      success: true,
      product_id: productId,
      current_quantity: quantity,
      forecast: {
        next_7_days: next7Days,
        next_30_days: next30Days,
        recommendation: restock ? "Restock recommended" : "Stock level sufficient",
      },
      note: "From what was sold, by the method that would have forecast it best.",
    });
  });

  app.get("/api/qr/:id", async ({ req, body }) => {
    const { ProductID } = await shop.product(req.param("id"));
    const format = req.query("format") ?? "png";
    if (format === "svg") return body(await toText(ProductID, { type: "svg" }), 200, { "Content-Type": "image/svg+xml" });
    if (format === "png") return body(new Uint8Array(await toBuffer(ProductID)), 200, { "Content-Type": "image/png" });
    throw new InventoryError("INVALID_INPUT", { issues: [{ path: "format", message: "must be png or svg" }] });
  });

  return app;
}

const keyOf = ({ req }: Context): string | undefined => req.header("Idempotency-Key");

/** Selling what is not there was 400 in this one route. Anything that is not a refusal of the sale goes the usual way. */
function refuseUpdate({ json }: Context, error: unknown): Response {
  const { status, message, newQuantity = 0 } = refusalOf(error);
  if (status === 500) throw error;
  const said = isInventoryError(error, "UNKNOWN_PRODUCT") ? `${message} in inventory` : message;
  return json({ success: false, message: said, new_quantity: newQuantity, inventory: [] }, 400);
}
