import { open, readFile, rename } from "node:fs/promises";
import { dirname } from "node:path";
import type { Cart } from "./cart";

/** Where a till writes down what it is about to do. What `save` has taken is there after a power cut. */
export interface Journal {
  load(): Promise<Cart | undefined>;
  save(cart: Cart): Promise<void>;
}

/** One file that holds the present cart. */
export function fileJournal(path: string): Journal {
  return {
    async load() {
      try {
        return JSON.parse(await readFile(path, "utf8")) as Cart;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
        throw error;
      }
    },
    async save(cart) {
      // Never half of it: written beside, made durable, then put in its place.
      await synced(`${path}.new`, "w", (file) => file.writeFile(JSON.stringify(cart)));
      await rename(`${path}.new`, path);
      await synced(dirname(path), "r", async () => undefined);
    },
  };
}

async function synced(path: string, flags: string, work: (file: Awaited<ReturnType<typeof open>>) => Promise<void>): Promise<void> {
  const file = await open(path, flags);
  try {
    await work(file);
    await file.sync();
  } finally {
    await file.close();
  }
}
