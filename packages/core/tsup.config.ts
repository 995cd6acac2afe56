import { library } from "../../tsup.base";

export default library({
  index: "src/index.ts",
  "protocol/index": "src/protocol/index.ts",
  "protocol/client": "src/protocol/client.ts",
  "schemas/index": "src/schemas/index.ts",
  "testing/index": "src/testing/index.ts",
});
