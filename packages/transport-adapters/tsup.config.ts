import { library } from "../../tsup.base";

export default library({ "ws/server": "src/ws/server.ts", "ws/client": "src/ws/client.ts" });
