import { type Change, type Inventory, levelKey, type StockLevel, type Stop } from "@onhand/core";
import { type SeededRandom, seededRandom } from "@onhand/core/testing";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import type { WebhookBody } from "./delivery";
import type { WebhookRequest } from "./post";
import type { WebhookRecord } from "./store";
import { type WebhookFixture, webhookFixture } from "./testing/webhook-fixture";
import type { Webhooks } from "./webhooks";

const runs = process.env.ONHAND_LONG ? 2_000 : 60;

/** A receiver that believes what it is told, and notices a gap. */
function createReceiver() {
  const levels = new Map<string, StockLevel>();
  const movements: number[] = [];
  const gaps: string[] = [];
  let applied = 0;

  function apply({ entity, key, seq, value }: Change): void {
    if (entity === "movement" && !movements.includes(seq)) movements.push(seq);
    if (entity === "level" && seq > (levels.get(key)?.seq ?? 0)) levels.set(key, value);
  }

  return {
    levels,
    movements,
    gaps,
    take(body: string): void {
      const { from, to, changes } = (JSON.parse(body) as WebhookBody).data;
      if (from > applied) gaps.push(`${from} after ${applied}`);
      applied = Math.max(applied, to);
      for (const change of changes) apply(change);
    },
  };
}

/** One process: when it dies nothing of it moves any more, whatever it was about to do. */
function openLife(fixture: WebhookFixture, world: World): { webhooks: Webhooks; die: Stop } {
  let alive = true;
  const never = new Promise<never>(() => undefined);
  const { store, time } = fixture;
  const webhooks = fixture.open([{}], {
    limits: { maxChanges: 3, firstRetryMs: 100, longestRetryMs: 1_000, timeoutMs: 300, ...world.limits },
    timers: { after: (delayMs, run) => time.timers.after(delayMs, () => alive && run()) },
    random: () => world.random.below(1_000) / 1_000,
    post: async (request) => (alive ? world.deliver(request) : never),
    store: {
      load: store.load,
      async save(name: string, record: WebhookRecord) {
        if (!alive) return never;
        const fate = world.faulty ? world.random.below(10) : 9;
        if (fate === 0) throw new Error("the store refused");
        await store.save(name, record);
        if (fate === 1) throw new Error("the store's answer was lost");
      },
    },
  });
  return {
    webhooks,
    die() {
      alive = false;
    },
  };
}

interface World {
  readonly random: SeededRandom;
  readonly limits: { readonly maxAttempts: number };
  readonly deliver: (request: WebhookRequest) => Promise<{ status: number }>;
  faulty: boolean;
}

type Step = { readonly write: number } | { readonly passMs: number } | "crash" | "restart";

const step = fc.oneof(
  { weight: 5, arbitrary: fc.record({ write: fc.integer({ min: 1, max: 6 }) }) },
  { weight: 6, arbitrary: fc.record({ passMs: fc.constantFrom(100, 200, 500, 1_500) }) },
  { weight: 2, arbitrary: fc.constant("crash" as const) },
  { weight: 1, arbitrary: fc.constant("restart" as const) },
);

/** Writes, faults, crashes and restarts; then a network and a store that work, and as long as it takes. */
async function live(steps: readonly Step[], { seed, maxAttempts }: { seed: number; maxAttempts: number }) {
  const fixture = await webhookFixture();
  const receiver = createReceiver();
  const random = seededRandom(seed);
  const world: World = {
    random,
    limits: { maxAttempts },
    faulty: true,
    async deliver({ body }) {
      const fate = world.faulty ? random.below(8) : 7;
      if (fate < 2) throw new Error("refused");
      if (fate === 2) return { status: 503 };
      receiver.take(body);
      if (fate === 3) throw new Error("the answer was lost");
      return { status: 204 };
    },
  };
  let life = openLife(fixture, world);
  for (const one of steps) {
    if (one === "crash") life.die();
    else if (one === "restart") await stopFor(life.webhooks, fixture);
    else if ("write" in one) await write(fixture, random, one.write);
    else await fixture.pass(one.passMs);
    if (typeof one === "string") life = openLife(fixture, world);
  }
  world.faulty = false;
  await fixture.pass(5_000);
  return { fixture, receiver, webhooks: life.webhooks };
}

async function stopFor(webhooks: Webhooks, { pass }: WebhookFixture): Promise<void> {
  await Promise.all([webhooks.stop().catch((error: Error) => expect(error.message).toContain("the store")), pass(500)]);
}

async function write({ receive }: WebhookFixture, random: SeededRandom, count: number): Promise<void> {
  for (let index = 0; index < count; index++) await receive(random.pick(["A", "B"]), random.pick(["berlin", "paris"]));
}

async function ledgerOf(inventory: Inventory) {
  const { items: levels } = await inventory.stock.levels({ limit: 1_000 });
  const { items: changes } = await inventory.feed.since(0, { limit: 10_000, filter: { entities: ["movement"] } });
  return { levels: new Map(levels.map((level) => [levelKey(level), level])), movements: changes.map(({ seq }) => seq) };
}

describe("webhooks under faults and crashes", () => {
  it("tell everything at least once, never past a gap, and leave the receiver with what the ledger has", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 30 }), fc.nat(), async (steps, seed) => {
        const { fixture, receiver, webhooks } = await live(steps, { seed, maxAttempts: 1_000_000 });
        const ledger = await ledgerOf(fixture.inventory);
        expect(receiver.gaps).toEqual([]);
        expect(receiver.movements).toEqual(ledger.movements);
        expect(receiver.levels).toEqual(ledger.levels);
        expect(webhooks.status()[0]).toMatchObject({ state: "idle", behind: 0, deadLetters: 0 });
        await webhooks.stop();
      }),
      { numRuns: runs },
    );
  });

  it("lose nothing to dead letters: with those delivered after all, the receiver has what the ledger has", async () => {
    let buried = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 30 }), fc.nat(), async (steps, seed) => {
        const { fixture, receiver, webhooks } = await live(steps, { seed, maxAttempts: 2 });
        const letters = await webhooks.deadLetters("erp");
        buried += letters.length;
        for (const { id } of letters) expect(await webhooks.redeliver("erp", id)).toEqual({ delivered: true });
        const ledger = await ledgerOf(fixture.inventory);
        expect(receiver.movements.sort((a, b) => a - b)).toEqual(ledger.movements);
        expect(receiver.levels).toEqual(ledger.levels);
        await webhooks.stop();
      }),
      { numRuns: runs },
    );
    expect(buried).toBeGreaterThan(0);
  });
});
