import { randomUUID } from "node:crypto";
import { resolve } from "node:path";
import { createInterface } from "node:readline/promises";
import { setTimeout } from "node:timers/promises";
import { createInventoryClient } from "@onhand/client";
import { isInventoryError, type Product } from "@onhand/core";
import { wsTransport } from "@onhand/transport-adapters/ws/client";
import { Command } from "commander";
import { totalOf } from "./cart";
import { fileJournal } from "./journal";
import { openTill } from "./till";

const { server, store, token, journal } = new Command("till")
  .description("A till for a reference server: type or scan codes, then pay or cancel.")
  .option("--server <url>", "the reference server", "http://127.0.0.1:3000")
  .requiredOption("--store <id>", "where the till stands")
  .option("--token <secret>", "what the server asks for")
  .option("--journal <file>", "where the present cart is written down", "./till.json")
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2))
  .parse()
  .opts<{ server: string; store: string; token?: string; journal: string }>();

const client = createInventoryClient({ transport: wsTransport({ url: `${server}/live`, ...(token && { getToken: () => token }) }) });
client.start();
let said = "";
client.connection.subscribe(() => {
  const { status } = client.connection.get();
  if (status !== said) console.log(`  (${status})`);
  said = status;
});

async function productOf(code: string): Promise<Product | undefined> {
  const headers: HeadersInit = token ? { Authorization: `Bearer ${token}` } : {};
  const response = await fetch(`${server}/api/products?search=${encodeURIComponent(code)}`, { headers });
  const { items } = (await response.json()) as { readonly items: readonly Product[] };
  return items.find(({ sku, barcode }) => barcode === code || sku.toLowerCase() === code.toLowerCase());
}

const till = await openTill({
  storeId: store,
  execute: (command, input) => client.command(command as never, input as never),
  productOf,
  // A drawer and not a card: whoever says that it was paid has the money.
  charge: async () => "taken",
  // npm runs this in the example's folder; paths are meant from where npm was called.
  journal: fileJournal(resolve(process.env.INIT_CWD ?? ".", journal)),
  newId: randomUUID,
  pause: () => setTimeout(500),
});

const inWords = (amount: number): string => (amount / 100).toFixed(2);

async function obey(line: string): Promise<void> {
  if (line === "pay") console.log(`  paid ${inWords((await till.pay()).paid)}`);
  else if (line === "cancel") await till.cancel();
  else if (line !== "") {
    const cart = await till.scan(line);
    console.log(`  ${cart.lines.at(-1)?.name}   ${inWords(totalOf(cart))} in all`);
  }
}

console.log(`The till at ${store} is open, with ${till.cart.lines.length} in the cart. Scan, or say pay, cancel or quit.`);
const keyboard = createInterface({ input: process.stdin });
for await (const line of keyboard) {
  if (line.trim() === "quit") break;
  try {
    await obey(line.trim());
  } catch (error) {
    if (!isInventoryError(error) && !(error instanceof TypeError && error.message === "fetch failed")) throw error;
    console.log(`  ${error.message}`);
  }
}
client.stop();
keyboard.close();
