import { errorCodes, type InventoryErrorCode } from "@onhand/core";
import type { JsonSchema } from "@onhand/core/schemas";
import { componentRef, entityComponents, strictObject } from "./components";
import { jobComponent } from "./job-operations";
import type { Operation } from "./operation";
import { fieldsInPath } from "./routes";

/** An OpenAPI 3.1 document. */
export interface OpenApiDocument {
  readonly openapi: string;
  readonly info: { readonly title: string; readonly version: string; readonly description: string };
  readonly servers: readonly { readonly url: string }[];
  readonly security: readonly Readonly<Record<string, readonly string[]>>[];
  readonly tags: readonly { readonly name: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, OpenApiOperation>>>>;
  readonly components: Readonly<Record<string, Readonly<Record<string, JsonSchema>>>>;
}

/** What can be asked for with a method at a path. */
export interface OpenApiOperation {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly summary: string;
  readonly parameters: readonly JsonSchema[];
  readonly requestBody?: JsonSchema;
  readonly responses: Readonly<Record<string, JsonSchema>>;
  readonly security?: readonly [];
}

const problemComponent = strictObject({
  type: { type: "string", description: "`urn:onhand:error:` and the code." },
  title: { type: "string" },
  status: { type: "integer" },
  detail: { type: "string" },
  code: { type: "string", enum: Object.keys(errorCodes) },
  details: { type: "object", description: "What the code says beside itself." },
  retryable: { type: "boolean" },
  requestId: { type: "string" },
});

type Refusals = Readonly<Record<number, readonly InventoryErrorCode[]>>;

/** What anything may be refused with, whatever it is. */
const always: readonly InventoryErrorCode[] = [
  "INVALID_INPUT",
  "UNAUTHENTICATED",
  "FORBIDDEN",
  "RATE_LIMITED",
  "STORAGE_UNAVAILABLE",
  "STORAGE_CLOSED",
  "STORAGE_LOCKED",
  "STORAGE_CORRUPT",
];
const alwaysOfCommands: readonly InventoryErrorCode[] = ["IDEMPOTENCY_MISMATCH", "QUEUE_FULL", "STORAGE_FULL", "OUTCOME_UNKNOWN"];
const ofBodies: Refusals = { 413: ["INVALID_INPUT"], 415: ["INVALID_INPUT"] };

/** Describes operations as an OpenAPI 3.1 document. */
export function describeOperations(operations: readonly Operation[], basePath: string): OpenApiDocument {
  const paths: Record<string, Record<string, OpenApiOperation>> = {};
  for (const operation of operations) {
    const { path, method } = operation.route;
    paths[path] = { ...paths[path], [method.toLowerCase()]: describeOperation(operation) };
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "onhand",
      version: "1",
      description: "A stock ledger. Whatever is refused is answered with problem details (RFC 9457) and changes nothing.",
    },
    servers: [{ url: basePath || "/" }],
    security: [{ bearer: [] }, { session: [] }],
    tags: [...new Set(operations.map(areaOf))].map((name) => ({ name })),
    paths: { ...paths, ...probes },
    components: {
      schemas: { ...entityComponents(), Job: jobComponent, Problem: problemComponent },
      securitySchemes: {
        bearer: { type: "http", scheme: "bearer" },
        session: { type: "apiKey", in: "cookie", name: "session", description: "Whatever else the host takes for proof." },
      },
    },
  };
}

const areaOf = ({ name }: Operation): string => name.split(".")[0] as string;

const problemBody = { "application/problem+json": { schema: componentRef("Problem") } };
const jsonBody = (schema: JsonSchema) => ({ "application/json": { schema } });

