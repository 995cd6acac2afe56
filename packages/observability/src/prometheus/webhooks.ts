import { Counter, Gauge } from "prom-client";
import type { Place } from "./place";

/** Webhooks: those of `@onhand/transport-adapters/webhooks` are. */
export interface WatchedWebhooks {
  /** How each endpoint fares now. */
  status(): readonly EndpointFacts[];
}

interface EndpointFacts {
  readonly name: string;
  readonly paused: string | null;
  readonly behind: number;
  readonly delivered: number;
  readonly failures: number;
  readonly deadLetters: number;
}

/** How webhooks fare, asked when they are scraped. */
export function createWebhookMetrics({ registers, prefix }: Place): (webhooks: WatchedWebhooks) => void {
  const watched: WatchedWebhooks[] = [];
  const endpoints = () => watched.flatMap((webhooks) => webhooks.status());

  /** Endpoints come and go, so each scrape begins with none. */
  function gauge(name: string, help: string, of: (facts: EndpointFacts) => number): void {
    const made = new Gauge({
      name: `${prefix}webhook_${name}`,
      help,
      labelNames: ["endpoint"],
      registers,
      collect() {
        made.reset();
        for (const facts of endpoints()) made.set({ endpoint: facts.name }, of(facts));
      },
    });
  }

  gauge("behind", "Commands of the ledger that the endpoint has not been told of.", ({ behind }) => behind);
  gauge("failures", "Failed attempts at the present delivery.", ({ failures }) => failures);
  gauge("dead_letters", "Deliveries given up and kept.", ({ deadLetters }) => deadLetters);
  gauge("paused", "1 when nothing is delivered until somebody resumes the endpoint.", ({ paused }) => (paused === null ? 0 : 1));
  const delivered = new Counter({
    name: `${prefix}webhook_delivered_total`,
    help: "Deliveries that arrived.",
    labelNames: ["endpoint"],
    registers,
    collect() {
      delivered.reset();
      for (const facts of endpoints()) delivered.inc({ endpoint: facts.name }, facts.delivered);
    },
  });
  return (webhooks) => void watched.push(webhooks);
}
