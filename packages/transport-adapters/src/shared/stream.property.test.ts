import { type Change, type FeedFilter, type Inventory, isInventoryError } from "@onhand/core";
import { changeMatcher } from "@onhand/core/protocol";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { budgets, searchTimeoutMs } from "../../../../tests/budgets";
import { type HubFixture, hubFixture } from "./testing/hub-fixture";
import { settled } from "./testing/manual-time";
import { createReplica, type Replica } from "./testing/replica";

interface World extends HubFixture {
  readonly replicas: readonly Replica[];
}

const filters: readonly FeedFilter[] = [
  { entities: ["level"] },
  { entities: ["level"], storeIds: ["paris"] },
  { entities: ["product", "store", "level", "movement"], skus: ["A", "B"] },
  { entities: ["movement"] },
  { entities: ["level"] },
];

const skus = ["A", "B", "C"] as const;
const storeIds = ["berlin", "paris"] as const;
const one = fc.integer({ min: 0, max: filters.length - 1 });

/** What can happen, one thing after another; whether the promises of one have happened before the next is up to chance. */
const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constant("receive" as const), sku: fc.constantFrom(...skus), storeId: fc.constantFrom(...storeIds) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("batch" as const), storeId: fc.constantFrom(...storeIds) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("connect" as const), who: one }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant("op" as const), who: one, sku: fc.constantFrom(...skus), id: fc.integer({ min: 0, max: 9 }) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("drop" as const), who: one }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("stall" as const), who: one }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant("take" as const), who: one, count: fc.constantFrom(1, 2, 100_000, Number.POSITIVE_INFINITY) }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("pass" as const), ms: fc.constantFrom(1, 25, 60, 1_000, 8_000) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("settle" as const) }) },
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

/** A clock that leaps ahead leaves commands waiting for longer than they may: these are refused, and no others. */
function requireLateness(error: unknown): void {
  if (!isInventoryError(error, "QUEUE_FULL")) throw error;
}

async function perform(world: World, event: Step): Promise<void> {
  const { inventory, time, replicas } = world;
  if (event.do === "receive") void inventory.stock.receive({ sku: event.sku, storeId: event.storeId, quantity: 1 }).catch(requireLateness);
  else if (event.do === "batch") {
    const lines = skus.map((sku) => ({ type: "receive" as const, sku, storeId: event.storeId, quantity: 2 }));
    void inventory.stock.apply(lines).catch(requireLateness);
  } else if (event.do === "connect") replicas[event.who]?.connect();
  else if (event.do === "op") {
    const input = { sku: event.sku, storeId: "paris", quantity: 3 };
    replicas[event.who]?.link?.say({ t: "op", id: `op-${event.id}-${event.sku}`, command: "stock.receive", input });
  } else if (event.do === "drop") replicas[event.who]?.link?.drop();
  else if (event.do === "stall") replicas[event.who]?.link?.stall();
  else if (event.do === "take") replicas[event.who]?.link?.take(event.count);
  else if (event.do === "pass") time.advance(event.ms);
  else await settled();
}

/** Everybody gets a working link and enough time. */
async function heal({ time, replicas }: World): Promise<void> {
  for (const replica of replicas) {
    replica.link?.take();
    if (!replica.link || replica.link.ended) replica.connect();
  }
  for (let turn = 0; turn < 80; turn += 1) {
    await settled();
    time.advance(1_000);
    for (const replica of replicas) if (replica.link?.ended) replica.connect();
  }
  await settled();
}

/** What the ledger holds for a filter, read page by page. */
async function ledgerOf(inventory: Inventory, filter: FeedFilter): Promise<ReadonlyMap<string, Change>> {
  const { items } = await inventory.feed.since(0, { limit: 10_000 });
  const rows = new Map<string, Change>();
  for (const change of items.filter(changeMatcher(filter))) rows.set(`${change.entity}/${change.key}`, change);
  return rows;
}

const receipt: Step = { do: "receive", sku: "A", storeId: "paris" };
/** A command that waits while half a minute passes. */
const leap: readonly Step[] = [receipt, receipt, receipt, ...Array<Step>(4).fill({ do: "pass", ms: 8_000 })];

const sorted = (rows: ReadonlyMap<string, Change>) => [...rows].sort(([a], [b]) => (a < b ? -1 : 1));

const tight = {
  softQueueBytes: 1_500,
  maxFrameChanges: 2,
  hardQueueBytes: 40_000,
  maxBufferedFrames: 2,
  maxReplayChanges: 4,
  maxDiffCommands: 30,
  pageRows: 3,
};

describe("whatever happens to commits, links and slow readers", () => {
  it("every client ends up with what the ledger holds", { timeout: searchTimeoutMs }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 80 }), fc.boolean(), async (steps, slowPermissions) => {
        const fixture = await hubFixture({
          limits: tight,
          ...(slowPermissions && {
            authorize: (actor, _action, resource) => (resource.sku === "C" ? Promise.resolve(true) : actor !== undefined),
          }),
        });
        const world = { ...fixture, replicas: filters.map((filter) => createReplica(fixture.hub, filter)) };
        for (const event of steps) await perform(world, event);
        await heal(world);
        const head = await world.inventory.feed.head();
        for (const [index, replica] of world.replicas.entries()) {
          const expected = await ledgerOf(world.inventory, filters[index] as FeedFilter);
          expect(sorted(replica.rows)).toEqual(sorted(expected));
          expect(replica.position).toBe(head);
          expect(replica.gaps).toBe(0);
        }
        expect(world.logged).toEqual([]);
        await world.hub.close();
        await world.inventory.close();
      }),
      { numRuns: budgets.histories.streams, examples: [[[...leap], false]] },
    );
  });
});
