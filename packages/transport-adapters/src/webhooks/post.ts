import { type RequestOptions, request as requestPlainly } from "node:http";
import { request as requestSecurely } from "node:https";

/** One attempt at a delivery. */
export interface WebhookRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What the receiver made of it. */
export interface WebhookAnswer {
  readonly status: number;
  /** How long the receiver asks to be left alone, from `Retry-After`. */
  readonly retryAfterMs?: number;
}

/** Makes a request and follows no redirect; rejects when there was no answer. The signal ends it. */
export type WebhookPost = (request: WebhookRequest, signal: AbortSignal) => Promise<WebhookAnswer>;

const maximumAnswerBytes = 65_536;

/**
 * Posts over Node's HTTP client. Addresses are checked when they are connected to, so a name that changes what it stands for gets
 * nobody in. Of an answer nothing is kept but the status; one that is too long is cut off.
 */
export function createPost({ allowPrivateNetwork }: { readonly allowPrivateNetwork: boolean }): WebhookPost {
  let agents: Promise<Agents> | undefined;
  return async ({ url, headers, body }, signal) => {
    agents ??= createAgents(allowPrivateNetwork);
    const secure = url.startsWith("https:");
    const agent = (await agents)[secure ? "secure" : "plain"];
    const options = { method: "POST", headers: { ...headers, "content-length": Buffer.byteLength(body) }, agent, signal };
    return send(secure ? requestSecurely : requestPlainly, url, options, body);
  };
}

type Agents = Awaited<ReturnType<typeof createAgents>>;

async function createAgents(allowPrivateNetwork: boolean) {
  // An ES module only: a CommonJS host can't have it at once.
  const { RequestFilteringHttpAgent, RequestFilteringHttpsAgent } = await import("request-filtering-agent");
  const options = { keepAlive: true, allowPrivateIPAddress: allowPrivateNetwork };
  return { plain: new RequestFilteringHttpAgent(options), secure: new RequestFilteringHttpsAgent(options) };
}

function send(request: typeof requestPlainly, url: string, options: RequestOptions, body: string): Promise<WebhookAnswer> {
  return new Promise((resolve, reject) => {
    const asked = request(url, options, (response) => {
      const after = retryAfterMs(response.headers["retry-after"]);
      const answer = { status: response.statusCode ?? 0, ...(after !== undefined && { retryAfterMs: after }) };
      let bytes = 0;
      response.on("data", (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes > maximumAnswerBytes) response.destroy();
      });
      response.once("error", reject);
      // The status is all we want, so an answer that was cut off is as good.
      response.once("close", () => resolve(answer));
    });
    asked.once("error", reject);
    asked.end(body);
  });
}

/** Seconds only: a date would be measured by the receiver's clock. */
const retryAfterMs = (header: string | undefined): number | undefined =>
  header !== undefined && /^\d{1,9}$/.test(header) ? Number(header) * 1_000 : undefined;
