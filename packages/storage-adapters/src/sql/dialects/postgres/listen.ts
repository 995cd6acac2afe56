import type { PostgresClient } from "./session";

interface ListeningClient extends PostgresClient {
  on(event: string, listener: (message: { readonly channel?: string; readonly payload?: string }) => void): void;
  end(): Promise<void>;
}

/** Listens on a connection of its own until it breaks or is stopped. */
export async function listenPostgres(
  acquireRaw: () => Promise<unknown>,
  channel: string,
  heard: (seq: number) => void,
  ended: (error: unknown) => void,
): Promise<() => void> {
  const client = (await acquireRaw()) as ListeningClient;
  let stopped = false;
  function end(error: unknown): void {
    if (stopped) return;
    stopped = true;
    client.connection?.stream?.destroy();
    ended(error);
  }
  client.on("error", end);
  client.on("end", () => end(new Error("the listening connection ended")));
  client.on("notification", ({ payload }) => {
    const seq = Number(payload);
    if (!stopped && Number.isSafeInteger(seq)) heard(seq);
  });
  try {
    await client.query(`LISTEN "${channel}"`);
  } catch (error) {
    stopped = true;
    client.connection?.stream?.destroy();
    throw error;
  }
  return () => {
    if (stopped) return;
    stopped = true;
    client.connection?.stream?.destroy();
  };
}
