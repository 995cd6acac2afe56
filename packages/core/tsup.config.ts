import { library } from "../../tsup.base";

export default library({
  index: "src/index.ts",
  "protocol/index": "src/protocol/index.ts",
  "protocol/client": "src/protocol/client.ts",
  "testing/index": "src/testing/index.ts",
});
