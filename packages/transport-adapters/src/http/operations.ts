import {
  type Actor,
  commandRefusals,
  errorCodes,
  type FeedFilter,
  type Inventory,
  InventoryError,
  type InventoryErrorCode,
  levelKey,
} from "@onhand/core";
import { answerSchemas, commandSchemas, type JsonSchema, jsonSchemaOf, parser, querySchemas, type Schema } from "@onhand/core/schemas";
import type { Permissions } from "../shared/authorization";
import { describeAnswer } from "./components";
import type { Input } from "./input";
import { malformed } from "./problem";
import { type CommandRoute, commandRoutes, fillPath, firstFieldOf, type ReadRoute, type Route, readRoutes } from "./routes";

/** Who asks for what. */
export interface Call {
  readonly input: Input;
  /** The body of an operation that takes a file. */
  readonly file: Blob;
  readonly actor: Actor;
  readonly permissions: Permissions;
  readonly requestId: string;
}

/** One thing that can be asked for: a method and a path, what it takes, what it answers, and how it is done. */
export interface Operation {
  /** As in the inventory's api: `stock.sell`. */
  readonly name: string;
  readonly route: Route;
  /** Whether it may change something; `authorize` is asked about it by its name then. */
  readonly writes: boolean;
  /** Whether it is a command: run in the caller's name, under their key, and as a job if they like. */
  readonly isCommand: boolean;
  /** Where fields that are not in the path come from. */
  readonly from: "body" | "query";
  /** The body is a file of one of these types. */
  readonly file?: { readonly types: readonly string[]; readonly maxBytes: number };
  /** All fields it takes, those in the path too. */
  readonly takes: JsonSchema;
  readonly answers: JsonSchema;
  readonly status: 200 | 201 | 202;
  /** The codes it may refuse with by its own rule. */
  readonly refusals: readonly InventoryErrorCode[];
  /** What of the answer is told in headers. */
  readonly headers?: (answer: object) => Readonly<Record<string, string>>;
  /** Answers with what is sent as JSON, or with a file. */
  readonly run: (call: Call) => Promise<object>;
}

/** Every command and every question of an inventory, as operations. */
export function inventoryOperations(inventory: Inventory, basePath: string): readonly Operation[] {
  return [
    ...Object.entries(commandRoutes).map(([name, route]) => commandOperation(inventory, basePath, name, route)),
    ...Object.entries(readRoutes).map(([name, route]) => readOperation(inventory, name, route)),
    ...feedOperations(inventory),
  ];
}

type Schemas = Readonly<Record<string, Schema>>;

function schemaOf(schemas: Schemas, name: string): Schema {
  const schema = schemas[name];
  if (!schema) throw new TypeError(`${name} has a route but no schema`);
  return schema;
}

/** The facts of a schema of an object. */
interface ObjectSchema extends JsonSchema {
  readonly properties: Readonly<Record<string, JsonSchema>>;
}

function commandOperation(inventory: Inventory, basePath: string, name: string, route: CommandRoute): Operation {
  const takes = jsonSchemaOf(schemaOf(commandSchemas, name), "input") as ObjectSchema;
  // Who does it is who is signed in, and the key is a header.
  const { actor: _actor, idempotencyKey: _key, ...properties } = takes.properties;
  return {
    name,
    route,
    writes: true,
    isCommand: true,
    from: route.method === "DELETE" ? "query" : "body",
    takes: { ...takes, properties },
    answers: describeAnswer(schemaOf(answerSchemas, name)),
    status: route.status ?? 200,
    refusals: commandRefusals[name] ?? [],
    ...(route.status === 201 && { headers: (answer) => ({ location: basePath + addressOf(name, answer) }) }),
    run: ({ input, actor }) => inventory.execute(name, input, actor),
  };
}

/** Where what a command made is found. */
function addressOf(name: string, answer: object): string {
  const { path, entity } = readRoutes[`${name.split(".")[0]}.get`] as ReadRoute;
  return fillPath(path, (answer as Readonly<Record<string, Input>>)[entity] as Input);
}

const readOptions = { consistency: { type: "string", enum: ["strong", "eventual"] }, minSeq: { type: "integer", minimum: 0 } };

