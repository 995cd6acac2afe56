import type { Change } from "@onhand/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { levelChange, productChange } from "./support/rows";
import { settle, setUp } from "./support/set-up";

/** What can go wrong with one frame on its way. */
type Fate = "deliver" | "drop" | "twice" | "swap" | "late";

type Step =
  | { readonly do: "commit"; readonly rows: readonly { readonly sku: string; readonly storeId: string; readonly onHand: number }[] }
  | { readonly do: "product"; readonly sku: string }
  | { readonly do: "sell"; readonly sku: string; readonly storeId: string; readonly quantity: number }
  | { readonly do: "beat" | "cut" | "replace" | "look" | "leave" }
  | { readonly do: "wait"; readonly ms: number };

const sku = fc.constantFrom("A", "B", "C");
const storeId = fc.constantFrom("x", "y");
const row = fc.record({ sku, storeId, onHand: fc.nat(50) });
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant("commit" as const),
      rows: fc.uniqueArray(row, { minLength: 1, maxLength: 3, selector: (one) => one.sku + one.storeId }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("product" as const), sku }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("sell" as const), sku, storeId, quantity: fc.integer({ min: 1, max: 20 }) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom("beat" as const, "cut" as const, "look" as const, "leave" as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("replace" as const) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("wait" as const), ms: fc.nat(8_000) }) },
);
const fate = fc.constantFrom<Fate>("deliver", "deliver", "deliver", "drop", "twice", "swap", "late");

const levelsOf = (changes: readonly Change[]) =>
  changes
    .flatMap((change) => (change.entity === "level" ? [[change.value.sku, change.value.storeId, change.value.onHand, 0] as const] : []))
    .sort();

describe("any schedule of frames", () => {
  it("lost, repeated and reordered frames, broken links and new ledgers end in the server's own state, with every command answered", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 40 }),
        fc.array(fate, { minLength: 1, maxLength: 60 }),
        fc.boolean(),
        async (steps, fates, deltasFirst) => {
          const { client, server, timers } = setUp({ server: { pageSize: 2, heartbeatMs: 1_000 } });
          if (deltasFirst) server.sendDeltasFirst();
          const held: (() => void)[] = [];
          let sent = 0;
          let epochs = 0;
          let answered = 0;
          let given = 0;
          let stops: (() => void)[] = [];
          const calm = () => server.on({ carry: (frame, deliver) => deliver(frame) });
          const storm = () =>
            server.on({
              carry: (frame, deliver) => {
                const what = frame.t === "welcome" ? "deliver" : fates[sent++ % fates.length];
                suffer(what ?? "deliver", () => deliver(frame), held);
              },
            });
          const look = () => {
            stops.push(
              client.levels().subscribe(() => undefined),
              client.products().subscribe(() => undefined),
            );
            stops.push(client.level({ sku: "A", storeId: "x" }).subscribe(() => undefined));
          };
          const run: { readonly [D in Step["do"]]: (step: Extract<Step, { do: D }>) => void } = {
            commit: ({ rows }) => server.commit(rows.map((one) => levelChange(server.head() + 1, one, one.onHand))),
            product: (one) => server.commit([productChange(server.head() + 1, one.sku, `seq ${server.head()}`)]),
            sell: ({ do: _, ...input }) => {
              given += 1;
              const count = () => {
                answered += 1;
              };
              client.command("stock.sell", input).then(count, count);
            },
            beat: () => server.beat(),
            cut: () => server.links.at(-1)?.drop(),
            replace: () => {
              epochs += 1;
              server.links.at(-1)?.drop();
              server.replace([levelChange(1, { sku: "A", storeId: "x" }, epochs)], `later${epochs}`);
            },
            look,
            leave: () => {
              for (const stop of stops) stop();
              stops = [];
            },
            wait: ({ ms }) => timers.advance(ms),
          };
          storm();
          look();
          client.start();
          await settle();
          for (const one of steps) {
            (run[one.do] as (step: Step) => void)(one);
            await settle();
          }
          calm();
          for (const deliver of held.splice(0)) deliver();
          look();
          // An answer that was lost comes again over the next link only.
          server.links.at(-1)?.drop();
          for (let beat = 0; beat < 70; beat += 1) {
            timers.advance(1_000);
            await settle();
            server.beat();
          }
          expect(client.connection.get().status).toBe("live");
          expect(answered).toBe(given);
          const shown = client.levels().get();
          expect(shown.items.map((level) => [level.sku, level.storeId, level.onHand, level.pending])).toEqual(levelsOf(server.current()));
          const products = server.current().flatMap((change) => (change.entity === "product" ? [change.value.name] : []));
          expect(
            client
              .products()
              .get()
              .items.map(({ name }) => name)
              .sort(),
          ).toEqual(products.sort());
          expect(client.level({ sku: "A", storeId: "x" }).get()?.onHand ?? 0).toBe(
            shown.items.find((level) => level.sku === "A" && level.storeId === "x")?.onHand ?? 0,
          );
        },
      ),
      { numRuns: 150 },
    );
  });
});

function suffer(what: Fate, deliver: () => void, held: (() => void)[]): void {
  if (what === "drop") return;
  if (what === "late") held.push(deliver);
  else if (what === "swap") {
    const before = held.pop();
    deliver();
    before?.();
  } else {
    deliver();
    if (what === "twice") deliver();
  }
}
