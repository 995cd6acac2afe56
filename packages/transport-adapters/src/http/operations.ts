import { commandRefusals, type FeedFilter, type Inventory, InventoryError } from "@onhand/core";
import { answerSchemas, commandSchemas, jsonSchemaOf, parser, querySchemas } from "@onhand/core/schemas";
import { describeAnswer } from "./components";
import type { Input } from "./input";
import { type Call, type ObjectSchema, type Operation, schemaOf } from "./operation";
import { readOperation } from "./read-operations";
import { type ReportFiles, reportOperation } from "./report-operations";
import { type CommandRoute, commandRoutes, fillPath, type ReadRoute, readRoutes } from "./routes";

/** Every command and every question of an inventory, as operations. */
export function inventoryOperations(inventory: Inventory, basePath: string, files: ReportFiles): readonly Operation[] {
  const question = (name: string, route: ReadRoute) =>
    route.shape === "report" ? reportOperation(inventory, name, route, files) : readOperation(inventory, name, route);
  return [
    ...Object.entries(commandRoutes).map(([name, route]) => commandOperation(inventory, basePath, name, route)),
    ...Object.entries(readRoutes).map(([name, route]) => question(name, route)),
    ...feedOperations(inventory),
  ];
}

function commandOperation(inventory: Inventory, basePath: string, name: string, route: CommandRoute): Operation {
  const takes = jsonSchemaOf(schemaOf(commandSchemas, name), "input") as ObjectSchema;
  // Who does it is who is signed in, and the key is a header.
  const { actor: _actor, idempotencyKey: _key, ...properties } = takes.properties;
  const run = ({ input, actor }: Call) => inventory.execute(name, input, actor);
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
    run,
    // It is under way in the ledger, where nothing stops it.
    later: async (call) => ({ cancellable: false, work: () => run(call) }),
  };
}

/** Where what a command made is found. */
function addressOf(name: string, answer: object): string {
  const { path, entity } = readRoutes[`${name.split(".")[0]}.get`] as ReadRoute;
  return fillPath(path, (answer as Readonly<Record<string, Input>>)[entity] as Input);
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
