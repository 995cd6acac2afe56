import type { Context } from "hono";
import type { HttpEnv } from "./exchange";

/** Headers of an answer, by their names in lower case. */
export type AnswerHeaders = Readonly<Record<string, string>>;

/** What every answer tells. */
export const commonHeaders = (context: Context<HttpEnv>): AnswerHeaders => ({
  "x-content-type-options": "nosniff",
  "x-request-id": context.env.requestId,
});

/** An answer. Its headers stay a plain record: servers on node:http write one as it is, and have to take a `Headers` apart. */
export const answerWith = (context: Context<HttpEnv>, body: BodyInit, status: number, headers: AnswerHeaders): Response =>
  new Response(body, { status, headers: { ...commonHeaders(context), ...headers } });

/** An answer in JSON. */
export const answerJson = (context: Context<HttpEnv>, value: object, status = 200, headers: AnswerHeaders = {}): Response =>
  answerWith(context, JSON.stringify(value), status, { "content-type": "application/json", ...headers });
