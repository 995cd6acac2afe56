import { isInventoryError } from "@onhand/core";
import type { SeededRandom } from "@onhand/core/testing";
import { settled } from "./manual-time";
import { type Permission, skus, storeIds, type Watcher, type World } from "./schedule-world";
import { looks } from "./screen";

type Step = (world: World, random: SeededRandom) => unknown;

const line = (random: SeededRandom) => ({ sku: random.pick(skus), storeId: random.pick(storeIds) });
const quantity = (random: SeededRandom) => 1 + random.below(3);
const one = ({ watchers }: World, random: SeededRandom): Watcher => watchers[random.below(watchers.length)] as Watcher;

/** What can happen, and how often. Whether the promises of one thing have happened before the next is up to chance. */
const steps: Readonly<Record<string, { readonly weight: number; readonly run: Step }>> = {
  receive: { weight: 6, run: ({ ledger }, random) => ledger.inventory.stock.receive({ ...line(random), quantity: quantity(random) }) },
  sell: { weight: 4, run: ({ ledger }, random) => refusable(ledger.inventory.stock.sell({ ...line(random), quantity: quantity(random) })) },
  batch: {
    weight: 2,
    run: ({ ledger }, random) =>
      ledger.inventory.stock.apply(
        skus.map((sku) => ({ type: "receive" as const, sku, storeId: random.pick(storeIds), quantity: quantity(random) })),
      ),
  },
  rename: {
    weight: 1,
    run: ({ ledger }, random) => ledger.inventory.products.update(random.pick(skus), { name: `n${random.below(99)}` }),
  },
  hold: {
    weight: 2,
    run: ({ ledger }, random) => refusable(ledger.inventory.reservations.hold({ ...line(random), quantity: 1, expiresInMs: 86_400_000 })),
  },
  release: { weight: 1, run: releaseOne },
  order: { weight: 4, run: order },
  look: { weight: 4, run: (world, random) => one(world, random).screen.toggle(random.below(looks.length)) },
  cut: { weight: 3, run: (world, random) => one(world, random).way.cutAfter(random.pick([0, 0, 1, 2, 5])) },
  stall: { weight: 1, run: (world, random) => one(world, random).way.stall() },
  thaw: { weight: 2, run: (world, random) => one(world, random).way.thaw() },
  restart: { weight: 1, run: (world, random) => world.restart(random.pick(["goodbye", "crash"])) },
  replace: { weight: 0.25, run: (world) => world.replaceLedger() },
  permit: {
    weight: 1,
    run(world, random) {
      world.permission = random.pick<Permission>(["everything", "berlin", "nothing"]);
      if (random.below(2) === 0) for (const { client } of world.watchers) client.authenticate();
    },
  },
  pass: { weight: 6, run: ({ time }, random) => time.advance(random.pick([1, 25, 60, 500, 2_000, 7_000])) },
  settle: { weight: 4, run: settled },
};

const names = Object.entries(steps).flatMap(([name, { weight }]) => Array.from({ length: 4 * weight }, () => name)) as [
  string,
  ...string[],
];

/**
 * Lets things happen as the dice fall.
 *
 * @returns their names, for whoever reads a failure.
 */
export async function runSteps(world: World, random: SeededRandom): Promise<readonly string[]> {
  const told: string[] = [];
  for (let left = 4 + random.below(28); left > 0; left -= 1) {
    const name = random.pick(names);
    told.push(name);
    const done = steps[name]?.run(world, random);
    // A ledger is replaced before anything else is asked of it.
    if (name === "replace" || random.below(2) === 0) await done;
  }
  return told;
}

function order(world: World, random: SeededRandom): void {
  const { client, orders } = one(world, random);
  orders.given += 1;
  client.command(random.pick(["stock.sell", "stock.receive"]), { ...line(random), quantity: quantity(random) }).then(
    () => {
      orders.accepted += 1;
    },
    (error: unknown) => {
      if (isInventoryError(error, "INSUFFICIENT_STOCK")) orders.refused += 1;
      else orders.unknown += 1;
    },
  );
}

async function releaseOne({ ledger }: World, random: SeededRandom): Promise<void> {
  const { items } = await ledger.inventory.reservations.list({ status: "active" });
  const reservation = items[random.below(items.length)];
  if (reservation) await refusable(ledger.inventory.reservations.release(reservation.id));
}

/** Stock runs out, and what was found may be gone: that is life, anything else is a fault. */
async function refusable(command: Promise<unknown>): Promise<void> {
  await command.catch((error: unknown) => {
    if (!isInventoryError(error, "INSUFFICIENT_STOCK") && !isInventoryError(error, "RESERVATION_SETTLED")) throw error;
  });
}
