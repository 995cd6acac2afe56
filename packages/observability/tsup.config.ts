import { library } from "../../tsup.base";

export default library({
  prometheus: "src/prometheus/prometheus.ts",
  opentelemetry: "src/opentelemetry/opentelemetry.ts",
});
