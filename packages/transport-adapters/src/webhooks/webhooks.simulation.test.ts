import { type Change, type Inventory, levelKey, type StockLevel, type Stop } from "@onhand/core";
import { type SeededRandom, seededRandom } from "@onhand/core/testing";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { budgets, searchTimeoutMs } from "../../../../tests/budgets";
import type { ManualTime } from "../shared/testing/manual-time";
import type { WebhookBody } from "./delivery";
import type { WebhookRequest } from "./post";
import type { WebhookRecord } from "./store";
import { type WebhookFixture, webhookFixture } from "./testing/webhook-fixture";
import type { Webhooks } from "./webhooks";

/** A receiver that believes what it is told, and notices a gap. */
function createReceiver() {
  const levels = new Map<string, StockLevel>();
  const movements: number[] = [];
  const gaps: string[] = [];
  const disorder: string[] = [];
  let last = 0;
  let applied = 0;

  function apply({ entity, key, seq, value }: Change): void {
    if (entity === "movement" && !movements.includes(seq)) movements.push(seq);
    if (entity === "level" && seq > (levels.get(key)?.seq ?? 0)) levels.set(key, value);
  }

  return {
    levels,
    movements,
    gaps,
    disorder,
    take(body: string): void {
      const { from, to, changes } = (JSON.parse(body) as WebhookBody).data;
      if (to < last) disorder.push(`${to} after ${last}`);
      last = to;
      if (from > applied) gaps.push(`${from} after ${applied}`);
      applied = Math.max(applied, to);
      for (const change of changes) apply(change);
    },
  };
}

const processes = 2;

/** One process: when it dies nothing of it moves any more, whatever it was about to do. */
function openLife(fixture: WebhookFixture, world: World): Life {
  let alive = true;
  const never = new Promise<never>(() => undefined);
  const { store, time } = fixture;
  const life: Life = {
    die() {
      alive = false;
      world.delivering.delete(life);
    },
    webhooks: fixture.open([{}], {
      limits: { maxChanges: 3, firstRetryMs: 100, longestRetryMs: 1_000, timeoutMs: 300, leaseMs: 800, ...world.limits },
      timers: { after: (delayMs, run) => time.timers.after(delayMs, () => alive && run()) },
      random: () => world.random.below(1_000) / 1_000,
      async post(request, signal) {
        if (!alive) return never;
        world.delivering.add(life);
        world.mostAtOnce = Math.max(world.mostAtOnce, world.delivering.size);
        await slowly(time, signal, world).finally(() => world.delivering.delete(life));
        return alive ? world.deliver(request) : never;
      },
      store: {
        load: async (name: string) => (alive ? store.load(name) : never),
        async save(name: string, record: WebhookRecord) {
          if (!alive) return never;
          const fate = world.faulty ? world.random.below(10) : 9;
          if (fate === 0) throw new Error("the store refused");
          const saved = await store.save(name, record);
          if (fate === 1) throw new Error("the store's answer was lost");
          return saved;
        },
      },
    }),
  };
  return life;
}

/** Takes as long as it may in a world that is not what it should be. */
async function slowly({ timers }: ManualTime, signal: AbortSignal, { faulty, random }: World): Promise<void> {
  if (!faulty) return;
  await new Promise<void>((resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason));
    timers.after(random.below(3) * 100, resolve);
  });
}

interface Life {
  readonly webhooks: Webhooks;
  readonly die: Stop;
}

interface World {
  readonly random: SeededRandom;
  readonly limits: { readonly maxAttempts: number };
  readonly deliver: (request: WebhookRequest) => Promise<{ status: number }>;
  faulty: boolean;
  /** Who has a delivery under way, and how many that were at most. */
  readonly delivering: Set<Life>;
  mostAtOnce: number;
}

type Step =
  | { readonly write: number }
  | { readonly passMs: number }
  | { readonly crash: number }
  | { readonly restart: number }
  | { readonly pauseBy: number };

const step = fc.oneof(
  { weight: 5, arbitrary: fc.record({ write: fc.integer({ min: 1, max: 6 }) }) },
  { weight: 6, arbitrary: fc.record({ passMs: fc.constantFrom(100, 200, 500, 1_500) }) },
  { weight: 2, arbitrary: fc.record({ crash: fc.nat(processes - 1) }) },
  { weight: 1, arbitrary: fc.record({ restart: fc.nat(processes - 1) }) },
  { weight: 1, arbitrary: fc.record({ pauseBy: fc.nat(processes - 1) }) },
);

