import { Ajv2020, type ValidateFunction } from "ajv/dist/2020";
import addFormats from "ajv-formats";
import * as fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { budgets, searchTimeoutMs } from "../../../../tests/budgets";
import { type Described, generateFrom, type Known, mutated, seldom } from "../shared/testing/generate";
import { type Served, serve } from "./testing/served";

interface Parameter {
  readonly name: string;
  readonly in: "path" | "query" | "header";
  readonly required: boolean;
  readonly schema: Described;
}
interface Described31 {
  readonly operationId: string;
  readonly parameters: readonly Parameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Described }>> };
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, { readonly schema: Described }>> }>>;
}
interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Described31>>>>;
  readonly components: object;
}

const shop = await serve({
  jobs: {
    load: {
      summary: "Loads a file.",
      input: (await import("zod")).strictObject({}),
      file: { types: ["text/csv"], maxBytes: 1_000 },
      run: async ({ file }) => file.size,
    },
  },
});
const document = (await (await shop.send("GET", "/openapi.json")).json()) as Document;
const ajv = new Ajv2020({ strict: false, allErrors: false });
addFormats(ajv as never);
ajv.addSchema({ $id: "doc", ...document });
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ name: `${method.toUpperCase()} ${path}`, path, method, operation })),
);
type Placed = (typeof operations)[number];

const validators = new Map<string, ValidateFunction>();

/** Checks a body against what the document says of this status. */
function validatorOf({ path, method }: Placed, status: number, type: string): ValidateFunction {
  const pointer = ["paths", path, method, "responses", String(status), "content", type, "schema"];
  const reference = `doc#/${pointer.map((part) => encodeURIComponent(part.replaceAll("~", "~0").replaceAll("/", "~1"))).join("/")}`;
  const known = validators.get(reference) ?? ajv.compile({ $ref: reference });
  validators.set(reference, known);
  return known;
}

// Things to ask about: holds, an alert and documents among them.
await shop.inventory.stock.receive({ sku: "TEA-50", storeId: "berlin", quantity: 1_000_000 });
const held: string[] = [];
for (let count = 0; count < 6; count += 1)
  held.push(
    (await shop.inventory.reservations.hold({ sku: "TEA-50", storeId: "berlin", quantity: 1_000, expiresInMs: 1e9 })).reservation.id,
  );
const { alerts } = await shop.inventory.thresholds.set({ sku: "TEA-50", storeId: "berlin", reorderPoint: 2_000_000 });
const transfers: string[] = [];
const counts: string[] = [];
const orders: string[] = [];
const lines = [{ sku: "TEA-50", quantity: 1_000 }];
await shop.inventory.suppliers.create({ id: "weiss", name: "Weiß", currency: "EUR" });
await shop.inventory.suppliers.setTerms({ supplierId: "weiss", sku: "TEA-50", unitCost: { amount: 210, currency: "EUR" }, minimum: 12 });
for (let count = 0; count < 6; count += 1) {
  transfers.push((await shop.inventory.transfers.ship({ from: "berlin", to: "hamburg", lines })).transfer.id);
  counts.push((await shop.inventory.counts.start({ storeId: "berlin" })).count.id);
  const { id } = (await shop.inventory.purchaseOrders.create({ supplierId: "weiss", storeId: "berlin", lines })).purchaseOrder;
  if (count % 2 === 0) await shop.inventory.purchaseOrders.submit(id);
  orders.push(id);
}
// Archived by one operation, it would be refused by the next ones.
await shop.inventory.suppliers.create({ id: "grau", name: "Grau" });
// Where nothing else happens, so that it can be approved.
await shop.inventory.stores.create({ id: "cellar", name: "Cellar" });
const { count: counted } = await shop.inventory.counts.start({ storeId: "cellar", skus: ["TEA-50"] });
await shop.inventory.counts.record(counted.id, { lines: [{ sku: "TEA-50", counted: 3 }] });
const places = ["berlin", "hamburg"];
const common: Known = {
  sku: ["TEA-50", "tea-50"],
  storeId: places,
  from: places,
  to: places,
  currency: ["EUR"],
  timeZone: ["UTC"],
  skus: ["TEA-50"],
  storeIds: places,
  supplierId: ["weiss"],
};
const ids: Known = {
  stores: places,
  reservations: held,
  alerts: [alerts[0]?.id ?? ""],
  stock: ["m4-0"],
  transfers,
  counts,
  "counts.approve": [counted.id],
  suppliers: ["grau"],
  purchaseOrders: orders,
};

