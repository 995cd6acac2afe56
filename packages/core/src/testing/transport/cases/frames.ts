import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import type { TransportCase } from "../handle";

const awkward = [
  "line one",
  "data: two",
  "id: 3",
  "event: bye",
  "",
  ": comment",
  "\r\n\r\n",
  "\u2028\u2029",
  "\u0000",
  "“東方美人” 🫖",
  '{"t":"bye"}',
];

/** Frames come as they were sent. */
export const frameCases: readonly TransportCase[] = [
  {
    id: "frames/text",
    promise: "A frame comes as it was sent, both ways, whatever text is in it.",
    async run({ serve, replica, agree }) {
      await serve();
      const [writer, reader] = [replica(), replica({ filter: { entities: ["product"] } })];
      for (const each of [writer, reader]) each.connect();
      await agree(reader);
      for (const [index, separator] of ["\n", "\r", "\r\n", "\n\n", ""].entries()) {
        const attributes = { text: awkward.join(separator), list: awkward };
        const answer = await writer.command(`k${index}`, "products.update", { sku: "CUP", attributes });
        strictEqual(answer.t, "ack");
        await agree(reader);
        const shown = [...reader.rows.values()].flatMap(({ value }) =>
          "attributes" in value && "sku" in value && value.sku === "CUP" ? [value.attributes] : [],
        );
        deepStrictEqual(shown, [attributes]);
      }
    },
  },
  {
    id: "frames/large",
    promise: "Frames of many sizes come whole, up to the longest that may be sent and pages far beyond one packet.",
    async run({ inventory, serve, replica, agree }) {
      await serve();
      const attributes = { note: "é".repeat(6_000) };
      for (let index = 0; index < 60; index += 1) await inventory.products.create({ sku: `L${index}`, name: "long", attributes });
      const client = replica({ filter: { entities: ["product"] } });
      client.connect();
      await agree(client);
      ok(client.of("snap").some((frame) => JSON.stringify(frame).length > 40_000));
      for (const length of [1, 1_000, 15_000]) {
        const answer = await client.command(`k${length}`, "products.update", { sku: "CUP", attributes: { note: "x".repeat(length) } });
        strictEqual(answer.t, "ack");
      }
      await agree(client);
    },
  },
  {
    id: "frames/too-long",
    promise: "A frame that is too long is refused by name and ends the link; it does not end the server.",
    async run({ serve, replica, until, agree }) {
      await serve({ limits: { maxFrameBytes: 2_000 } });
      const client = replica({ returns: false });
      client.connect();
      await until(() => client.live, "a live link");
      client.say({ t: "op", id: "k", command: "stock.sell", input: { note: "x".repeat(2_500) } });
      await until(() => client.closes.length === 1, "the end of the link");
      strictEqual(client.of("bye")[0]?.code, "INVALID_INPUT");
      const other = replica();
      other.connect();
      await agree(other);
    },
  },
  {
    id: "frames/order",
    promise: "Commands sent one after another, without waiting, are decided in that order.",
    async run({ inventory, serve, replica, until }) {
      await serve();
      const client = replica();
      client.connect();
      await until(() => client.live, "a live link");
      const answers = await Promise.all(
        Array.from({ length: 80 }, (_, index) =>
          client.command(`k${index}`, "stock.sell", {
            sku: "CUP",
            storeId: "berlin",
            quantity: 1,
            reference: { type: "order", id: `${index}` },
          }),
        ),
      );
      const seqs = answers.map((answer) => (answer.t === "ack" ? answer.seq : -1));
      deepStrictEqual(
        seqs,
        [...seqs].sort((a, b) => a - b),
      );
      strictEqual(new Set(seqs).size, 80);
      strictEqual((await inventory.stock.level({ sku: "CUP", storeId: "berlin" })).onHand, 20);
    },
  },
];