const probe = (operationId: string, summary: string, answer: string, others: Readonly<Record<string, JsonSchema>>) => ({
  get: {
    operationId,
    tags: ["probes"],
    summary,
    parameters: [],
    security: [] as const,
    responses: {
      200: { description: "Yes.", content: jsonBody(strictObject({ status: { type: "string", const: answer } })) },
      ...others,
    },
  },
});
const probes = {
  "/health": probe("health", "Whether the process answers.", "ok", {}),
  "/ready": probe("ready", "Whether the storage answers and the queue has room.", "ready", {
    500: { description: "`STORAGE_UNAVAILABLE`", content: problemBody },
    503: { description: "`QUEUE_FULL` or an error of the storage", content: problemBody },
  }),
};

interface Takes extends JsonSchema {
  readonly properties: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
}

function describeOperation(operation: Operation): OpenApiOperation {
  const { name, route, from, file, isCommand } = operation;
  const takes = operation.takes as Takes;
  const inPath = fieldsInPath(route.path);
  const rest = Object.entries(takes.properties).filter(([field]) => !inPath.includes(field));
  const required = (takes.required ?? []).filter((field) => !inPath.includes(field));
  const body = { ...takes, properties: Object.fromEntries(rest), required };
  return {
    operationId: name,
    tags: [areaOf(operation)],
    summary: route.summary,
    parameters: [
      ...inPath.map((field) => ({ name: field, in: "path", required: true, schema: takes.properties[field] ?? { type: "string" } })),
      ...(from === "query" ? rest.map(([field, schema]) => queryParameter(field, schema, required.includes(field))) : []),
      ...(isCommand ? [keyHeader] : []),
      ...(operation.later ? [preferHeader] : []),
    ],
    ...(from === "body" && { requestBody: { required: required.length > 0, content: jsonBody(body) } }),
    ...(file && { requestBody: { required: true, content: Object.fromEntries(file.types.map((type) => [type, { schema: {} }])) } }),
    responses: responsesOf(operation),
  };
}

const queryParameter = (name: string, schema: JsonSchema, required: boolean): JsonSchema => ({
  name,
  in: "query",
  required,
  schema,
  ...(schema.type === "object" && { style: "deepObject", explode: true }),
});

const keyHeader: JsonSchema = {
  name: "Idempotency-Key",
  in: "header",
  required: false,
  description: "Applied at most once, for ever: a retry under the same key gets the first answer.",
  schema: { type: "string", minLength: 1, maxLength: 200 },
};
const preferHeader: JsonSchema = {
  name: "Prefer",
  in: "header",
  required: false,
  description: "`respond-async` answers at once with a job.",
  schema: { type: "string" },
};

function responsesOf({
  route,
  writes,
  later,
  from,
  file,
  files = [],
  status,
  answers,
  refusals,
  name,
}: Operation): OpenApiOperation["responses"] {
  const codes = new Set([...always, ...refusals, ...(writes ? alwaysOfCommands : [])]);
  const byStatus: Record<number, InventoryErrorCode[]> = { 500: ["STORAGE_UNAVAILABLE"] };
  for (const code of codes) byStatus[errorCodes[code].status] = [...(byStatus[errorCodes[code].status] ?? []), code];
  const refused = Object.entries({ ...byStatus, ...((from === "body" || file) && ofBodies) }).map(([refusedWith, why]) => [
    refusedWith,
    { description: [...new Set(why)].map((code) => `\`${code}\``).join(" "), content: problemBody },
  ]);
  return {
    [status]: {
      description: status === 202 ? "Under way." : "Done.",
      content: {
        ...(name === "jobs.file" ? { "*/*": { schema: answers } } : jsonBody(answers)),
        ...Object.fromEntries(files.map((type) => [type, { schema: { type: "string", contentMediaType: type } }])),
      },
    },
    ...(later && {
      202: { description: "Under way, as was preferred.", content: jsonBody(strictObject({ job: componentRef("Job") })) },
    }),
    ...(route.method === "GET" && { 304: { description: "As it was, by `If-None-Match`." } }),
    ...Object.fromEntries(refused),
  };
}
