import type { StorageAdapter } from "@onhand/core";
import { describe, expect, it } from "vitest";
import { idsOf, putCrate, useSql } from "./fixture";
import { engines, type Place } from "./servers";

/** A process whose turns last until the test says otherwise: no pause of it ever ends, and its clock stands still. */
function heldTurns() {
  let now = 0;
  return {
    chance: { random: () => 0.5, now: () => now, delay: () => new Promise<void>(() => undefined) },
    /** Its turn is over when it asks next. */
    letGo() {
      now += 1_000;
    },
  };
}

describe.each(engines.filter(({ name }) => name !== "SQLite"))("processes that take turns on $name", (engine) => {
  const sql = useSql();

  /** Two processes of which the first has its turn: both have found the head moved by the other. */
  async function two(place: Place): Promise<{ first: StorageAdapter; second: StorageAdapter; letGo: () => void }> {
    const { chance, letGo } = heldTurns();
    const first = await sql.opened(place, { chance });
    const second = await sql.opened(place);
    await first.transaction((tx) => putCrate(tx, "a"));
    await second.transaction((tx) => putCrate(tx, "b"));
    await first.transaction((tx) => putCrate(tx, "c"));
    return { first, second, letGo };
  }

  it("the second waits while groups of the first follow each other, and then goes on where they end", async () => {
    const { first, second, letGo } = await two(await sql.place(engine));
    const heads: number[] = [];
    const waiting = second.transaction(async (tx) => {
      heads.push((await tx.head()).seq);
      return putCrate(tx, "last");
    });
    // The first time round it believes what it knew, and misses.
    for (const id of ["d", "e", "f", "g", "h", "i"]) await first.transaction((tx) => putCrate(tx, id));
    letGo();
    const after = first.transaction((tx) => putCrate(tx, "after"));
    expect(await waiting).toBe(10);
    expect(await after).toBe(11);
    expect(heads.at(-1)).toBe(9);
    expect(heads.length).toBeLessThanOrEqual(2);
    expect(await idsOf(first)).toEqual(["a", "after", "b", "c", "d", "e", "f", "g", "h", "i", "last"]);
  });

  it("one that stops in its turn is passed by, and goes on later", async () => {
    const { first, second } = await two(await sql.place(engine));
    // Nothing ends the first one's turn but the database, which does so after a second.
    expect(await second.transaction((tx) => putCrate(tx, "d"))).toBe(4);
    expect(await first.transaction((tx) => putCrate(tx, "e"))).toBe(5);
    expect(await idsOf(second)).toEqual(["a", "b", "c", "d", "e"]);
  });

  it("one that is closed in its turn leaves it", async () => {
    const { first, second } = await two(await sql.place(engine));
    await first.close();
    expect(await second.transaction((tx) => putCrate(tx, "d"))).toBe(4);
  });

  it("a process that may open no further connection writes without", async () => {
    const place = await sql.place(engine);
    const knex = place.connect({ min: 1, max: 1 });
    const warnings: object[] = [];
    const logger = { error: () => undefined, warn: (details: object) => void warnings.push(details) };
    const first = await sql.opened(place, { knex, logger });
    const second = await sql.opened(place);
    knex.client.acquireRawConnection = () => Promise.reject(new Error("too many connections"));
    for (const id of ["a", "b", "c"]) {
      await first.transaction((tx) => putCrate(tx, id));
      await second.transaction((tx) => putCrate(tx, `${id}2`));
    }
    expect(await idsOf(first)).toEqual(["a", "a2", "b", "b2", "c", "c2"]);
    expect(warnings.length).toBe(1);
  });
});
