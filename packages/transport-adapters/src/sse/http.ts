import type { IncomingMessage, ServerResponse } from "node:http";
import { names } from "./names";

type Refusal = "FORBIDDEN" | "INVALID_INPUT" | "RATE_LIMITED" | "STORAGE_UNAVAILABLE" | "UNAUTHENTICATED" | "UNKNOWN_LINK" | "UNSUPPORTED";

/** Answers with a status and the code of what is wrong. Nothing is kept by caches. */
export function refuse(response: ServerResponse, status: number, code: Refusal, headers: Readonly<Record<string, string>> = {}): void {
  if (response.headersSent || response.destroyed) return;
  response.writeHead(status, { "content-type": "application/problem+json", "cache-control": "no-store", ...headers });
  response.end(JSON.stringify({ status, code }));
}

/** Lets a page of another origin, which was found to be allowed, read the answer. */
export function allowPage({ headers }: IncomingMessage, response: ServerResponse): void {
  if (headers.origin === undefined) return;
  response.setHeader("access-control-allow-origin", headers.origin);
  response.setHeader("access-control-allow-credentials", "true");
  response.setHeader("vary", "Origin");
}

/** Answers what browsers ask before they send a request from a page of another origin. */
export function answerPreflight(response: ServerResponse): void {
  response.writeHead(204, {
    "access-control-allow-methods": "GET, POST",
    "access-control-allow-headers": `authorization, content-type, ${names.link}, ${names.batch}`,
    "access-control-max-age": "600",
  });
  response.end();
}

/** Begins a stream that nothing on the way should gather, change or keep. */
export function beginStream(response: ServerResponse): void {
  response.writeHead(200, {
    "content-type": "text/event-stream; charset=utf-8",
    "cache-control": "no-cache, no-transform",
    "x-accel-buffering": "no",
  });
  response.flushHeaders();
  response.socket?.setNoDelay(true);
}

/** Reads a body of bounded length; undefined when it is longer. */
export async function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.byteLength;
    if (length > maxBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
