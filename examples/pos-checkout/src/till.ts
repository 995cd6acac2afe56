import { InventoryError, isInventoryError, type Product, type ReservationReceipt } from "@onhand/core";
import { type Cart, emptyCart, type ScannedLine, totalOf } from "./cart";
import type { Journal } from "./journal";
import { retrying } from "./retrying";

/** What a till needs around it. */
export interface TillOptions {
  readonly storeId: string;
  /** Gives a command to the shop: `inventory.execute`, or a client's `command`. */
  readonly execute: (command: string, input: Readonly<Record<string, unknown>>) => Promise<unknown>;
  /** The product a code stands for: its barcode or its SKU. */
  readonly productOf: (code: string) => Promise<Product | undefined>;
  /**
   * Takes the money, and answers whether it did. Asked again under the same key it must give the same answer and not take it
   * twice; card terminals have such a key. It rejects when nobody knows.
   */
  readonly charge: (amount: number, key: string) => Promise<"taken" | "declined">;
  readonly journal: Journal;
  readonly newId: () => string;
  /** Waits a little before something is asked again. */
  readonly pause: () => Promise<void>;
}

/** A checkout, one customer after the other. */
export interface Till {
  readonly cart: Cart;
  /**
   * Puts one unit into the cart, and holds it for the customer.
   *
   * @throws {@link InventoryError} `UNKNOWN_PRODUCT`; `INSUFFICIENT_STOCK` when the last one is somebody else's; the cart is then as it was.
   */
  scan(code: string): Promise<Cart>;
  /**
   * Takes the money and sells what was held; of a card that was declined nothing, and the cart is open as before. When it
   * rejects because nobody knows about the money, paying again asks again.
   *
   * @throws {@link InventoryError} `INSUFFICIENT_STOCK` when a hold ran out and somebody else has the unit; no money was taken then.
   */
  pay(): Promise<{ readonly paid: number }>;
  /** Gives back everything that was held. */
  cancel(): Promise<void>;
}

const holdMs = 10 * 60_000;

/**
 * Opens a till where it left off: a sale that was paid is booked to its end, one that was cancelled is given back, an open
 * cart is the customer's as before.
 */
