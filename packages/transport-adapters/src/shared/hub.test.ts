import { describe, expect, it } from "vitest";
import { hubFixture } from "./testing/hub-fixture";
import { settled } from "./testing/manual-time";

const levels = { entities: ["level" as const] };

describe("joining the stream", () => {
  it("answers hello with where the ledger stands and the limits it holds", async () => {
    const { connect, inventory } = await hubFixture();
    const link = await connect();
    expect(link.of("welcome")).toMatchObject([
      { v: 1, epoch: inventory.feed.epoch, head: 5, heartbeatMs: 15_000, limits: { maxFrameBytes: 65_536, maxSubscriptions: 64 } },
    ]);
  });

  it("sends a snapshot first, then the first change at once and the next ones of a window together", async () => {
    const { connect, receive, time } = await hubFixture();
    await receive("A");
    const link = await connect();
    link.say({ t: "sub", ref: "r1", filter: levels });
    await settled();
    const [subbed] = link.of("subbed");
    expect(subbed).toMatchObject({ ref: "r1", how: "snapshot" });
    expect(link.of("snap").at(-1)).toMatchObject({ last: true, at: 6 });
    expect(link.of("snap").flatMap((snap) => snap.changes.map((change) => change.key))).toEqual(["A/berlin"]);

    await receive("A");
    await receive("B");
    await receive("B");
    expect(link.of("d")).toMatchObject([{ from: 6, to: 7, changes: [{ key: "A/berlin", value: { onHand: 2 } }] }]);
    time.advance(25);
    expect(link.of("d")).toHaveLength(2);
    expect(link.of("d")[1]).toMatchObject({ from: 7, to: 9, changes: [{ key: "B/berlin", seq: 9, value: { onHand: 2 } }] });
  });
});
