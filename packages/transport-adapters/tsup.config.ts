import { library } from "../../tsup.base";

export default library({
  "ws/server": "src/ws/server.ts",
  "ws/client": "src/ws/client.ts",
  "socket.io/server": "src/socket.io/server.ts",
  "socket.io/client": "src/socket.io/client.ts",
  "sse/server": "src/sse/server.ts",
  "sse/client": "src/sse/client.ts",
  webhooks: "src/webhooks/webhooks.ts",
  "http/server": "src/http/server.ts",
  "http/client": "src/http/client.ts",
  fallback: "src/fallback/fallback.ts",
  auth: "src/auth/index.ts",
  "rate-limits": "src/rate-limits/index.ts",
});
