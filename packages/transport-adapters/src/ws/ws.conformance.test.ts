import { describeTransport } from "@onhand/core/testing";
import { wiredTransport } from "../shared/testing/wired-transport";
import { wsTransport } from "./client";
import { createWsServer } from "./server";

describeTransport("ws", {
  create: () =>
    wiredTransport({
      serve: (server, options) => createWsServer({ server, ...options }),
      connect: (origin, options) => wsTransport({ url: `${origin}/live`, ...options }),
    }),
});
