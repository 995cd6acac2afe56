import { describe, expect, it } from "vitest";
import type { Session, WritePlan } from "./dialects/dialect";
import { type FailureKind, sqlFailure } from "./failures";
import { createTurns } from "./turns";

/** A process whose database, time and pauses are in the test's hands. */
function process() {
  const log: string[] = [];
  const pauses: (() => void)[] = [];
  const warnings: unknown[] = [];
  let now = 0;
  let connected = 0;
  let refusal: FailureKind | undefined;
  const session = (raw: unknown) => ({ raw, destroy: () => log.push(`destroy ${raw}`) }) as unknown as Session;
  const turns = createTurns({
    dialect: {
      session,
      classify: (error) => sqlFailure("other", error),
      turns: {
        async begin({ raw }) {
          const refused = refusal;
          refusal = undefined;
          log.push(`begin ${raw}${refused ? ` ${refused}` : ""}`);
          if (refused) throw sqlFailure(refused, new Error());
        },
        async end({ raw }) {
          log.push(`end ${raw}`);
        },
      },
    },
    plan: { limits: { lockMs: 1_000, statementMs: 1_000 } } as WritePlan,
    connections: { acquireRaw: async () => ++connected },
    chance: { random: () => 0.5, now: () => now, delay: () => new Promise((resolve) => void pauses.push(resolve)) },
    logger: { warn: (details: object) => void warnings.push(details) } as never,
  });
  return {
    turns,
    log,
    warnings,
    refuse(kind: FailureKind) {
      refusal = kind;
    },
    wait(ms: number) {
      now += ms;
    },
    /** The pause after the last group is over. */
    async rested() {
      for (const resolve of pauses.splice(0)) resolve();
      await undefined;
    },
  };
}

describe("turns of a process", () => {
  it("last while group follows group, up to their time", async () => {
    const { turns, log, wait, rested } = process();
    expect(await turns.take()).toBe("begun");
    wait(1_000);
    turns.rest();
    wait(49);
    expect(await turns.take()).toBe("lasts");
    // The pause after the first group ends while the second is under way.
    await rested();
    turns.rest();
    wait(1);
    expect(await turns.take()).toBe("begun");
    expect(log).toEqual(["begin 1", "end 1", "begin 1"]);
  });

  it("end when no group follows", async () => {
    const { turns, log, rested } = process();
    await turns.take();
    turns.rest();
    await rested();
    expect(log).toEqual(["begin 1", "end 1"]);
    expect(await turns.take()).toBe("begun");
  });

  it("are done without for a while where none can be had, which is told once", async () => {
    const { turns, log, warnings, refuse } = process();
    for (const _ of [1, 2]) {
      refuse("conflict");
      for (let group = 0; group <= 64; group++) expect(await turns.take()).toBeUndefined();
    }
    turns.rest();
    expect(log).toEqual(["begin 1 conflict", "destroy 1", "begin 2 conflict", "destroy 2"]);
    expect(warnings.length).toBe(1);
    expect(await turns.take()).toBe("begun");
  });

  it("are asked for on a new connection where the server has ended the old one", async () => {
    const { turns, log, refuse, rested } = process();
    await turns.take();
    turns.rest();
    await rested();
    refuse("lost");
    expect(await turns.take()).toBe("begun");
    expect(log).toEqual(["begin 1", "end 1", "begin 1 lost", "destroy 1", "begin 2"]);
  });

  it("end with the storage, and leave no connection", async () => {
    const { turns, log, rested } = process();
    await turns.take();
    turns.rest();
    await turns.close();
    await rested();
    expect(log).toEqual(["begin 1", "end 1", "destroy 1"]);
    expect(await turns.take()).toBeUndefined();
  });
});
