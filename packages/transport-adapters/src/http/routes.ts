/** Where a command or a question is found. Fields of its input that stand in the path are not repeated elsewhere. */
export interface Route {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Below the base path; `{sku}` is a field of the input. */
  readonly path: string;
  /** One sentence for the reference page. */
  readonly summary: string;
  /** The argument that stands alone before the others in `inventory.<area>.<name>(…)`; the only field in the path unless said. */
  readonly first?: string;
}

/** Where a command is found. Its input is the body, or the query of a DELETE. */
export interface CommandRoute extends Route {
  /** 201 when it makes something that has an address. */
  readonly status?: 201;
}

/** Where a question is found. Its input is the query. */
export interface ReadRoute extends Route {
  /** What its rows are. `authorize` is asked about `read` for each of them. */
  readonly entity: string;
  /**
   * `one` answers with it by its name, `list` with pages; `whole` with something that is no row, so that the question is asked about;
   * `report` with a whole that can be a file as well, and be made as a job.
   */
  readonly shape: "one" | "list" | "whole" | "report";
  /** The rest of the input is an argument of its own after the first. */
  readonly filtered?: true;
  /** It is not answered from a replica. */
  readonly plain?: true;
  /** Its answer changes only with its `seq`: time alone changes nothing of it. */
  readonly settled?: true;
}

type More<R extends Route> = Omit<R, "method" | "path" | "summary" | "entity" | "shape">;

const command =
  (method: Route["method"]) =>
  (path: string, summary: string, more: More<CommandRoute> = {}): CommandRoute => ({ method, path, summary, ...more });
const post = command("POST");
const put = command("PUT");
const patch = command("PATCH");
const remove = command("DELETE");

const read =
  (shape: ReadRoute["shape"]) =>
  (path: string, entity: string, summary: string, more: More<ReadRoute> = {}): ReadRoute => ({
    method: "GET",
    path,
    summary,
    entity,
    shape,
    ...more,
  });
const one = read("one");
const list = read("list");
const whole = read("whole");
const report = read("report");

