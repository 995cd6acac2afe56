import { readFileSync } from "node:fs";
import { summaryLine } from "./summary-line";

const [report] = process.argv.slice(2);
const text = report ? readFileSync(report, "utf8") : "";
if (text === "") throw new Error("the tests left no report: they did not run to their end");
console.log(summaryLine(JSON.parse(text)));
