import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createMetrics, type Metrics } from "@onhand/observability/prometheus";
import type { Logger } from "pino";
import { collectDefaultMetrics, Registry } from "prom-client";

/** Metrics that can be scraped. */
export interface ServedMetrics extends Metrics {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Serves metrics for Prometheus on a port of their own, to this machine only: they tell how business goes, scrapers bring no token, and a proxy in front of
 * the shop must not pass them on by accident.
 */
export async function serveMetrics({ port, logger }: { readonly port: number; readonly logger: Logger }): Promise<ServedMetrics> {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const metrics = createMetrics({ registry });
  const server = createServer((request, response) => {
    if (request.url !== "/metrics") return void response.writeHead(404).end();
    registry.metrics().then(
      (text) => response.writeHead(200, { "content-type": registry.contentType }).end(text),
      (error: unknown) => {
        logger.error({ error }, "the metrics could not be collected");
        response.writeHead(500).end();
      },
    );
  }).listen(port, "127.0.0.1");
  await once(server, "listening");
  return {
    ...metrics,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/metrics`,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}