export async function openTill(options: TillOptions): Promise<Till> {
  const { storeId, execute, productOf, charge, journal, newId, pause } = options;
  let cart = (await journal.load()) ?? emptyCart(newId());

  async function note(next: Cart): Promise<void> {
    await journal.save(next);
    cart = next;
  }

  const ask = (command: string, input: Readonly<Record<string, unknown>>) => retrying(() => execute(command, input), pause);
  const noteLine = (index: number, line: ScannedLine) => note({ ...cart, lines: cart.lines.with(index, line) });

  /** Holds the unit of a line. The key is the cart's and the hold's number, which is written down before it is used. */
  async function hold(index: number, number: number): Promise<void> {
    const line = cart.lines[index] as ScannedLine;
    const { reservation } = (await ask("reservations.hold", {
      sku: line.sku,
      storeId,
      quantity: 1,
      expiresInMs: holdMs,
      reference: { type: "cart", id: cart.id },
      idempotencyKey: `${cart.id}:hold:${number}`,
    })) as ReservationReceipt;
    await noteLine(index, { ...line, reservationId: reservation.id });
  }

  /** Makes sure that everything is held for long enough to be paid. What ran out is held anew, if it is still there. */
  async function holdOn(): Promise<void> {
    for (const [index, { reservationId }] of cart.lines.entries()) {
      if (reservationId !== undefined && (await isStillHeld(reservationId))) continue;
      const { reservationId: _, ...line } = cart.lines[index] as ScannedLine;
      await note({ ...cart, lines: cart.lines.with(index, line), holds: cart.holds + 1 });
      await hold(index, cart.holds);
    }
  }

  async function isStillHeld(id: string): Promise<boolean> {
    try {
      await ask("reservations.extend", { id, expiresInMs: holdMs });
      return true;
    } catch (error) {
      if (isInventoryError(error, "RESERVATION_SETTLED")) return false;
      throw error;
    }
  }

  async function sellAll(): Promise<void> {
    for (const [index, line] of cart.lines.entries()) await sell(index, line);
  }

  /** The money is here. A hold that ran out meanwhile (a till without power for an hour) leaves a plain sale. */
  async function sell(index: number, { sku, reservationId }: ScannedLine): Promise<void> {
    const sale = { type: "sell", sku, storeId, quantity: 1, reference: { type: "cart", id: cart.id } };
    const steps = [
      () => ask("reservations.commit", { id: reservationId, idempotencyKey: `${cart.id}:commit:${index}` }),
      () => ask("stock.apply", { lines: [sale], idempotencyKey: `${cart.id}:sell:${index}` }),
      // The customer has left with it, so the shelf had one that the books had not: said so, for somebody to count.
      () =>
        ask("stock.apply", {
          lines: [{ type: "adjust", sku, storeId, delta: 1, reason: "paid after its hold" }, sale],
          idempotencyKey: `${cart.id}:found:${index}`,
        }),
    ];
    for (const step of steps) {
      try {
        await step();
        return;
      } catch (error) {
        if (step === steps.at(-1) || !(isInventoryError(error, "RESERVATION_SETTLED") || isInventoryError(error, "INSUFFICIENT_STOCK")))
          throw error;
      }
    }
  }

  async function releaseAll(lines: readonly ScannedLine[]): Promise<void> {
    for (const { reservationId } of lines) {
      if (reservationId === undefined) continue;
      try {
        await ask("reservations.release", { id: reservationId, idempotencyKey: `${reservationId}:release` });
      } catch (error) {
        // It ran out by itself.
        if (!isInventoryError(error, "RESERVATION_SETTLED")) throw error;
      }
    }
  }

  const next = () => note(emptyCart(newId()));

  async function takeMoney(): Promise<{ readonly paid: number }> {
    const amount = totalOf(cart);
    if ((await charge(amount, `${cart.id}:pay:${cart.charges}`)) === "declined") {
      await note({ ...cart, status: "open" });
      return { paid: 0 };
    }
    await note({ ...cart, status: "paid" });
    await sellAll();
    await next();
    return { paid: amount };
  }

  async function goOn(): Promise<void> {
    // A line without its hold was asked for, and nobody knows the answer: asked again under its key, the answer is the same.
    for (const [index, { reservationId }] of cart.lines.entries()) {
      if (reservationId === undefined) await holdOrDrop(index);
    }
    if (cart.status === "paying") await takeMoney();
    else if (cart.status === "paid") await sellAll().then(next);
    else if (cart.status === "cancelled") await releaseAll(cart.lines).then(next);
  }

  async function holdOrDrop(index: number): Promise<void> {
    try {
      await hold(index, cart.holds);
    } catch (error) {
      if (!isInventoryError(error)) throw error;
      await note({ ...cart, lines: cart.lines.toSpliced(index, 1) });
    }
  }

  function requireOpen(): void {
    if (cart.status !== "open") throw new InventoryError("INVALID_STATE", { entity: "cart", key: cart.id, state: cart.status });
  }

  await goOn();

  return {
    get cart() {
      return cart;
    },

    async scan(code) {
      requireOpen();
      const product = await retrying(() => productOf(code), pause);
      if (!product?.price) throw new InventoryError("UNKNOWN_PRODUCT", { sku: code });
      const { sku, name, price } = product;
      await note({ ...cart, lines: [...cart.lines, { sku, name, price }], holds: cart.holds + 1 });
      try {
        await hold(cart.lines.length - 1, cart.holds);
      } catch (error) {
        if (isInventoryError(error)) await note({ ...cart, lines: cart.lines.slice(0, -1) });
        throw error;
      }
      return cart;
    },

    async pay() {
      if (cart.status === "paying") return takeMoney();
      requireOpen();
      if (cart.lines.length === 0) return { paid: 0 };
      await holdOn();
      await note({ ...cart, status: "paying", charges: cart.charges + 1 });
      return takeMoney();
    },

    async cancel() {
      requireOpen();
      await note({ ...cart, status: "cancelled" });
      await releaseAll(cart.lines);
      await next();
    },
  };
}
