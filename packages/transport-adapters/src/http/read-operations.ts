import { errorCodes, type Inventory, InventoryError, type InventoryErrorCode, levelKey } from "@onhand/core";
import { answerSchemas, jsonSchemaOf, querySchemas } from "@onhand/core/schemas";
import { asRead } from "../shared/as-read";
import type { Permissions } from "../shared/authorization";
import { describeAnswer } from "./components";
import type { Input } from "./input";
import { type ObjectSchema, type Operation, schemaOf } from "./operation";
import { malformed } from "./problem";
import { firstFieldOf, type ReadRoute } from "./routes";

const readOptions = { consistency: { type: "string", enum: ["strong", "eventual"] }, minSeq: { type: "integer", minimum: 0 } };

/** A question as an operation. */
export function readOperation(inventory: Inventory, name: string, route: ReadRoute): Operation {
  const { entity, shape, plain } = route;
  const ask = askingOf(inventory, name, route);
  const unknown = `UNKNOWN_${entity.replaceAll(/[A-Z]/g, "_$&").toUpperCase()}`;
  return {
    name,
    route,
    writes: false,
    isCommand: false,
    from: "query",
    takes: takesOf(name, route),
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
    async run({ input, permissions, signal }) {
      if (shape === "whole") {
        await demandToRead(permissions, name, route, input);
        return ask(input, signal());
      }
      const may = (row: object) => permissions.ask("read", resourceOf(entity, row));
      const answer = await ask(input, signal());
      if (shape === "list") return readable(answer as Page, may);
      if (!(await may(answer))) throw refusedToRead(entity);
      return { [entity]: answer };
    },
  };
}

/** All fields a question takes. */
export function takesOf(name: string, { plain }: ReadRoute): ObjectSchema {
  const takes = jsonSchemaOf(schemaOf(querySchemas, name), "input") as ObjectSchema;
  return plain ? takes : { ...takes, properties: { ...takes.properties, ...readOptions } };
}

const refusedToRead = (entity: string) => new InventoryError("FORBIDDEN", { action: "read", resource: { entity } });

/**
 * Asks about a question whose answer is no row: about what it names, as the inventory reads it. A report is told by its name.
 *
 * @throws {@link InventoryError} `FORBIDDEN`.
 */
export async function demandToRead(permissions: Permissions, name: string, { entity }: ReadRoute, input: Input): Promise<void> {
  const resource = resourceOf(entity, asRead(input));
  const named = entity === "report" ? { ...resource, key: name.split(".")[1] } : resource;
  if (!(await permissions.ask("read", named))) throw refusedToRead(entity);
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

/** Asks `inventory.<area>.<method>` with the arguments it takes, until the signal is aborted. */
export function askingOf(inventory: Inventory, name: string, route: ReadRoute): (input: Input, signal: AbortSignal) => Promise<object> {
  const [area, method] = name.split(".") as [keyof Inventory, string];
  const api = inventory[area] as unknown as Readonly<Record<string, Method>>;
  const call: Method = (...given) => (api[method] as Method)(...given);
  if (route.plain) return (input) => call(input);
  const first = firstFieldOf(route);
  return ({ consistency, minSeq, ...asked }, signal) => {
    const options = { signal, ...(consistency !== undefined && { consistency }), ...(minSeq !== undefined && { minSeq }) };
    if (first === undefined) return call(asked, options);
    const { [first]: value, ...rest } = asked;
    if (value === undefined) throw malformed("is missing", first);
    // What is left over is no option, as the inventory then says.
    return route.filtered ? call(value, rest, options) : call(value, { ...options, ...rest });
  };
}