/** Writes, faults, crashes, restarts and pauses; then a network and a store that work, and as long as it takes. */
async function live(steps: readonly Step[], { seed, maxAttempts }: { seed: number; maxAttempts: number }) {
  const fixture = await webhookFixture();
  const receiver = createReceiver();
  const random = seededRandom(seed);
  const world: World = {
    random,
    limits: { maxAttempts },
    faulty: true,
    delivering: new Set(),
    mostAtOnce: 0,
    async deliver({ body }) {
      const fate = world.faulty ? random.below(8) : 7;
      if (fate < 2) throw new Error("refused");
      if (fate === 2) return { status: 503 };
      receiver.take(body);
      if (fate === 3) throw new Error("the answer was lost");
      return { status: 204 };
    },
  };
  const lives = Array.from({ length: processes }, () => openLife(fixture, world));
  for (const one of steps) {
    if ("write" in one) await write(fixture, random, one.write);
    else if ("passMs" in one) await fixture.pass(one.passMs);
    else if ("pauseBy" in one) await pauseAndResume(lives[one.pauseBy]?.webhooks as Webhooks, fixture);
    else await endLife(one, lives, fixture).then((index) => lives.splice(index, 1, openLife(fixture, world)));
  }
  world.faulty = false;
  await fixture.pass(5_000);
  const webhooks = lives.map((life) => life.webhooks);
  return { fixture, receiver, world, webhooks, stop: () => Promise.all(webhooks.map((each) => each.stop())) };
}

async function endLife(one: { crash: number } | { restart: number }, lives: readonly Life[], fixture: WebhookFixture): Promise<number> {
  const index = "crash" in one ? one.crash : one.restart;
  const { webhooks, die } = lives[index] as Life;
  if ("crash" in one) die();
  else await stopFor(webhooks, fixture);
  return index;
}

/** By any process, whichever delivers. What the store refused is tried until it does not. */
async function pauseAndResume(webhooks: Webhooks, fixture: WebhookFixture): Promise<void> {
  for (const ask of ["pause", "resume"] as const) {
    const until = async (): Promise<void> =>
      webhooks[ask]("erp").catch((error: Error) => {
        expect(error.message).toContain("the store");
        return until();
      });
    await passUntil(until(), fixture);
  }
}

const stopFor = (webhooks: Webhooks, fixture: WebhookFixture): Promise<void> => passUntil(webhooks.stop(), fixture);

const maximumWaitMs = 60_000;

/** Lets time pass until something is done. */
async function passUntil(work: Promise<void>, { pass }: WebhookFixture): Promise<void> {
  let isDone = false;
  const done = work.finally(() => {
    isDone = true;
  });
  for (let passed = 0; !isDone && passed < maximumWaitMs; passed += 100) await pass(100);
  expect(isDone).toBe(true);
  await done;
}

async function write({ receive }: WebhookFixture, random: SeededRandom, count: number): Promise<void> {
  for (let index = 0; index < count; index++) await receive(random.pick(["A", "B"]), random.pick(["berlin", "paris"]));
}

async function ledgerOf(inventory: Inventory) {
  const { items: levels } = await inventory.stock.levels({ limit: 1_000 });
  const { items: changes } = await inventory.feed.since(0, { limit: 10_000, filter: { entities: ["movement"] } });
  return { levels: new Map(levels.map((level) => [levelKey(level), level])), movements: changes.map(({ seq }) => seq) };
}

describe("webhooks of two processes, under faults and crashes", () => {
  it(
    "tell everything at least once, one at a time, in order, never past a gap, and leave the receiver with what the ledger has",
    async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 30 }), fc.nat(), async (steps, seed) => {
          const { fixture, receiver, world, webhooks, stop } = await live(steps, { seed, maxAttempts: 1_000_000 });
          const ledger = await ledgerOf(fixture.inventory);
          expect([receiver.gaps, receiver.disorder]).toEqual([[], []]);
          expect(world.mostAtOnce).toBeLessThanOrEqual(1);
          expect(receiver.movements).toEqual(ledger.movements);
          expect(receiver.levels).toEqual(ledger.levels);
          const status = webhooks.map((each) => each.status()[0]);
          expect(status.map((each) => each?.state).sort()).toEqual(["idle", "standby"]);
          expect(status.find((each) => each?.state === "idle")).toMatchObject({ behind: 0, deadLetters: 0 });
          await stop();
        }),
        { numRuns: budgets.histories.webhooks },
      );
    },
    searchTimeoutMs,
  );

  it(
    "lose nothing to dead letters: with those delivered after all, the receiver has what the ledger has",
    async () => {
      let buried = 0;
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 30 }), fc.nat(), async (steps, seed) => {
          const { fixture, receiver, webhooks, stop } = await live(steps, { seed, maxAttempts: 2 });
          const [any] = webhooks as [Webhooks];
          const letters = await any.deadLetters("erp");
          buried += letters.length;
          for (const { id } of letters) expect(await any.redeliver("erp", id)).toEqual({ delivered: true });
          const ledger = await ledgerOf(fixture.inventory);
          expect(receiver.movements.sort((a, b) => a - b)).toEqual(ledger.movements);
          expect(receiver.levels).toEqual(ledger.levels);
          await stop();
        }),
        { numRuns: budgets.histories.webhooks },
      );
      expect(buried).toBeGreaterThan(0);
    },
    searchTimeoutMs,
  );
});
