import { AssertionError } from "node:assert/strict";
import { type SeededRandom, seededRandom } from "../../random";
import type { TransportCase, TransportContext } from "../handle";
import type { Replica, ReplicaOptions } from "../replica";

const schedules = 6;
const steps = 60;
const filters = [
  { entities: ["level"] },
  { entities: ["level", "movement"], storeIds: ["berlin"] },
  { entities: ["product", "store", "level"], skus: ["cup", "TEA-50"] },
] as const;

/** A network that loses, repeats and delays deltas as the dice fall, while `rough`. */
function roughNetwork(random: SeededRandom) {
  const network = { rough: true };
  const distort: ReplicaOptions["distort"] = (frame, deliver) => {
    const fate = network.rough && frame.t === "d" ? random.below(8) : 7;
    if (fate === 0) return;
    if (fate === 1) setTimeout(() => deliver(frame), 0);
    else deliver(frame);
    if (fate === 2) deliver(frame);
  };
  return { network, distort };
}

async function runSchedule(context: TransportContext, seed: number): Promise<void> {
  const random = seededRandom(seed);
  const { network, distort } = roughNetwork(random);
  await context.serve({ limits: { pageRows: 4, maxReplayChanges: 6, maxDiffCommands: 40 } });
  const clients = filters.map((filter) => context.replica({ filter, distort }));
  for (const client of clients) client.connect();
  let orders = 0;
  const given: Promise<unknown>[] = [];
  const actions = [
    () => context.inventory.stock.sell({ sku: "CUP", storeId: "berlin", quantity: 1 }),
    () => context.inventory.stock.receive({ sku: "TEA-50", storeId: "hamburg", quantity: 2 }),
    () => {
      orders += 1;
      const client = random.pick(clients as [Replica, ...Replica[]]);
      given.push(client.command(`${seed}-${orders}`, "stock.receive", { sku: "CUP", storeId: "hub", quantity: 1 }));
    },
    () => context.time.advance(25),
    () => context.turn(),
    () => context.cut(),
    () => random.pick(clients as [Replica, ...Replica[]]).connect(),
    async () => {
      await context.stop({ afterMs: 0 });
      await context.serve({ limits: { pageRows: 4, maxReplayChanges: 6, maxDiffCommands: 40 } });
    },
  ] as const;
  const weighted = [0, 0, 0, 1, 1, 2, 2, 3, 3, 3, 4, 4, 5, 6] as const;
  for (let step = 0; step < steps; step += 1) await (step === steps / 2 ? actions[7] : actions[random.pick(weighted)])();
  network.rough = false;
  await Promise.all(given);
  await context.agree(...clients);
  const { onHand } = await context.inventory.stock.level({ sku: "CUP", storeId: "hub" });
  if (onHand !== 100 + orders)
    throw new AssertionError({ message: `${orders} orders moved ${onHand - 100}`, actual: onHand, expected: 100 + orders });
  for (const client of clients) client.leave();
  await context.stop({ afterMs: 0 });
}

/** Everything at once, as the dice fall. */
export const scheduleCases: readonly TransportCase[] = [
  {
    id: "schedules/random",
    promise:
      "Whatever comes of writes, cuts, takeovers, restarts and frames lost, repeated or late: in the end a client shows the ledger, and each of its commands was applied once.",
    async run(context) {
      for (let seed = 1; seed <= schedules; seed += 1) {
        try {
          if (seed > 1) await context.replaceLedger();
          await runSchedule(context, seed);
        } catch (error) {
          throw new AssertionError({
            message: `schedule ${seed}: ${error instanceof Error ? error.message : String(error)}`,
            actual: error,
          });
        }
      }
    },
  },
];
