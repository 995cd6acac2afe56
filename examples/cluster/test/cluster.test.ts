import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createReplica, type Replica } from "@onhand/core/testing";
import { wsTransport } from "@onhand/transport-adapters/ws/client";
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from "vitest";
import { onPostgres } from "../../../tests/servers";
import type { ServerNode } from "../src/node";
import { type Cluster, startCluster } from "../src/start-cluster";

const startsWithinMs = 120_000;
const patienceMs = 30_000;
const opened = 1_000;
const tea = { sku: "TEA", storeId: "berlin" };

vi.setConfig({ testTimeout: patienceMs * 2 });

let directory: string;
let cluster: Cluster;
let sent = 0;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "onhand-cluster-test-"));
  cluster = await startCluster({ directory, nodes: 2 });
  await command(cluster.url, "/stores", { id: "berlin", name: "Berlin" });
  await command(cluster.url, "/products", { sku: "TEA", name: "Green tea" });
  await command(cluster.url, "/stock/receive", { ...tea, quantity: opened });
}, startsWithinMs);

afterAll(async () => {
  await cluster?.close();
  await rm(directory, { recursive: true, force: true });
}, startsWithinMs);

const [left, right] = [() => cluster.nodes[0] as ServerNode, () => cluster.nodes[1] as ServerNode];

/** Gives a command as an app would: again under the same key until somebody has answered it. */
async function command(url: string, path: string, body: object): Promise<{ readonly seq: number }> {
  sent += 1;
  const init = {
    method: "POST",
    headers: { "Content-Type": "application/json", "Idempotency-Key": `cluster-test-${sent}` },
    body: JSON.stringify(body),
  };
  return vi.waitFor(
    async () => {
      const response = await fetch(`${url}/api${path}`, init);
      const answer = await response.text();
      if (response.ok) return JSON.parse(answer) as { seq: number };
      throw new Error(`${path}: ${response.status} ${answer}`);
    },
    { timeout: patienceMs, interval: 50 },
  );
}

const sell = (url: string, quantity = 1) => command(url, "/stock/sell", { ...tea, quantity });

async function onHandAt(url: string, how = ""): Promise<number> {
  const response = await fetch(`${url}/api/levels?sku=TEA&storeId=berlin${how}`);
  const { items } = (await response.json()) as { items: readonly { onHand: number }[] };
  return items[0]?.onHand ?? 0;
}

/** A screen that follows stock and movements, and comes back when it is cut off. */
function follow(url: string): Replica {
  const replica = createReplica(wsTransport({ url: `${url.replace("http", "ws")}/live` }), {
    filter: { entities: ["level", "movement"] },
    returns: true,
    distort: (frame, deliver) => deliver(frame),
  });
  onTestFinished(() => replica.leave());
  replica.connect();
  return replica;
}

const reaches = (replica: Replica, seq: number) =>
  vi.waitFor(() => expect(replica.position).toBeGreaterThanOrEqual(seq), { timeout: patienceMs, interval: 10 });

const shown = ({ rows }: Replica): number | undefined => {
  for (const { value } of rows.values()) if ("onHand" in value) return value.onHand;
  return undefined;
};
const movementsShown = ({ rows }: Replica) => [...rows.values()].filter(({ entity }) => entity === "movement").map(({ key }) => key);

