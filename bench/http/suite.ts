import { fork } from "node:child_process";
import { once } from "node:events";
import { Agent, request } from "node:http";
import { fileURLToPath } from "node:url";
import type { SuiteOptions } from "../engine/suite";
import { type Contender, takeTurns } from "../measure";
import { type Result, resultOf } from "../result";
import { createWorkload, type Workload } from "../workload";
import { handlers, openStock } from "./handlers";

const products = 1_000;
const stores = 10;

/** Requests per second of one command, beside the same route written by hand: within one process, and over the loopback device. */
export async function* httpSuite(options: SuiteOptions): AsyncIterable<Result> {
  const shop = createWorkload(products, stores);
  const names = Object.keys(handlers) as (keyof typeof handlers)[];
  const cases: Readonly<Record<string, (name: keyof typeof handlers) => Contender>> = {
    "sell, in process": (name) => inProcess(name, shop),
    "sell, over loopback": (name) => overLoopback(name, shop),
  };
  for (const [title, contender] of Object.entries(cases)) {
    if (!options.only(title)) continue;
    for (const callers of [1, 64]) {
      const rates = await takeTurns(names.map(contender), callers, options);
      yield resultOf(
        { suite: "http", case: title, engine: "memory", callers },
        { ours: rates.get("ours") as number, rival: rates.get("rival") },
      );
    }
  }
}

const headersOf = (key: string, body: string) => ({
  authorization: "Bearer bench",
  "content-type": "application/json",
  "content-length": String(Buffer.byteLength(body)),
  "idempotency-key": key,
});

/** The request with this number: which level sells one. */
function saleOf({ movement }: Workload, n: number) {
  const { key, sku, storeId } = movement(n);
  const body = JSON.stringify({ sku, storeId, quantity: 1 });
  return { headers: headersOf(key, body), body };
}

function demandSuccess(status: number | undefined): void {
  if (status !== 200) throw new Error(`a sale was answered ${status}`);
}

const inProcess = (name: keyof typeof handlers, shop: Workload): Contender => ({
  name,
  async start() {
    const inventory = await openStock(shop);
    const handle = handlers[name](inventory);
    return {
      async move(n) {
        const response = await handle(new Request("http://bench.example/stock/sell", { method: "POST", ...saleOf(shop, n) }));
        demandSuccess(response.status);
        await response.text();
      },
      stop: () => inventory.close(),
    };
  },
});

const overLoopback = (name: keyof typeof handlers, shop: Workload): Contender => ({
  name,
  async start() {
    const child = fork(fileURLToPath(new URL("serve.ts", import.meta.url)), [name, String(products), String(stores)]);
    const [port] = (await once(child, "message")) as [number];
    const agent = new Agent({ keepAlive: true });
    return {
      move: (n) => post(agent, port, saleOf(shop, n)),
      async stop() {
        agent.destroy();
        child.disconnect();
        await once(child, "exit");
      },
    };
  },
});

function post(agent: Agent, port: number, { headers, body }: ReturnType<typeof saleOf>): Promise<void> {
  return new Promise((resolve, reject) => {
    const sent = request({ agent, port, host: "127.0.0.1", method: "POST", path: "/stock/sell", headers }, (answer) => {
      answer.on("end", () => {
        if (answer.statusCode === 200) resolve();
        else reject(new Error(`a sale was answered ${answer.statusCode}`));
      });
      answer.resume();
    });
    sent.on("error", reject);
    sent.end(body);
  });
}
