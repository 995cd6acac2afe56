import { InventoryError, type Stop } from "@onhand/core";
import type { Timers } from "../shared/timers";
import type { WebhookRecord, WebhookStore } from "./store";

/** What a lease is on, and whose it would be. */
export interface LeaseOptions {
  readonly name: string;
  readonly holder: string;
  readonly store: WebhookStore;
  readonly leaseMs: number;
  readonly timers: Timers;
  /** What an endpoint goes on with, given what the store has of it. */
  readonly adopt: (found: WebhookRecord | undefined) => WebhookRecord;
  /** It was held, and is no more. */
  readonly onLost: () => void;
}

/** How long a process may think it has the right. */
interface Trust {
  over: boolean;
  stop: Stop;
}

/** What an endpoint writes of itself. The rest of the record is the lease's. */
export type Change = (now: WebhookRecord) => Omit<WebhookRecord, "holder" | "version">;

export type Lease = ReturnType<typeof createLease>;

const looksPerLease = 4;
/** A write that others were quicker than is made again on what they wrote. They can't all be quicker for ever. */
const maximumTries = 20;

/**
 * An endpoint's record, and the right to deliver, which one process at a time has.
 *
 * Whoever has it writes the record at least four times in `leaseMs`, and trusts itself for half of that after each write. Whoever has not looks
 * as often, and takes over a record that three looks after the first found unwritten. No two clocks are compared: each process only waits.
 * Should one have been stopped and not know it, its next write finds another version, and is none.
 */
export function createLease({ name, holder, store, leaseMs, timers, adopt, onLost }: LeaseOptions) {
  let seen: WebhookRecord | undefined;
  /** Whether the store has what was seen last, unless another process wrote. */
  let isSure = false;
  let held = false;
  let lookedAt: { readonly version: number; readonly unwritten: number } | undefined;
  let trusted: Trust | undefined;
  let writes: Promise<unknown> = Promise.resolve();

  async function load(): Promise<WebhookRecord> {
    seen = adopt(await store.load(name));
    isSure = true;
    if (seen.holder !== holder) lose();
    return seen;
  }

  function lose(): void {
    if (!held) return;
    held = false;
    lookedAt = undefined;
    onLost();
  }

  /** Writes one after the other; each begins with what the one before wrote. */
  function inOrder<T>(work: () => Promise<T>): Promise<T> {
    const done = writes.then(work);
    writes = done.catch(() => undefined);
    return done;
  }

  /**
   * Writes what `change` makes of the record: of what it was last known to be, or of what another process made of it meanwhile. Leaves it where
   * that is nothing.
   */
  async function write(change: (now: WebhookRecord) => Omit<WebhookRecord, "version"> | undefined): Promise<WebhookRecord | undefined> {
    for (let tries = 0; tries < maximumTries; tries++) {
      const now = seen && isSure ? seen : await load();
      const next = change(now);
      if (!next) return undefined;
      // Others count from when they see it, which is later than this.
      const trust = trustFor(leaseMs / 2);
      isSure = false;
      const written = { ...next, version: now.version + 1 };
      if (await store.save(name, written)) {
        seen = written;
        isSure = true;
        if (written.holder === holder) renew(trust);
        else lose();
        return written;
      }
    }
    throw new InventoryError("STORAGE_UNAVAILABLE", {
      reason: `others wrote the record of webhook ${name} ${maximumTries} times in a row`,
    });
  }

  function trustFor(delayMs: number): Trust {
    const trust: Trust = { over: false, stop: () => undefined };
    trust.stop = timers.after(delayMs, () => {
      trust.over = true;
      if (trust === trusted) lose();
    });
    return trust;
  }

  function renew(trust: Trust): void {
    trusted?.stop();
    trusted = trust;
    if (trust.over) lose();
  }

  return {
    get held(): boolean {
      return held;
    },
    /** The record as it was seen here last; undefined before the first look. */
    get seen(): WebhookRecord | undefined {
      return seen;
    },
    /** The record as it is now. */
    load: (): Promise<WebhookRecord> => inOrder(load),
    /** How long to wait between two looks, and between two writes. */
    everyMs: leaseMs / looksPerLease,
    /** Takes the right to deliver where nobody has it, or whoever has it does not write any more. To be called each `everyMs` while it is not held. */
    look: (): Promise<boolean> =>
      inOrder(async () => {
        const found = await load();
        const unwritten = found.version === lookedAt?.version ? lookedAt.unwritten + 1 : 0;
        lookedAt = { version: found.version, unwritten };
        const isFree = (now: WebhookRecord) => now.holder === null || now.holder === holder;
        const isAbandoned = (now: WebhookRecord) => now.version === found.version && unwritten >= looksPerLease - 1;
        const taken = await write((now) => (isFree(now) || isAbandoned(now) ? { ...now, holder } : undefined));
        held = taken !== undefined && trusted?.over === false;
        return held;
      }),
    /** Writes what the holder makes of the record; `ABORTED` when that is another process by now. */
    keep: (change: Change): Promise<WebhookRecord> =>
      inOrder(async () => {
        const written = await write((now) => (held && now.holder === holder ? { ...change(now), holder } : undefined));
        if (written) return written;
        throw new InventoryError("ABORTED", {});
      }),
    /** Writes what anybody makes of the record, holder or not. */
    change: (change: Change): Promise<void> => inOrder(async () => void (await write((now) => ({ ...change(now), holder: now.holder })))),
    /** Lets go of it, so that another process need not wait. */
    release: (change: Change): Promise<void> =>
      inOrder(async () => {
        if (held) await write((now) => (now.holder === holder ? { ...change(now), holder: null } : undefined));
        trusted?.stop();
      }),
  };
}