function readOperation(inventory: Inventory, name: string, route: ReadRoute): Operation {
  const { entity, shape, plain } = route;
  const takes = jsonSchemaOf(schemaOf(querySchemas, name), "input") as ObjectSchema;
  const ask = askingOf(inventory, name, route);
  const unknown = `UNKNOWN_${entity.replaceAll(/[A-Z]/g, "_$&").toUpperCase()}`;
  return {
    name,
    route,
    writes: false,
    isCommand: false,
    from: "query",
    takes: plain ? takes : { ...takes, properties: { ...takes.properties, ...readOptions } },
    answers: describeAnswer(schemaOf(answerSchemas, name)),
    status: 200,
    refusals: [
      ...new Set<InventoryErrorCode>([
        "UNKNOWN_PRODUCT",
        "UNKNOWN_STORE",
        ...(unknown in errorCodes ? [unknown as InventoryErrorCode] : []),
        ...(plain ? (["FORECAST_FAILED"] as const) : []),
      ]),
    ],
    ...(route.settled && { headers: (answer) => ({ etag: `"${inventory.feed.epoch}.${seqOf(answer, entity)}"` }) }),
    async run({ input, permissions }) {
      const may = (row: object) => permissions.ask("read", resourceOf(entity, row));
      const demand = async (row: object) => {
        if (!(await may(row))) throw new InventoryError("FORBIDDEN", { action: "read", resource: { entity } });
      };
      if (shape === "whole") {
        await demand(input);
        return ask(input);
      }
      const answer = await ask(input);
      if (shape === "list") return readable(answer as Page, may);
      await demand(answer);
      return { [entity]: answer };
    },
  };
}

const seqOf = (answer: object, entity: string): number => (answer as Readonly<Record<string, { readonly seq: number }>>)[entity]?.seq ?? 0;

interface Page {
  readonly items: readonly object[];
  readonly nextCursor?: string;
}

/** A page without what may not be read. */
async function readable(page: Page, may: (row: object) => boolean | Promise<boolean>): Promise<Page> {
  const verdicts = await Promise.all(page.items.map(may));
  return { ...page, items: page.items.filter((_, index) => verdicts[index]) };
}

type Named = Partial<Readonly<Record<"id" | "sku" | "storeId" | "supplierId" | "from" | "to", string>>>;

/** What `authorize` is told of a row: its entity and key, and the product and store it is about; of a transfer the two stores. */
function resourceOf(entity: string, row: object): Readonly<Record<string, unknown>> {
  const { id, sku, storeId, from, to } = row as Named;
  const place = entity === "store" ? id : storeId;
  const key = keyOf(entity, row);
  return {
    entity,
    ...(key !== undefined && { key }),
    ...(sku !== undefined && { sku }),
    ...(place !== undefined && { storeId: place }),
    ...(entity === "transfer" && { from, to }),
  };
}

function keyOf(entity: string, { id, sku, storeId, supplierId = "" }: Named): string | undefined {
  if (id !== undefined || sku === undefined) return id ?? storeId;
  if (entity === "supplierTerms") return `${encodeURIComponent(supplierId)}/${encodeURIComponent(sku)}`;
  return storeId === undefined ? sku : levelKey({ sku, storeId });
}

type Method = (...given: readonly unknown[]) => Promise<object>;

/** Asks `inventory.<area>.<method>` with the arguments it takes. */
function askingOf(inventory: Inventory, name: string, route: ReadRoute): (input: Input) => Promise<object> {
  const [area, method] = name.split(".") as [keyof Inventory, string];
  const api = inventory[area] as unknown as Readonly<Record<string, Method>>;
  const call: Method = (...given) => (api[method] as Method)(...given);
  if (route.plain) return (input) => call(input);
  const first = firstFieldOf(route);
  return ({ consistency, minSeq, ...asked }) => {
    const options = { ...(consistency !== undefined && { consistency }), ...(minSeq !== undefined && { minSeq }) };
    if (first === undefined) return call(asked, options);
    const { [first]: value, ...rest } = asked;
    if (value === undefined) throw malformed("is missing", first);
    // What is left over is no option, as the inventory then says.
    return route.filtered ? call(value, rest, options) : call(value, { ...rest, ...options });
  };
}

/** The feed, which has arguments of its own and asks `authorize` as the live transports do. */
function feedOperations({ feed }: Inventory): readonly Operation[] {
  const common = { writes: false, isCommand: false, from: "query", status: 200, refusals: [] } as const;
  const parts = (name: string) => ({
    name,
    takes: jsonSchemaOf(schemaOf(querySchemas, name), "input"),
    answers: describeAnswer(schemaOf(answerSchemas, name)),
  });
  const parseSince = parser(schemaOf(querySchemas, "feed.since"));
  const parseHead = parser(schemaOf(querySchemas, "feed.head"));
  return [
    {
      ...common,
      ...parts("feed.head"),
      route: { method: "GET", path: "/feed/head", summary: "Where the ledger stands." },
      async run({ input }) {
        parseHead(input);
        return { epoch: feed.epoch, head: await feed.head() };
      },
    },
    {
      ...common,
      ...parts("feed.since"),
      route: { method: "GET", path: "/feed/changes", summary: "What changed after a position, in seq order." },
      async run({ input, permissions }) {
        const { seq, limit, ...filter } = parseSince(input) as Since;
        if (!(await permissions.may("subscribe", { ...filter }))) throw new InventoryError("FORBIDDEN", { action: "subscribe" });
        const page = await feed.since(seq, { limit, filter });
        return { epoch: feed.epoch, ...page, items: await permissions.readable(page.items) };
      },
    },
  ];
}

interface Since extends FeedFilter {
  readonly seq: number;
  readonly limit: number;
}