/** Every command of the inventory and where it is found. A command without a line here fails a test. */
export const commandRoutes: Readonly<Record<string, CommandRoute>> = {
  "products.create": post("/products", "Adds a product.", { status: 201 }),
  "products.update": patch("/products/{sku}", "Changes what is given of a product; null clears a field."),
  "products.archive": post("/products/{sku}/archive", "Takes a product out of use."),

  "stores.create": post("/stores", "Adds a store.", { status: 201 }),
  "stores.update": patch("/stores/{id}", "Changes what is given of a store."),
  "stores.archive": post("/stores/{id}/archive", "Closes a store."),

  "stock.receive": post("/stock/receive", "Takes goods in."),
  "stock.sell": post("/stock/sell", "Hands goods to a customer."),
  "stock.return": post("/stock/return", "Takes goods back from a customer."),
  "stock.adjust": post("/stock/adjust", "Sets the books right by a difference, for a reason."),
  "stock.count": post("/stock/count", "Sets what is on hand to what was counted."),
  "stock.transfer": post("/stock/transfer", "Moves goods from one store to another in one step."),
  "stock.apply": post("/stock/batch", "Does all lines, in their order, or none.", { first: "lines" }),
  "stock.reverse": post("/stock/reverse", "Undoes a movement by a new one.", { first: "id" }),

  "reservations.hold": post("/reservations", "Promises stock until it is committed, released or expires.", { status: 201 }),
  "reservations.update": patch("/reservations/{id}", "Changes how much is held, where, or both."),
  "reservations.commit": post("/reservations/{id}/commit", "Sells what is held, or a part of it."),
  "reservations.release": post("/reservations/{id}/release", "Gives up what is held."),
  "reservations.extend": post("/reservations/{id}/extend", "Holds on until later."),
  "reservations.expire": post("/reservations/expire", "Settles reservations that have run out."),

  "thresholds.set": put("/thresholds", "Sets when stock is low and when it is too much."),
  "thresholds.remove": remove("/thresholds", "Takes a threshold away."),

  "alerts.acknowledge": post("/alerts/{id}/acknowledge", "Says that somebody has seen an alert."),
  "alerts.dismiss": post("/alerts/{id}/dismiss", "Closes an alert until stock has recovered once."),
  "alerts.assign": post("/alerts/{id}/assign", "Says who looks after an alert; null takes it back."),
  "alerts.check": post("/alerts/check", "Looks at levels for alerts that are missing or over."),

  "transfers.ship": post("/transfers", "Sends goods on their way to another store.", { status: 201 }),
  "transfers.receive": post("/transfers/{id}/receive", "Takes in what has arrived, or a part of it."),
  "transfers.cancel": post("/transfers/{id}/cancel", "Ends a transfer; what is on its way comes back or is written off."),

  "counts.start": post("/counts", "Makes a sheet to count a store by.", { status: 201 }),
  "counts.record": post("/counts/{id}/record", "Notes what is on the shelf."),
  "counts.recount": post("/counts/{id}/recount", "Asks for lines to be counted again."),
  "counts.approve": post("/counts/{id}/approve", "Books the differences of a sheet."),
  "counts.cancel": post("/counts/{id}/cancel", "Gives a sheet up and books nothing."),

  "suppliers.create": post("/suppliers", "Adds a supplier.", { status: 201 }),
  "suppliers.update": patch("/suppliers/{id}", "Changes what is given of a supplier; null clears a field."),
  "suppliers.archive": post("/suppliers/{id}/archive", "Takes a supplier out of use."),
  "suppliers.setTerms": put("/supplier-terms/{supplierId}/{sku}", "Says how a supplier has a product."),
  "suppliers.removeTerms": remove("/supplier-terms/{supplierId}/{sku}", "Takes terms away."),

  "purchaseOrders.create": post("/purchase-orders", "Drafts an order to a supplier.", { status: 201 }),
  "purchaseOrders.update": patch("/purchase-orders/{id}", "Changes what is given of an order; null clears a field."),
  "purchaseOrders.submit": post("/purchase-orders/{id}/submit", "Sends a draft off."),
  "purchaseOrders.receive": post("/purchase-orders/{id}/receive", "Takes in what has come of an order."),
  "purchaseOrders.cancel": post("/purchase-orders/{id}/cancel", "Ends an order; what has come stays."),
  "purchaseOrders.draftFrom": post("/purchase-orders/drafts", "Drafts what was proposed for reordering.", { first: "proposals" }),

  "costing.set": put("/costing/{sku}", "Begins to keep account of what a product's goods cost, or changes how."),
  "costing.correct": post("/movements/{id}/cost-corrections", "Adds to what the goods of a movement cost: freight, a late invoice.", {
    first: "id",
  }),

  "lots.update": patch("/lots/{sku}/{lot}", "Sets the expiry date of a lot right; null: it never expires."),
};

