import { ok } from "node:assert/strict";
import { errorCodes } from "@onhand/core";
import { insideWords } from "./hostile";

/** A refusal may repeat what was wrong, but not without end. */
const longestRefusal = 16_384;

/** Checks that a refusal has a code of ours, is short, and tells nothing of the inside. */
export function judgeRefusal(code: unknown, text: string): void {
  ok(typeof code === "string" && Object.hasOwn(errorCodes, code), `has no code: ${text.slice(0, 500)}`);
  ok(text.length <= longestRefusal, `is ${text.length} long: ${text.slice(0, 500)}`);
  ok(!insideWords.test(text), `tells of the inside: ${text.slice(0, 500)}`);
}