/** The ids of all movements, by the primary's own word. */
async function movementsKept(): Promise<readonly string[]> {
  const ids: string[] = [];
  let cursor: string | undefined;
  do {
    const response = await fetch(`${cluster.url}/api/movements?limit=1000${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ""}`);
    const page = (await response.json()) as { items: readonly { id: string }[]; nextCursor?: string };
    ids.push(...page.items.map(({ id }) => id));
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  return ids;
}

test("requests go to every node in turn, with nothing that ties a client to one", async () => {
  const served = new Set<string | null>();
  for (let request = 0; request < 4; request++) served.add((await fetch(`${cluster.url}/api/health`)).headers.get("X-Served-By"));
  expect([...served].sort()).toEqual(cluster.nodes.map(({ url }) => new URL(url).host).sort());
});

test("a command at one node reaches the sockets of the other", async () => {
  const [atLeft, atRight] = [follow(left().url), follow(right().url)];
  await expect.poll(() => [atLeft.live, atRight.live], { timeout: patienceMs }).toEqual([true, true]);
  const { seq } = await sell(left().url);
  await Promise.all([reaches(atLeft, seq), reaches(atRight, seq)]);
  expect(shown(atRight)).toBe(await onHandAt(left().url));
  const back = await sell(right().url);
  await reaches(atLeft, back.seq);
  expect(shown(atLeft)).toBe(await onHandAt(right().url));
});

test("reads that may be a little old go to the replica; those that may not, and those it has not come to, to the primary", async () => {
  const before = await onHandAt(cluster.url);
  await expect.poll(() => onHandAt(cluster.url, "&consistency=eventual"), { timeout: patienceMs }).toBe(before);
  await onPostgres(cluster.replica.url, "SELECT pg_wal_replay_pause()");
  await vi.waitFor(
    async () => {
      const [state] = await onPostgres(cluster.replica.url, "SELECT pg_get_wal_replay_pause_state() AS now");
      expect(state?.now).toBe("paused");
    },
    { timeout: patienceMs },
  );
  const { seq } = await sell(cluster.url, 5);
  for (const { url } of cluster.nodes) {
    expect(await onHandAt(url, "&consistency=eventual")).toBe(before);
    expect(await onHandAt(url)).toBe(before - 5);
    expect(await onHandAt(url, `&minSeq=${seq}`)).toBe(before - 5);
  }
  await onPostgres(cluster.replica.url, "SELECT pg_wal_replay_resume()");
  await expect.poll(() => onHandAt(cluster.url, "&consistency=eventual"), { timeout: patienceMs }).toBe(before - 5);
});

test("with Redis dead and nobody listening to PostgreSQL, changes still arrive, by the poll", async () => {
  const atRight = follow(right().url);
  await expect.poll(() => atRight.live, { timeout: patienceMs }).toBe(true);
  await cluster.redis.kill();
  const listeners = "SELECT pid FROM pg_stat_activity WHERE query LIKE 'LISTEN %'";
  expect(await onPostgres(cluster.primary.url, listeners)).toHaveLength(2);
  await onPostgres(cluster.primary.url, `SELECT pg_terminate_backend(pid) FROM (${listeners}) AS those`);
  const { seq } = await sell(left().url);
  expect(await onPostgres(cluster.primary.url, listeners)).toHaveLength(0);
  await reaches(atRight, seq);
  expect(atRight.opened).toBe(1);
  expect(shown(atRight)).toBe(await onHandAt(left().url));
});

test(
  "when a node is killed in the middle of sales, its screens move to the other, and nothing is lost or doubled",
  async () => {
    const screens = Array.from({ length: 4 }, () => follow(cluster.url));
    await expect.poll(() => screens.every(({ live }) => live), { timeout: patienceMs }).toBe(true);
    const before = await onHandAt(cluster.url);
    const sales = Array.from({ length: 60 }, (_, index) => async () => {
      if (index === 30) await left().kill();
      return sell(cluster.url);
    });
    const seqs: number[] = [];
    // Six tills side by side, each selling one after the other.
    const till = async () => {
      for (let next = sales.shift(); next; next = sales.shift()) seqs.push((await next()).seq);
    };
    await Promise.all(Array.from({ length: 6 }, till));
    expect(new Set(seqs).size).toBe(60);
    const last = Math.max(...seqs);
    await Promise.all(screens.map((screen) => reaches(screen, last)));
    const moved = screens.filter(({ opened: links }) => links > 1);
    expect(moved.length).toBeGreaterThan(0);
    expect(moved.length).toBeLessThan(4);
    expect(await onHandAt(cluster.url)).toBe(before - 60);
    const kept = [...(await movementsKept())].sort();
    for (const screen of screens) {
      expect(shown(screen)).toBe(before - 60);
      expect(movementsShown(screen).sort()).toEqual(kept);
    }
  },
  patienceMs * 2,
);

test(
  "a node that comes back serves again, with everything that was sold without it",
  async () => {
    await left().restart();
    const screen = follow(left().url);
    const { seq } = await sell(right().url);
    await reaches(screen, seq);
    expect(shown(screen)).toBe(await onHandAt(right().url));
  },
  patienceMs,
);
