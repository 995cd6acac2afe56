import { describeTransport } from "@onhand/core/testing";
import { Server } from "socket.io";
import * as msgpack from "socket.io-msgpack-parser";
import { wiredTransport } from "../shared/testing/wired-transport";
import { socketIoTransport } from "./client";
import { createSocketIoServer } from "./server";

const kinds = [
  { name: "socket.io", namespace: "/", parser: undefined, transports: ["websocket"] },
  { name: "socket.io with the msgpack parser, on a namespace", namespace: "/live", parser: msgpack, transports: ["websocket"] },
] as const;

for (const { name, namespace, parser, transports } of kinds) {
  describeTransport(name, {
    create: () =>
      wiredTransport({
        serve(server, options) {
          const io = new Server(server, parser && { parser });
          const live = createSocketIoServer({ io: namespace === "/" ? io : io.of(namespace), ...options });
          return {
            get connections() {
              return live.connections;
            },
            async close(request) {
              await live.close(request);
              io.engine.close();
            },
          };
        },
        connect: (origin, { getToken }) =>
          socketIoTransport({
            url: `${origin}${namespace}`,
            getToken,
            options: { transports: [...transports], ...(parser && { parser }) },
          }),
      }),
  });
}
