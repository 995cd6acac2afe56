import { describe, it } from "vitest";
import { requireReasons } from "./known-gaps";
import type { CreateTransport } from "./transport/handle";
import { runTransportCase } from "./transport/run-case";
import { transportCases } from "./transport/transport-cases";

/** How a transport is tested. */
export interface DescribeTransportOptions {
  /** Makes one transport, with nothing served yet, for each case. */
  readonly create: CreateTransport;
  /** Promises it does not keep yet: the case's id, and why. They run and must fail, so a gap that closes is noticed. */
  readonly knownGaps?: Readonly<Record<string, string>>;
  /** How long one case may take; 30 seconds unless given. */
  readonly timeoutMs?: number;
}

const patienceMs = 30_000;

/**
 * Registers the conformance suite for a transport with vitest: every promise of the transport contract as one test.
 *
 * The suite serves real inventories through the transport's own server, connects with its own client, and breaks the network
 * between them; time stands still but where a case lets it pass. After each case the ledger is proved.
 *
 * @throws TypeError when a known gap names no case, or gives no reason.
 * @example
 * describeTransport("ws", { create: () => wsHandle() });
 * @see docs/contracts/transport.md
 */
export function describeTransport(name: string, { create, knownGaps = {}, timeoutMs = patienceMs }: DescribeTransportOptions): void {
  requireReasons(knownGaps, transportCases);
  describe(`transport: ${name}`, () => {
    for (const transportCase of transportCases) {
      const gap = knownGaps[transportCase.id];
      const register = gap === undefined ? it : it.fails;
      const title = `${transportCase.id}: ${transportCase.promise}${gap === undefined ? "" : ` (known gap: ${gap})`}`;
      register(title, { timeout: timeoutMs }, () => runTransportCase(transportCase, create));
    }
  });
}
