import { crc32 } from "node:zlib";
import { commandSchemas } from "@onhand/core/schemas";
import type { Contender } from "../measure";
import { opening, type Workload } from "../workload";
import { openJournal, type Written } from "./bare-journal";

interface Asked {
  readonly command: "stock.receive" | "stock.sell";
  readonly input: { readonly sku: string; readonly storeId: string; readonly quantity: number; readonly idempotencyKey: string };
  readonly fingerprint: number;
}

/**
 * What a movement is promised, put into the limit by hand and for this one workload: input parsed by the published schemas, a
 * fingerprint that tells a retry from another request, a movement, a level and an answer kept for retries, each a line with a
 * checksum, and an answer with both. Nothing is looked up but the level and the key: no product, no store, no refusal with a
 * reason, nothing that follows from a movement, no listener, no table that anything else could read.
 */
export const byHand = (workload: Workload, disk: string): Contender => ({
  name: "ours",
  async start() {
    const { move, stop } = await openJournal(disk, ledgerByHand(workload));
    return {
      move(n) {
        const { key, sku, storeId, delta } = workload.movement(n);
        return move(ask(delta > 0 ? "stock.receive" : "stock.sell", { sku, storeId, quantity: 1, idempotencyKey: key }));
      },
      stop,
    };
  },
});

function ask(command: Asked["command"], given: Asked["input"]): Asked {
  const input = commandSchemas[command]?.parse(given) as Asked["input"];
  return { command, input, fingerprint: crc32(JSON.stringify(input)) };
}

function ledgerByHand({ skus, storeIds }: Workload): (group: readonly Asked[]) => Written {
  const levels = new Map<string, number>();
  for (const sku of skus) for (const storeId of storeIds) levels.set(`${sku},${storeId}`, opening);
  const kept = new Map<string, number>();
  let seq = 0;
  let groups = 0;
  let lines = 0;
  let text = "";

  function write(columns: string): void {
    const line = `j1,1,${groups},${seq},${lines++},${columns}`;
    text += `${line},c${crc32(line).toString(16).padStart(8, "0")}\r\n`;
  }

  function decide({ command, input, fingerprint }: Asked, now: number): object | undefined {
    const { sku, storeId, quantity, idempotencyKey } = input;
    const name = `${sku},${storeId}`;
    const delta = command === "stock.sell" ? -quantity : quantity;
    const onHand = (levels.get(name) ?? 0) + delta;
    if (onHand < 0 || kept.has(idempotencyKey)) return undefined;
    seq++;
    levels.set(name, onHand);
    kept.set(idempotencyKey, seq);
    const type = delta < 0 ? "sold" : "received";
    write(`movements,0,${name},${type},${delta},${onHand},0,0,,,,,,,,,${now},${now},${idempotencyKey},,`);
    write(`levels,${name},${onHand},0,0,0,,${now}`);
    write(`operations,${idempotencyKey},${command},${fingerprint},1,`);
    const line = { id: `m${seq}-0`, seq, line: 0, sku, storeId, type, delta, onHandAfter: onHand, reservedAfter: 0 };
    return {
      seq,
      movements: [line],
      levels: [{ sku, storeId, onHand, reserved: 0, available: onHand, updatedAt: now, seq }],
      replayed: false,
    };
  }

  return (group) => {
    groups++;
    lines = 0;
    text = "";
    const now = Date.now();
    const answers = group.map((asked) => decide(asked, now));
    return { text, answers };
  };
}
