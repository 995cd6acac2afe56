import { type Actor, InventoryError, isInventoryError, type Logger } from "@onhand/core";
import type { Context } from "hono";
import { accepts } from "hono/accepts";
import type { RequestIdVariables } from "hono/request-id";
import { asRead } from "../shared/as-read";
import { createPermissions } from "../shared/authorization";
import type { Timers } from "../shared/timers";
import { type Deadline, withinDeadline } from "./deadline";
import { type Input, queryReader, readBytes, readJson } from "./input";
import { jobAddress } from "./job-operations";
import type { Jobs } from "./jobs";
import type { Call, Later, Operation } from "./operation";
import type { HttpHandlerOptions, HttpLimits } from "./options";
import { answeredWith, malformed } from "./problem";
import { fieldsInPath } from "./routes";

/** What is known of a request on its way. */
export interface HttpEnv {
  readonly Variables: RequestIdVariables & {
    /** Set once something may have been applied. */
    writes?: boolean;
    idempotencyKey?: string;
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

/** Answers requests for an operation: who is it, what do they want, may they, and then what comes of it. */
export function createExchange(parts: Parts): (operation: Operation) => (context: Context<HttpEnv>) => Promise<Response> {
  const { authorize, limits, jobs, timers, logger, basePath } = parts;

  async function identify(request: Request): Promise<Actor> {
    const actor = await asked(request);
    if (actor) return actor;
    throw new InventoryError("UNAUTHENTICATED", {});
  }

  async function asked(request: Request): Promise<Actor | undefined> {
    try {
      return await parts.authenticate(request);
    } catch (error) {
      if (isInventoryError(error)) throw error;
      throw new InventoryError("STORAGE_UNAVAILABLE", { reason: "authenticate failed" }, { cause: error });
    }
  }

  return (operation) => {
    const { name, writes, isCommand, status, file: takesFile } = operation;
    const fieldsOf = fieldsReader(operation, limits.maxBodyBytes);

    async function answer(context: Context<HttpEnv>, deadline: Deadline): Promise<Response> {
      const request = context.req.raw;
      const actor = await identify(request);
      const file = takesFile ? await readFile(request, takesFile) : noFile;
      const fields = await fieldsOf(context);
      const permissions = createPermissions(authorize, () => actor, logger);
      if (writes && !(await permissions.ask(name, asRead(fields)))) throw new InventoryError("FORBIDDEN", { action: name });
      const input = isCommand ? named(context, fields, actor) : fields;
      const prefers: Call["prefers"] = (types, usual) => accepts(context, { header: "Accept", supports: [...types], default: usual });
      const call: Call = { input, file, actor, permissions, requestId: context.get("requestId"), prefers, signal: deadline.signal };
      if (operation.later && prefersAsync(request)) return begin(context, call, await operation.later(call));
      if (writes) deadline.submitted(input.idempotencyKey as string | undefined);
      const answered = await operation.run(call);
      if (operation.headers) for (const [header, value] of Object.entries(operation.headers(answered))) context.header(header, value);
      if (answered instanceof Blob) return download(context, answered);
      return context.json(answered, status);
    }

    /** Starts a job, and answers where it is looked at. */
    function begin(context: Context<HttpEnv>, { actor, requestId }: Call, later: Later): Response {
      const job = jobs.start({ kind: name, actor, requestId, writes, ...later });
      context.header("location", jobAddress(basePath, job));
      context.header("preference-applied", "respond-async");
      return context.json({ job }, 202);
    }

    return (context) => withinDeadline(timers, limits.timeoutMs, (deadline) => answer(context, deadline));
  };
}

/** A command's input in the caller's name, under the key of its header. */
function named(context: Context<HttpEnv>, fields: Input, { id }: Actor): Input {
  const key = idempotencyKeyOf(context.req.header("idempotency-key"), fields.idempotencyKey);
  context.set("writes", true);
  if (typeof key === "string") context.set("idempotencyKey", key);
  return { ...fields, actor: id, ...(key !== undefined && { idempotencyKey: key }) };
}

/** As the draft of the header has it, in quotes, or bare as most send it. */
function idempotencyKeyOf(header: string | undefined, inBody: unknown): unknown {
  const key = /^"(.+)"$/.exec(header ?? "")?.[1] ?? header;
  if (key === undefined) return inBody;
  if (inBody !== undefined && inBody !== key) throw malformed("is another than that of the Idempotency-Key header", "idempotencyKey");
  return key;
}

const prefersAsync = (request: Request): boolean => /(?:^|,) *respond-async *(?:[,;]|$)/iu.test(request.headers.get("prefer") ?? "");

/** Reads the fields of an operation from path, query and body, each from one place. */
function fieldsReader(operation: Operation, maxBytes: number): (context: Context<HttpEnv>) => Promise<Input> {
  const { route, from, takes } = operation;
  const inPath = fieldsInPath(route.path);
  const readQuery = queryReader(takes);
  return async ({ req }) => {
    const query = req.url.includes("?") ? readQuery(new URL(req.url).searchParams) : {};
    const stray = from === "body" ? Object.keys(query)[0] : undefined;
    if (stray !== undefined) throw malformed("belongs in the body", stray);
    const fields: Record<string, unknown> = { ...(from === "body" ? await readJson(req.raw, maxBytes) : query) };
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

function download(context: Context<HttpEnv>, file: Blob): Response {
  context.header("content-disposition", file instanceof File ? `attachment; filename="${file.name}"` : "attachment");
  return context.body(file.stream(), 200, {
    "content-type": file.type || "application/octet-stream",
    "content-length": String(file.size),
  });
}
