import { InventoryError } from "@onhand/core";
import type { Deliveries } from "./deliveries";
import { deliveryOf } from "./delivery";
import type { EndpointParts } from "./parts";
import { learn, withReached } from "./progress";
import { seqAt } from "./seq-at";
import type { DeadLetter, WebhookRecord } from "./store";

/** Where a replay begins: after a number of the ledger, or with what was recorded at a time (epoch milliseconds) or later. */
export type ReplayFrom = { readonly seq: number } | { readonly time: number };

/** What became of an attempt to deliver a dead letter. */
export interface Redelivery {
  readonly delivered: boolean;
  /** What went wrong, if it was not. */
  readonly reason?: string;
}

/** What may be asked of an endpoint, of any process that runs it. Each takes its turn between two deliveries. */
export interface EndpointCommands {
  pause(): Promise<void>;
  resume(): Promise<void>;
  replay(from: ReplayFrom): Promise<void>;
  deadLetters(): Promise<readonly DeadLetter[]>;
  redeliver(id: string): Promise<Redelivery>;
  discard(id: string): Promise<void>;
}

export function createCommands(parts: EndpointParts, deliveries: Deliveries): EndpointCommands {
  const { feed, lease, progress, clock, attempt, since, inTurn, ended } = parts;

  /** Changes the record in turn, wherever it is held, and goes on from there. */
  const change = (to: (now: WebhookRecord) => WebhookRecord): Promise<void> =>
    inTurn(async () => {
      learn(progress, await feed.head());
      await lease.change((now) => to(withReached(progress, now)));
      deliveries.goOn("anew");
    });

  async function redeliver({ epoch, replays }: WebhookRecord, letter: DeadLetter): Promise<Redelivery> {
    for (let from = letter.from; from < letter.to; ) {
      const page = await since(from);
      // What was written again since is told with what wrote it.
      const changes = page.items.filter(({ seq }) => seq <= letter.to);
      const to = Math.min(page.position, letter.to);
      const made = { endpoint: parts.endpoint.name, epoch, from, to, changes, replays, now: clock.now() };
      const failure = changes.length > 0 ? await attempt({ ...deliveryOf(made), id: `${letter.id}_again_${from}` }, ended) : undefined;
      if (failure) {
        progress.lastFailure = { at: clock.now(), reason: failure.reason };
        return { delivered: false, reason: failure.reason };
      }
      from = to;
    }
    await lease.change((later) => without(later, letter));
    return { delivered: true };
  }

  return {
    pause: () => change((now) => ({ ...now, paused: "asked" })),
    resume: () => change((now) => ({ ...now, paused: null, failingSince: null })),
    async replay(from) {
      const position = "seq" in from ? from.seq : await seqAt(feed, from.time);
      await change((now) => {
        if (Number.isSafeInteger(position) && position >= 0 && position <= now.position)
          return { ...now, position, replays: now.replays + 1 };
        throw new InventoryError("INVALID_INPUT", { issues: [{ path: "seq", message: `must be a whole number, 0 to ${now.position}` }] });
      });
    },
    deadLetters: () => inTurn(async () => (await lease.load()).deadLetters),
    redeliver: (id) =>
      inTurn(async () => {
        const now = await lease.load();
        return redeliver(now, letterOf(now, id));
      }),
    discard: (id) => change((now) => without(now, letterOf(now, id))),
  };
}

function letterOf({ deadLetters }: WebhookRecord, id: string): DeadLetter {
  const letter = deadLetters.find((one) => one.id === id);
  if (letter) return letter;
  throw new InventoryError("INVALID_INPUT", { issues: [{ path: "id", message: "there is no such dead letter" }] });
}

const without = (now: WebhookRecord, { id }: DeadLetter): WebhookRecord => ({
  ...now,
  deadLetters: now.deadLetters.filter((one) => one.id !== id),
});
