import { createInventory, errorCodes, type Inventory, isInventoryError } from "@onhand/core";
import { storageFromUrl } from "../storage/storage-from-url";
import { type Errand, goods, type Tally } from "./errand";

const inFlight = 64;
const maximumTries = 20;

/** Tries to buy one unit, again and again under the same key as long as nobody can say what became of it. */
async function buyOne(inventory: Inventory, idempotencyKey: string): Promise<keyof Tally> {
  for (let tries = 1; ; tries++) {
    try {
      await inventory.stock.sell({ ...goods, quantity: 1, idempotencyKey });
      return "sold";
    } catch (error) {
      if (isInventoryError(error, "INSUFFICIENT_STOCK")) return "refused";
      if (!isInventoryError(error) || !errorCodes[error.code].retryable || tries === maximumTries) throw error;
    }
  }
}

async function buyAll(inventory: Inventory, { name, attempts }: Errand): Promise<Tally> {
  const tally = { sold: 0, refused: 0 };
  let next = 0;
  async function buyer(): Promise<void> {
    while (next < attempts) tally[await buyOne(inventory, `${name}-${next++}`)]++;
  }
  await Promise.all(Array.from({ length: inFlight }, buyer));
  return tally;
}

function tell(message: unknown): void {
  if (!process.send) throw new TypeError("a customer is started by the oversell program");
  process.send(message);
}

/** One process among several: opens the storage, says that it is ready, and buys as soon as it is told to. */
async function main(errand: Errand): Promise<void> {
  const inventory = await createInventory({ storage: await storageFromUrl(errand.address) });
  tell("ready");
  await new Promise((resolve) => process.once("message", resolve));
  const tally = await buyAll(inventory, errand);
  await inventory.close();
  tell(tally);
  process.disconnect();
}

main(JSON.parse(process.argv[2] ?? "{}")).catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
