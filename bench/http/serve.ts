import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { getRequestListener } from "@hono/node-server";
import { createWorkload } from "../workload";
import { handlers, openStock } from "./handlers";

// A process of its own, so that who asks does not take the time of who answers.
const [name, products, stores] = process.argv.slice(2);
const inventory = await openStock(createWorkload(Number(products), Number(stores)));
const server = createServer(getRequestListener(handlers[name as keyof typeof handlers](inventory)));
server.listen(0, "127.0.0.1", () => process.send?.((server.address() as AddressInfo).port));
process.on("disconnect", () => process.exit());
