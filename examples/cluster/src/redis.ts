import { type Child, freePort, startProgram } from "./child";

/** A Redis that keeps nothing: hints are worth nothing a moment later. */
export async function startRedis(directory: string): Promise<Child & { readonly url: string }> {
  const port = await freePort();
  const settings = ["--port", String(port), "--bind", "127.0.0.1", "--dir", directory, "--save", "", "--appendonly", "no"];
  const child = await startProgram(["redis-server", ...settings], {
    directory,
    isReady: (line) => /Ready to accept connections/u.test(line),
  });
  return { ...child, url: `redis://127.0.0.1:${port}` };
}
