import { describeTransport } from "@onhand/core/testing";
import { wiredTransport } from "../shared/testing/wired-transport";
import { sseTransport } from "./client";
import { createSseServer } from "./server";

describeTransport("sse", {
  create: () =>
    wiredTransport({
      serve(server, options) {
        const live = createSseServer(options);
        // Clients of the suite are machines of their own: what one of them keeps open, and finds dead, no other one uses.
        server.maxRequestsPerSocket = 1;
        server.removeAllListeners("request");
        server.on("request", (request, response) => {
          if (!live.handle(request, response)) response.writeHead(404).end();
        });
        return live;
      },
      connect: (origin, options) => sseTransport({ url: `${origin}/live/events`, ...options }),
    }),
});
