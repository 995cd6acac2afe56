import type { InventoryErrorDetails, Receipt } from "@onhand/core";
import type { ClientFrame, Limits, ServerFrame } from "@onhand/core/protocol/client";
import { InventoryError } from "@onhand/core/protocol/client";
import { createValue, type Observable } from "./observable";
import { guessEffects } from "./optimism";
import type { Overlay, PendingEffects } from "./pending";
import type { Rows } from "./rows";
import type { Timers } from "./timers";

/** What any command answers, beside what it made. */
export interface Acknowledged extends Receipt {
  readonly [name: string]: unknown;
}

/** A command that has not been answered. */
export interface PendingCommand {
  /** Its idempotency key. */
  readonly id: string;
  readonly type: string;
  readonly input: Record<string, unknown>;
  /** `queued` on this side; `sent` when the server may have applied it. */
  readonly state: "queued" | "sent";
}

interface Entry {
  readonly id: string;
  readonly type: string;
  readonly input: Record<string, unknown>;
  /** As it goes out, and how long that is. */
  readonly frame: ClientFrame;
  readonly bytes: number;
  readonly pending: PendingEffects;
  readonly resolve: (result: Acknowledged) => void;
  readonly reject: (error: unknown) => void;
  /** On the present link. */
  inFlight: boolean;
  notBefore?: number;
}

/**
 * Keeps commands until they are answered: shows what they are expected to do, sends them in order, and sends them
 * again under the same key after a lost link.
 */
export function createCommands(options: {
  readonly rows: Rows;
  readonly overlay: Overlay;
  readonly timers: Timers;
  readonly newId: () => string;
  readonly limit: number;
  readonly send: (frame: ClientFrame) => void;
}) {
  const { rows, overlay, timers, newId, limit, send } = options;
  const entries = new Map<string, Entry>();
  const waiting = createValue<readonly PendingCommand[]>([]);
  let welcome: { readonly epoch: string; readonly limits: Limits } | undefined;
  let sentAt: number[] = [];
  let retry: unknown;

  function run(type: string, input: Record<string, unknown>): Promise<Acknowledged> {
    const { idempotencyKey, ...rest } = input;
    const id = typeof idempotencyKey === "string" ? idempotencyKey : newId();
    return new Promise((resolve, reject) => {
      if (entries.size >= limit) throw new InventoryError("QUEUE_FULL", { limit });
      if (entries.has(id)) throw new InventoryError("IDEMPOTENCY_MISMATCH", { idempotencyKey: id });
      if (!isKey(id)) throw invalid("idempotencyKey", "must be 1 to 200 printable ASCII characters");
      const frame: ClientFrame = { t: "op", id, command: type, input: rest };
      const bytes = byteLength(frame);
      rows.batch(() => {
        const pending = overlay.add(guessEffects(type, rest));
        entries.set(id, { id, type, input: rest, frame, bytes, pending, resolve, reject, inFlight: false });
      });
      pump();
    });
  }

  /** Sends what may be sent, in order. */
  function pump(): void {
    timers.clearTimeout(retry);
    let room = (welcome?.limits.maxOpsInFlight ?? 0) - [...entries.values()].filter((entry) => entry.inFlight).length;
    for (const entry of entries.values()) {
      if (entry.inFlight) continue;
      if (room <= 0) break;
      const waitMs = Math.max(entry.notBefore ?? 0, paceUntil()) - timers.now();
      // Later commands wait as well: they were given in this order.
      if (waitMs > 0) {
        retry = timers.setTimeout(pump, waitMs);
        break;
      }
      if (sendOne(entry)) room -= 1;
    }
    publish();
  }

  // Kept here, so that no command is turned away at the door while a later one gets in.
  function paceUntil(): number {
    const most = welcome?.limits.maxOpsPerSecond ?? 1;
    sentAt = sentAt.slice(-most);
    return sentAt.length < most ? 0 : (sentAt[0] ?? 0) + 1_000;
  }

  function sendOne(entry: Entry): boolean {
    const most = welcome?.limits.maxFrameBytes ?? 0;
    if (entry.bytes > most) {
      refuse(entry, invalid("", `must not be longer than ${most} bytes as JSON`));
      return false;
    }
    sentAt.push(timers.now());
    entry.inFlight = true;
    entry.pending.inDoubt = true;
    send(entry.frame);
    return true;
  }

  function publish(): void {
    const before = waiting.get();
    const now = [...entries.values()].map(
      ({ id, type, input, pending }): PendingCommand => ({
        id,
        type,
        input,
        state: pending.inDoubt ? "sent" : "queued",
      }),
    );
    if (now.length === before.length && now.every(({ id, state }, at) => id === before[at]?.id && state === before[at].state)) return;
    waiting.set(now);
  }

  function refuse(entry: Entry, error: InventoryError): void {
    entries.delete(entry.id);
    rows.batch(() => {
      entry.pending.inDoubt = false;
      overlay.drop(entry.pending);
      rows.touch(entry.pending.effects);
    });
    entry.reject(error);
  }

  function onAck({ id, seq, replayed, result }: Extract<ServerFrame, { t: "ack" }>): void {
    const entry = entries.get(id);
    if (!entry || !welcome) return;
    const { epoch } = welcome;
    entries.delete(id);
    rows.batch(() => {
      entry.pending.inDoubt = false;
      entry.pending.applied = { epoch, seq };
    });
    entry.resolve({ ...result, seq, replayed });
    pump();
  }

  function onNack({ id, code, details }: Extract<ServerFrame, { t: "nack" }>): void {
    const entry = entries.get(id);
    if (!entry) return;
    if (code === "RATE_LIMITED" && typeof details.retryAfterMs === "number") {
      entry.inFlight = false;
      entry.notBefore = timers.now() + details.retryAfterMs;
    } else refuse(entry, new InventoryError(code, details as InventoryErrorDetails));
    pump();
  }

  return {
    run,
    waiting: waiting as Observable<readonly PendingCommand[]>,
    hear: (frame: ServerFrame): void => {
      if (frame.t === "ack") onAck(frame);
      else if (frame.t === "nack") onNack(frame);
    },
    welcomed: (frame: { readonly epoch: string; readonly limits: Limits }): void => {
      welcome = frame;
      sentAt = [];
      pump();
    },
    down: (): void => {
      welcome = undefined;
      timers.clearTimeout(retry);
      for (const entry of entries.values()) entry.inFlight = false;
    },
    /** Nobody will answer any more. */
    abandon: (): void => {
      for (const entry of [...entries.values()]) {
        const { id, pending } = entry;
        refuse(entry, pending.inDoubt ? new InventoryError("OUTCOME_UNKNOWN", { idempotencyKey: id }) : new InventoryError("ABORTED", {}));
      }
      publish();
    },
  };
}

const byteLength = (frame: ClientFrame): number => new TextEncoder().encode(JSON.stringify(frame)).length;

const isKey = (id: string): boolean => /^[\x20-\x7e]{1,200}$/.test(id);

const invalid = (path: string, message: string) => new InventoryError("INVALID_INPUT", { issues: [{ path, message }] });
