import { type Actor, InventoryError, isInventoryError, type Logger } from "@onhand/core";
import type { Context } from "hono";
import { accepts } from "hono/accepts";
import { asRead } from "../shared/as-read";
import { createPermissions } from "../shared/authorization";
import type { Timers } from "../shared/timers";
import { type AnswerHeaders, answerJson, answerWith } from "./answer";
import { type Deadline, withinDeadline } from "./deadline";
import { type Fields, type Input, queryReader, readBytes, readJson } from "./input";
import { jobAddress } from "./job-operations";
import type { Jobs } from "./jobs";
import type { Call, Later, Operation } from "./operation";
import type { HttpHandlerOptions, HttpLimits } from "./options";
import { answeredWith, malformed } from "./problem";
import { fieldsInPath } from "./routes";

/** What is known of a request on its way. */
export interface HttpEnv {
  readonly Bindings: {
    readonly requestId: string;
    /** True once something may have been applied. */
    writes: boolean;
    idempotencyKey: string | undefined;
  };
}

interface Parts {
  readonly authenticate: HttpHandlerOptions["authenticate"];
  readonly authorize: HttpHandlerOptions["authorize"];
  readonly basePath: string;
  readonly limits: HttpLimits;
  readonly jobs: Jobs;
  readonly timers: Timers;
  readonly logger: Logger;
}

const noFile = new Blob();

/** An answer to a question may be kept by who asked, and is asked for again each time. */
const keptButAskedAgain: AnswerHeaders = {
  "cache-control": "private, no-cache",
  vary: "accept, authorization, cookie, origin, prefer",
};

/** Answers requests for an operation: who is it, what do they want, may they, and then what comes of it. */
export function createExchange(parts: Parts): (operation: Operation) => (context: Context<HttpEnv>) => Promise<Response> {
  const { authorize, limits, jobs, timers, logger, basePath } = parts;

  async function identify(request: Request): Promise<Actor> {
    let actor: Actor | undefined;
    try {
      actor = await parts.authenticate(request);
    } catch (error) {
      if (isInventoryError(error)) throw error;
      throw new InventoryError("STORAGE_UNAVAILABLE", { reason: "authenticate failed" }, { cause: error });
    }
    if (actor) return actor;
    throw new InventoryError("UNAUTHENTICATED", {});
  }

  return (operation) => {
    const { name, writes, isCommand, status, file: takesFile } = operation;
    const fieldsOf = fieldsReader(operation, limits.maxBodyBytes);
    const caching = operation.route.method === "GET" ? keptButAskedAgain : {};

    async function answer(context: Context<HttpEnv>, deadline: Deadline): Promise<Response> {
      const request = context.req.raw;
      const actor = await identify(request);
      if (writes) demandUnconditional(request.headers);
      const file = takesFile ? await readFile(request, takesFile) : noFile;
      const fields = await fieldsOf(context);
      const permissions = createPermissions(authorize, () => actor, logger);
      if (writes && !(await permissions.ask(name, asRead(fields)))) throw new InventoryError("FORBIDDEN", { action: name });
      const input = isCommand ? named(context, fields, actor) : fields;
      const prefers: Call["prefers"] = (types, usual) => accepts(context, { header: "Accept", supports: [...types], default: usual });
      const call: Call = {
        input,
        file,
        actor,
        permissions,
        requestId: context.env.requestId,
        prefers,
        signal: deadline.signal,
      };
      if (operation.later && prefersAsync(request)) return begin(context, call, await operation.later(call));
      if (writes) deadline.submitted(input.idempotencyKey as string | undefined);
      const answered = await operation.run(call);
      const headers = { ...caching, ...operation.headers?.(answered) };
      return answered instanceof Blob ? download(context, answered, headers) : answerJson(context, answered, status, headers);
    }

    /** Starts a job, and answers where it is looked at. */
    function begin(context: Context<HttpEnv>, { actor, requestId }: Call, later: Later): Response {
      const job = jobs.start({ kind: name, actor, requestId, writes, ...later });
      const headers = { ...caching, location: jobAddress(basePath, job), "preference-applied": "respond-async" };
      return answerJson(context, { job }, 202, headers);
    }

    return (context) => withinDeadline(timers, limits.timeoutMs, (deadline) => answer(context, deadline));
  };
}

/** A command's input in the caller's name, under the key of its header. */
function named(context: Context<HttpEnv>, fields: Fields, { id }: Actor): Input {
  const key = idempotencyKeyOf(context.req.header("idempotency-key"), fields.idempotencyKey);
  context.env.writes = true;
  if (typeof key === "string") context.env.idempotencyKey = key;
  // Put into what was just read, since a copy with more names in it costs more than parsing the body did.
  return Object.assign(fields, key === undefined ? { actor: id } : { actor: id, idempotencyKey: key });
}

/** As the draft of the header has it, in quotes, or bare as most send it. */
function idempotencyKeyOf(header: string | undefined, inBody: unknown): unknown {
  const key = /^"(.+)"$/.exec(header ?? "")?.[1] ?? header;
  if (key === undefined) return inBody;
  if (inBody !== undefined && inBody !== key) throw malformed("is another than that of the Idempotency-Key header", "idempotencyKey");
  return key;
}

/** Nothing is compared in the transaction that writes, so what a caller would only have under a condition is not done at all. */
function demandUnconditional(headers: Headers): void {
  const condition = ["If-Match", "If-Unmodified-Since"].find((name) => headers.has(name));
  if (condition !== undefined) throw new InventoryError("UNSUPPORTED", { feature: `${condition} on a command` });
}

const prefersAsync = (request: Request): boolean => /(?:^|,) *respond-async *(?:[,;]|$)/iu.test(request.headers.get("prefer") ?? "");

/** Reads the fields of an operation from path, query and body, each from one place. */
function fieldsReader(operation: Operation, maxBytes: number): (context: Context<HttpEnv>) => Promise<Fields> {
  const { route, from, takes } = operation;
  const inPath = fieldsInPath(route.path);
  const readQuery = queryReader(takes);
  return async ({ req }) => {
    const query = req.url.includes("?") ? readQuery(new URL(req.url).searchParams) : {};
    const stray = from === "body" ? Object.keys(query)[0] : undefined;
    if (stray !== undefined) throw malformed("belongs in the body", stray);
    const fields = from === "body" ? await readJson(req.raw, maxBytes) : query;
    for (const field of inPath) {
      if (Object.hasOwn(fields, field)) throw malformed("is in the path", field);
      fields[field] = req.param(field);
    }
    return fields;
  };
}

async function readFile(request: Request, { types, maxBytes }: NonNullable<Operation["file"]>): Promise<Blob> {
  const type = (request.headers.get("content-type") ?? "").split(";", 1)[0]?.trim().toLowerCase() ?? "";
  if (!types.includes(type)) throw answeredWith(415, malformed(`send Content-Type: ${types.join(" or ")}`));
  return new Blob([await readBytes(request, maxBytes)], { type });
}

const download = (context: Context<HttpEnv>, file: Blob, headers: AnswerHeaders): Response =>
  answerWith(context, file.stream(), 200, {
    ...headers,
    "content-disposition": file instanceof File ? `attachment; filename="${file.name}"` : "attachment",
    "content-type": file.type || "application/octet-stream",
    "content-length": String(file.size),
  });
