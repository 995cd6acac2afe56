import { ok, strictEqual } from "node:assert/strict";
import type { ServerFrame } from "../../../protocol/index";
import { seededRandom } from "../../random";
import type { TransportCase, TransportContext } from "../handle";
import type { ReplicaOptions } from "../replica";

const tea = { sku: "TEA-50", storeId: "berlin" };

/** Deltas are what a lossy hop would harm; the rest of the conversation is left alone. */
const onDeltas =
  (distort: (frame: ServerFrame, deliver: (frame: ServerFrame) => void) => void): ReplicaOptions["distort"] =>
  (frame, deliver) => {
    if (frame.t === "d") distort(frame, deliver);
    else deliver(frame);
  };

async function sellUnder({ inventory, serve, replica, agree, time, turn }: TransportContext, distort: ReplicaOptions["distort"]) {
  await serve();
  const client = replica({ distort });
  client.connect();
  await agree(client);
  for (let index = 0; index < 60; index += 1) {
    await inventory.stock.sell({ ...tea, quantity: 1 });
    time.advance(25);
    if (index % 3 === 0) await turn();
  }
  await agree(client);
  return client;
}

/** What a hop between the two sides may do to frames without harm. */
export const lossCases: readonly TransportCase[] = [
  {
    id: "loss/duplicated",
    promise: "Frames that come twice change nothing.",
    async run(context) {
      const client = await sellUnder(
        context,
        onDeltas((frame, deliver) => {
          deliver(frame);
          deliver(frame);
        }),
      );
      strictEqual(client.gaps, 0);
    },
  },
  {
    id: "loss/dropped",
    promise: "Frames that do not come are noticed by the next one, and what they said is fetched.",
    async run(context) {
      const random = seededRandom(7);
      const client = await sellUnder(
        context,
        onDeltas((frame, deliver) => {
          if (random.below(3) > 0) deliver(frame);
        }),
      );
      ok(client.gaps > 0, "nothing was lost in this run (seed 7)");
    },
  },
  {
    id: "loss/reordered",
    promise: "Frames that overtake one another lead to the same rows.",
    async run(context) {
      let held: { readonly frame: ServerFrame; readonly deliver: (frame: ServerFrame) => void } | undefined;
      let swapped = 0;
      await sellUnder(
        context,
        onDeltas((frame, deliver) => {
          if (!held) {
            held = { frame, deliver };
            return;
          }
          const late = held;
          held = undefined;
          swapped += 1;
          deliver(frame);
          late.deliver(late.frame);
        }),
      );
      ok(swapped > 0);
    },
  },
  {
    id: "loss/quiet",
    promise: "A lost last change is noticed though nothing follows it: heartbeats say where the ledger stands.",
    async run({ inventory, serve, replica, agree, turn, time, until }) {
      await serve();
      let losing = false;
      const client = replica({ distort: onDeltas((frame, deliver) => void (losing || deliver(frame))) });
      client.connect();
      await agree(client);
      const before = client.position;
      time.advance(1_000);
      losing = true;
      await inventory.stock.sell({ ...tea, quantity: 1 });
      time.advance(100);
      await turn();
      strictEqual(client.position, before);
      losing = false;
      for (let beat = 1; beat <= 3; beat += 1) {
        const heard = client.of("hb").length;
        for (let second = 0; second < 15; second += 1) time.advance(1_000);
        await until(() => client.of("hb").length > heard, `heartbeat ${beat}`);
        await client.roundTrip();
      }
      ok(client.gaps > 0);
      await agree(client);
    },
  },
];
