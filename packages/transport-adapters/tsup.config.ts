import { library } from "../../tsup.base";

export default library({
  "ws/server": "src/ws/server.ts",
  "ws/client": "src/ws/client.ts",
  "socket.io/server": "src/socket.io/server.ts",
  "socket.io/client": "src/socket.io/client.ts",
});