/** Everything one request brings, as the document describes it and a little otherwise. */
function requestOf({ operation }: Placed) {
  const name = operation.operationId;
  const known = { ...common, id: ids[name] ?? ids[name.split(".")[0] as string] ?? ["x"] };
  const fields = Object.fromEntries(
    operation.parameters.map(({ name, required, schema, in: where }) => {
      if (where === "header") return [name, seldom(fc.constantFrom("k-1", "k-2"))];
      const values = generateFrom(schema, known, name);
      return [name, required ? values : seldom(values)];
    }),
  );
  const schema = Object.values(operation.requestBody?.content ?? {})[0]?.schema;
  const body = schema ? mutated(generateFrom(schema, known)) : fc.constant(undefined);
  return fc.record({ fields: fc.record(fields), body, stray: fc.nat(9).map((digit) => digit === 0) });
}

async function send(
  placed: Placed,
  { fields, body, stray }: { fields: Record<string, unknown>; body: unknown; stray: boolean },
): Promise<Response> {
  let { path } = placed;
  const query = new URLSearchParams(stray ? { colour: "red" } : {});
  for (const { name, in: where } of placed.operation.parameters) {
    const value = fields[name];
    if (value === undefined || where === "header") continue;
    if (where === "path") path = path.replace(`{${name}}`, encodeURIComponent(String(value)) || "%20");
    else if (Array.isArray(value)) for (const item of value) query.append(name, String(item));
    else if (typeof value === "object" && value !== null)
      for (const [inner, item] of Object.entries(value)) query.append(`${name}[${inner}]`, String(item));
    else query.append(name, String(value));
  }
  const key = fields["Idempotency-Key"] as string | undefined;
  const type = Object.keys(placed.operation.requestBody?.content ?? {})[0];
  const headers = {
    ...(key !== undefined && { "idempotency-key": `${placed.operation.operationId}-${key}` }),
    ...(type && { "content-type": type }),
  };
  const text = query.toString();
  return shop.send(placed.method.toUpperCase(), path + (text && `?${text}`), body === undefined && type ? "{}" : body, headers);
}

const driverWords = /SELECT |INSERT |\bat .*\.ts:\d|TypeError|Cannot read|undefined is not|node_modules/u;
const seen = new Map<string, number>();

async function check(placed: Placed, response: Response, before: number, served: Served): Promise<void> {
  const type = (response.headers.get("content-type") ?? "").split(";", 1)[0] ?? "";
  const text = await response.text();
  seen.set(`${placed.operation.operationId} ${response.status < 300 ? "ok" : "refused"}`, response.status);
  expect(response.status, text).not.toBe(500);
  expect(Object.keys(placed.operation.responses), `${response.status}: ${text}`).toContain(String(response.status));
  expect(text).not.toMatch(driverWords);
  const validate = validatorOf(placed, response.status, type);
  expect(validate(JSON.parse(text)), `${text} ${JSON.stringify(validate.errors)}`).toBe(true);
  if (response.status >= 300) expect(await served.inventory.feed.head(), "a refusal changes nothing").toBe(before);
}

test.each(operations.filter(({ operation }) => operation.operationId !== "jobs.file"))(
  "$name: whatever is sent, the answer is one that is documented, and a refusal changes nothing",
  { timeout: searchTimeoutMs },
  async (placed) => {
    await fc.assert(
      fc.asyncProperty(requestOf(placed), async (request) => {
        const before = await shop.inventory.feed.head();
        await check(placed, await send(placed, request as never), before, shop);
      }),
      { numRuns: budgets.requests },
    );
  },
);

afterAll(async () => {
  expect(await shop.inventory.verify()).toMatchObject({ ok: true });
  // Inputs that are always refused prove little: many operations must have been seen to succeed.
  const succeeded = operations.filter(({ operation }) => seen.has(`${operation.operationId} ok`));
  expect(succeeded.length).toBeGreaterThan(operations.length * 0.6);
});
