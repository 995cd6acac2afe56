import { createInventory, type Inventory } from "@onhand/core";
import { commandSchemas } from "@onhand/core/schemas";
import { memoryStorage } from "@onhand/storage-adapters/memory";
import { describe, expect, test } from "vitest";
import { commandRoutes, readRoutes } from "./routes";

/** What an inventory has and HTTP has not, or has elsewhere, and why. */
const withoutRoute: Readonly<Record<string, string>> = {
  on: "facts as they happen go over the live transports and webhooks",
  execute: "every command has a route of its own",
  as: "the caller is who is signed in",
  with: "a transaction of the host is in the host's process",
  close: "the process belongs to the host",
  capabilities: "what the storage promises is for the host",
  load: "is told by GET /ready",
  verify: "takes as long as the ledger is: POST /jobs/verify",
  rebuild: "takes as long as the ledger is: POST /jobs/rebuild",
  "feed.epoch": "comes with every answer of the feed",
  "feed.head": "GET /feed/head: the feed asks for permission as the live transports do",
  "feed.since": "GET /feed/changes, likewise",
  "feed.snapshot": "snapshots join a stream, so they come over the live transports",
  "feed.subscribe": "a stream is a live transport",
  "reservations.sweep": "is a timer of the host's; reservations.expire is the command behind it",
};

/** Fields that tell something and do nothing. */
const facts: ReadonlySet<keyof Inventory> = new Set(["capabilities", "load"]);
const inventory = await createInventory({ storage: memoryStorage() });

/** Everything of the public object: `stock.sell`, and what has no area, `verify`. */
const offered = (Object.keys(inventory) as (keyof Inventory)[]).flatMap((area) => {
  const isArea = typeof inventory[area] === "object" && !facts.has(area);
  return isArea ? Object.keys(inventory[area]).map((name) => `${area}.${name}`) : [area];
});

describe("everything an inventory can do", () => {
  test("has a route, or a reason to have none", () => {
    const placed = new Set([...Object.keys(commandRoutes), ...Object.keys(readRoutes), ...Object.keys(withoutRoute)]);
    expect(offered.filter((name) => !placed.has(name))).toEqual([]);
  });

  test("is there as the reasons and the table name it", () => {
    expect(Object.keys(withoutRoute).filter((name) => !offered.includes(name))).toEqual([]);
    expect(Object.keys(readRoutes).filter((name) => !offered.includes(name))).toEqual([]);
    expect(Object.keys(commandRoutes).sort()).toEqual(Object.keys(commandSchemas).sort());
    expect(Object.keys(withoutRoute).filter((name) => name in commandRoutes || name in readRoutes)).toEqual([]);
  });

  test("stands at an address of its own", () => {
    const places = [...Object.values(commandRoutes), ...Object.values(readRoutes)].map(({ method, path }) => `${method} ${path}`);
    expect(places.filter((place, index) => places.indexOf(place) !== index)).toEqual([]);
  });
});
