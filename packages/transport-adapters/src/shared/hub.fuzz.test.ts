import { deepStrictEqual, ok } from "node:assert/strict";
import { isInventoryError } from "@onhand/core";
import { parseClientFrame } from "@onhand/core/protocol";
import * as fc from "fast-check";
import { expect, it } from "vitest";
import { budgets, searchTimeoutMs } from "../../../../tests/budgets";
import { type FakeLink, fakeLink } from "./testing/fake-link";
import { heapInUse } from "./testing/heap";
import { brokenFrames, hostileFrames, hostileGreetings } from "./testing/hostile-frames";
import { hubFixture } from "./testing/hub-fixture";
import { judgeRefusal } from "./testing/judge-refusal";
import { settled } from "./testing/manual-time";

const framesOfRun = 48;
const framesAtOnce = 8;
const often = (everyDay: number): number => budgets.hostileInput * everyDay;
const runs = often(19_200) / framesOfRun;
const mostGrowth = 64 * 1024 * 1024;

const run = fc.tuple(
  fc.array(hostileGreetings, { minLength: framesOfRun, maxLength: framesOfRun, size: "max" }),
  fc.array(hostileFrames, { minLength: framesOfRun, maxLength: framesOfRun, size: "max" }),
);

it("whatever clients say, each refusal has a code, nothing is kept of them, and the next one is served", {
  timeout: searchTimeoutMs,
}, async () => {
  const { hub, time, inventory, logged, connect } = await hubFixture();
  let heard = 0;

  function judge(link: FakeLink): void {
    for (const frame of link.frames) if (frame.t === "nack" || frame.t === "bye") judgeRefusal(frame.code, JSON.stringify(frame));
    deepStrictEqual(logged, []);
  }

  async function greeted(greeting: string | Uint8Array): Promise<FakeLink> {
    const link = fakeLink(hub);
    link.raw(greeting);
    await settled();
    return link;
  }

  const before = heapInUse();
  await fc.assert(
    fc.asyncProperty(run, async ([greetings, frames]) => {
      let link = await greeted(greetings[0] ?? "");
      for (const [index, frame] of frames.entries()) {
        link.raw(frame);
        heard += 1;
        if (index % framesAtOnce !== framesAtOnce - 1) continue;
        await settled();
        time.advance(1_000);
        if (!link.ended) continue;
        judge(link);
        link = await greeted(greetings[index] ?? "");
      }
      await settled();
      judge(link);
      link.drop();
      deepStrictEqual({ ...hub.stats(), ended: undefined }, { connections: 0, subscriptions: 0, fellBehind: 0, ended: undefined });
    }),
    { numRuns: runs },
  );

  expect(heard).toBeGreaterThanOrEqual(runs * framesOfRun);
  const grown = heapInUse() - before;
  expect(grown, "bytes that are still held").toBeLessThan(mostGrowth);
  const healthy = await connect();
  healthy.say({ t: "sub", ref: "r", filter: { entities: ["level"] } });
  healthy.say({ t: "op", id: "healthy", command: "products.create", input: { sku: "HEALTHY", name: "Apple" } });
  await expect.poll(() => healthy.frames.map(({ t }) => t)).toEqual(expect.arrayContaining(["welcome", "subbed", "snap", "ack"]));
  expect(await inventory.verify()).toMatchObject({ ok: true });
});

it("whatever bytes come, they are a frame or they are refused, in 67,800 cases", { timeout: searchTimeoutMs }, () => {
  let frames = 0;
  fc.assert(
    fc.property(fc.oneof({ weight: 1, arbitrary: hostileGreetings }, { weight: 1, arbitrary: brokenFrames }), (bytes) => {
      try {
        parseClientFrame(bytes);
        frames += 1;
      } catch (error) {
        if (!isInventoryError(error, "INVALID_INPUT")) throw error;
        judgeRefusal(error.code, JSON.stringify(error.details));
      }
      ok(!("admin" in {}), "nothing reaches the prototype of everything");
    }),
    { numRuns: often(67_800) },
  );
  expect(frames, "some of them are frames, or nothing was looked at closely").toBeGreaterThan(often(6_000));
});
