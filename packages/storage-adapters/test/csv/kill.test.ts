import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { createInventory, type Inventory, isInventoryError, type Movement } from "@onhand/core";
import { seededRandom } from "@onhand/core/testing";
import { afterEach, beforeEach, expect, it } from "vitest";
import { budgets, searchTimeoutMs } from "../../../../tests/budgets";
import { csvStorage } from "../../src/csv/csv-storage";
import { freezableFileSystem } from "./freezable-file-system";

const { kills } = budgets;
const quiet = { error: () => undefined, warn: () => undefined };
const program = fileURLToPath(new URL("kill-child.ts", import.meta.url));

let directory: string;
const children = new Set<ChildProcess>();
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "onhand-kill-"));
});
afterEach(async () => {
  for (const child of children) child.kill("SIGKILL");
  await rm(directory, { recursive: true, force: true });
});

function start(life: number): ChildProcess {
  const child = spawn(process.execPath, ["--conditions=@onhand/source", "--import", "tsx", program, directory, String(life)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  children.add(child);
  return child;
}

/** Lets a child run until it has acknowledged so many commands, kills it, and answers all that it acknowledged. */
async function killAfter(life: number, count: number): Promise<Map<string, number>> {
  const child = start(life);
  const acknowledged = new Map<string, number>();
  if (!child.stdout) throw new Error("the child has an output");
  for await (const line of createInterface({ input: child.stdout })) {
    const [key, seq] = line.split(" ");
    if (key !== undefined && seq !== undefined && /^\d+$/.test(seq)) acknowledged.set(key, Number(seq));
    if (acknowledged.size === count) child.kill("SIGKILL");
  }
  children.delete(child);
  return acknowledged;
}

async function allMovements(inventory: Inventory): Promise<Movement[]> {
  const movements: Movement[] = [];
  let cursor: string | undefined;
  do {
    const page = await inventory.stock.movements({ limit: 1_000, ...(cursor !== undefined && { cursor }) });
    movements.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  return movements;
}

/** Opens what a killed process left, checks all of it, and ends closing or as abruptly as the process did. */
async function check(acknowledged: ReadonlyMap<string, number>, closing: boolean): Promise<void> {
  const { fileSystem, freeze } = freezableFileSystem();
  const inventory = await createInventory({ storage: csvStorage({ directory, logger: quiet, fileSystem }) });
  const movements = await allMovements(inventory);
  const seqs = new Map(movements.map(({ idempotencyKey, seq }) => [idempotencyKey, seq]));
  expect(seqs.size).toBe(movements.length);
  expect([...acknowledged].filter(([key, seq]) => seqs.get(key) !== seq)).toEqual([]);
  expect(await inventory.verify()).toMatchObject({ ok: true });
  if (closing) await inventory.close();
  else await freeze();
}

it(
  `a process killed ${kills} times under load never loses or doubles an acknowledged movement, and every level is right each time`,
  async () => {
    const random = seededRandom(7);
    const acknowledged = new Map<string, number>();
    for (let life = 0; life < kills; life++) {
      for (const [key, seq] of await killAfter(life, 1 + random.below(300))) acknowledged.set(key, seq);
      await check(acknowledged, life % 2 === 0);
    }
    expect(acknowledged.size).toBeGreaterThan(kills * 50);
    // An export that was cut off by a kill is not taken for one that somebody edited.
    expect((await readdir(directory)).filter((name) => name.includes(".edited-"))).toEqual([]);
  },
  searchTimeoutMs,
);

it("a second process is told who holds the directory, and may have it once that one is gone", async () => {
  const child = start(0);
  if (!child.stdout) throw new Error("the child has an output");
  await once(child.stdout, "data");
  const open = () => csvStorage({ directory, logger: quiet, exports: false });
  const refusal = await createInventory({ storage: open() }).catch((error: unknown) => error);
  expect(isInventoryError(refusal, "STORAGE_LOCKED") && refusal.details.holder).toContain(`process ${child.pid}`);
  child.kill("SIGKILL");
  await once(child, "exit");
  const inventory = await createInventory({ storage: open() });
  expect(await inventory.verify()).toMatchObject({ ok: true });
  await inventory.close();
}, 60_000);
