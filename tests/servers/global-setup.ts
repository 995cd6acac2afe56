import { serveServers } from "./broker";

/** Set while a run has somebody to ask for servers; tests and what they spawn inherit it. */
const variable = "ONHAND_TEST_SERVERS";

/** One broker for each run of vitest. */
export async function setup(): Promise<(() => Promise<void>) | undefined> {
  // Every project of the workspace calls this; the first serves all.
  if (process.env[variable] !== undefined) return undefined;
  const leftOut = process.env.ONHAND_TEST_LEFT_OUT;
  if (leftOut)
    process.stderr.write(`Not run, for want of the samples in ../shared/data:
${leftOut}

`);
  const broker = await serveServers();
  process.env[variable] = broker.url;
  return async () => {
    delete process.env[variable];
    await broker.close();
  };
}
