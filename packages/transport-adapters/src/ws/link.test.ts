import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { PassThrough } from "node:stream";
import { expect, it, onTestFinished } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import type { Link } from "../shared/link";
import { linkOf } from "./link";

/** Links to so many clients over real sockets, and what each of them hears. */
async function openLinks(count: number): Promise<{ readonly links: readonly Link[]; readonly heard: readonly string[][] }> {
  const links: Link[] = [];
  const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false });
  const server = createServer().on("upgrade", (request, socket, head) => {
    sockets.handleUpgrade(request, socket, head, (ws) => links.push(linkOf(ws, socket)));
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  onTestFinished(() => void server.close());
  const heard = await Promise.all(
    Array.from({ length: count }, async () => {
      const texts: string[] = [];
      const client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
      client.on("message", (data: Buffer, isBinary) => texts.push(isBinary ? "binary" : data.toString()));
      onTestFinished(() => client.terminate());
      await once(client, "open");
      return texts;
    }),
  );
  return { links, heard };
}

it.each([0, 1, 125, 126, 127, 65_535, 65_536, 200_000])("a frame of %i bytes reaches everybody whole, between others", async (length) => {
  const { links, heard } = await openLinks(2);
  const sent = ["before", "é".repeat(length >> 1) + "x".repeat(length % 2), "behind"];
  let written = 0;
  for (const text of sent) {
    const payload = Buffer.from(text);
    for (const link of links) link.send(payload, () => written++);
  }
  await expect.poll(() => heard).toEqual([sent, sent]);
  expect(written).toBe(6);
});

it("a link that is closing is sent nothing more, and owes nothing", () => {
  const socket = new PassThrough();
  let written = 0;
  linkOf({ readyState: WebSocket.CLOSING } as WebSocket, socket).send(Buffer.from("late"), () => written++);
  expect([socket.readableLength, written]).toEqual([0, 1]);
});
