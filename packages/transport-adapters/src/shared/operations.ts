import type { Actor } from "@onhand/core";
import type { ClientFrame, ServerFrame } from "@onhand/core/protocol";
import { asRead } from "./as-read";
import type { Permissions } from "./authorization";
import type { HubContext } from "./hub-context";
import { type Refused, refusedBy, refusedFor } from "./refusal";
import { createTokenBucket } from "./token-bucket";

type Operation = Extract<ClientFrame, { t: "op" }>;

/** The commands of one client. */
export interface Operations {
  /** Resolves when the command is under way: the next one is decided after it. */
  begin(operation: Operation): Promise<void>;
  /** Resolves when every command has been answered. */
  idle(): Promise<void>;
}

/** Runs a client's commands in the name of its actor and answers each with `ack` or `nack`. */
export function createOperations(options: {
  readonly context: HubContext;
  readonly permissions: Permissions;
  readonly actor: () => Actor | undefined;
  readonly send: (frame: ServerFrame) => void;
  readonly onAck: (seq: number) => void;
}): Operations {
  const { context, permissions, send, onAck } = options;
  const { limits, clock, logger, inventory } = context;
  const rate = createTokenBucket(clock, { perSecond: limits.maxOpsPerSecond });
  const underWay = new Set<Promise<void>>();

  const nack = (id: string, refused: Refused) => send({ t: "nack", id, ...refused });

  async function run({ id, command, input }: Operation): Promise<void> {
    try {
      const { seq, replayed, ...result } = await inventory.execute(command, { ...input, idempotencyKey: id }, options.actor());
      send({ t: "ack", id, seq, replayed, result });
      onAck(seq);
    } catch (error) {
      nack(id, refusedFor(error, logger, { idempotencyKey: id }));
    }
  }

  return {
    async begin(operation) {
      const { id, command, input } = operation;
      const { waitMs } = rate.take();
      if (waitMs > 0) return nack(id, refusedBy("RATE_LIMITED", { retryAfterMs: waitMs }));
      if (underWay.size >= limits.maxOpsInFlight) return nack(id, refusedBy("QUEUE_FULL", { limit: limits.maxOpsInFlight }));
      if (!(await permissions.may(command, asRead(input)))) return nack(id, refusedBy("FORBIDDEN", { action: command }));
      const answered = run(operation).finally(() => underWay.delete(answered));
      underWay.add(answered);
    },
    async idle() {
      await Promise.all(underWay);
    },
  };
}