/** Every question and where it is found. */
export const readRoutes: Readonly<Record<string, ReadRoute>> = {
  "products.list": list("/products", "product", "Products in use, by SKU."),
  "products.get": one("/products/{sku}", "product", "One product.", { settled: true }),
  "products.images": whole("/products/{sku}/images", "product", "Where pictures of a product are, the one to show first."),
  "stores.list": list("/stores", "store", "Stores in use, by id."),
  "stores.get": one("/stores/{id}", "store", "One store.", { settled: true }),
  "stock.levels": list("/levels", "level", "How much is where, by SKU and store."),
  "stock.level": one("/levels/{storeId}/{sku}", "level", "How much of a product is at a store; zero when it never moved."),
  "stock.movements": list("/movements", "movement", "The ledger."),
  "stock.asOf": list("/past-levels", "level", "How much was where at a time.", { first: "time", filtered: true }),
  "stock.explain": whole("/levels/{storeId}/{sku}/explanation", "level", "Why a level is what it is: what made it, newest first."),
  "reservations.list": list("/reservations", "reservation", "Reservations in the order they were made."),
  "reservations.get": one("/reservations/{id}", "reservation", "One reservation as it stands now."),
  "thresholds.list": list("/thresholds", "threshold", "Thresholds by SKU, then store."),
  "thresholds.get": one("/thresholds/effective", "threshold", "The threshold that counts for a level."),
  "alerts.list": list("/alerts", "alert", "Alerts, newest first."),
  "alerts.counts": whole("/alerts/counts", "alert", "How many alerts are open."),
  "alerts.get": one("/alerts/{id}", "alert", "One alert.", { settled: true }),
  "transfers.list": list("/transfers", "transfer", "Transfers in the order they were shipped."),
  "transfers.get": one("/transfers/{id}", "transfer", "One transfer.", { settled: true }),
  "counts.list": list("/counts", "count", "Sheets in the order they were started, without their lines."),
  "counts.get": one("/counts/{id}", "count", "One sheet with its lines.", { settled: true }),
  "suppliers.list": list("/suppliers", "supplier", "Suppliers in use, by id."),
  "suppliers.get": one("/suppliers/{id}", "supplier", "One supplier.", { settled: true }),
  "suppliers.listTerms": list("/supplier-terms", "supplierTerms", "Terms by supplier, then SKU."),
  "purchaseOrders.list": list("/purchase-orders", "purchaseOrder", "Orders to suppliers, newest first."),
  "purchaseOrders.get": one("/purchase-orders/{id}", "purchaseOrder", "One order to a supplier.", { settled: true }),
  "costing.layers": list("/costing/{sku}/layers", "costLayer", "Goods that are still here, by what they cost, oldest first."),
  "costing.movement": whole("/movements/{id}/cost", "movementCost", "What the goods of a movement cost.", { first: "id" }),
  "lots.list": list("/lots", "lot", "Lots that are in stock, by SKU and store."),
  "lots.expiring": list("/lots/expiring", "lot", "Lots in stock that expire before a time, the first to expire first."),
  "lots.trace": whole("/lots/{sku}/{lot}/trace", "lot", "Where a lot is and which movements moved it."),
  "forecasts.demand": whole("/forecasts/demand", "forecast", "Expected daily demand.", { plain: true }),
  "forecasts.reorder": list("/forecasts/reorder", "level", "What to order, and how much.", { plain: true }),
  "forecasts.runOuts": list("/forecasts/run-outs", "level", "What runs out before new goods could be there.", { plain: true }),

  "reports.stockOnHand": report("/reports/stock-on-hand", "report", "What is on the shelves, or was at a time."),
  "reports.movementSummary": report("/reports/movement-summary", "report", "What moved, by what it was."),
  "reports.salesByCategory": report("/reports/sales-by-category", "report", "What customers took, by category unless said."),
  "reports.salesByProduct": report("/reports/sales-by-product", "report", "What customers took, by product unless said."),
  "reports.turnover": report("/reports/turnover", "report", "What was sold of what was there on average."),
  "reports.daysOfCover": report("/reports/days-of-cover", "report", "How long stock lasts if it goes as it did."),
  "reports.abc": report("/reports/abc", "report", "Products by what they sell, the best first."),
  "reports.deadStock": report("/reports/dead-stock", "report", "What has been there for long and was not sold since."),
  "reports.shrinkage": report("/reports/shrinkage", "report", "What got lost and what turned up, by reason unless said."),
  "reports.lowStock": report("/reports/low-stock", "report", "Levels at or below their reorder point."),
  "reports.valuation": report("/reports/valuation", "report", "What stock is worth, by product and store unless said."),
  "reports.costOfGoodsSold": report("/reports/cost-of-goods-sold", "report", "What the goods sold in a time cost."),
};

/** The fields of the input that stand in the path. */
export const fieldsInPath = (path: string): readonly string[] => Array.from(path.matchAll(/\{(\w+)\}/g), ([, field]) => field as string);

/** A path with its fields filled in. */
export const fillPath = (path: string, fields: Readonly<Record<string, unknown>>): string =>
  path.replaceAll(/\{(\w+)\}/g, (_, field: string) => encodeURIComponent(String(fields[field])));

/** The field that is the first argument when that is no object. */
export function firstFieldOf({ first, path }: Route): string | undefined {
  const fields = fieldsInPath(path);
  return first ?? (fields.length === 1 ? fields[0] : undefined);
}
