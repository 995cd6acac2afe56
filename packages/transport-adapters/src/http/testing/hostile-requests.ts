import * as fc from "fast-check";
import { type Described, generateFrom, type Known } from "../../shared/testing/generate";
import { encoded, hostileNames, hostileTexts, hostileValues, jsonTexts, spoiled } from "../../shared/testing/hostile";

/** A request as it goes over the wire. */
export interface HostileRequest {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Uint8Array<ArrayBuffer> | undefined;
  /** Whether the body doesn't say how long it is. */
  readonly streamed: boolean;
}

/** An OpenAPI document, as far as requests are made of it. */
export interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, DescribedOperation>>>>;
}

interface DescribedOperation {
  readonly parameters: readonly { readonly name: string; readonly in: "path" | "query" | "header"; readonly schema: Described }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Described }>> };
}

const cursorOf = (values: unknown): string => btoa(encodeURIComponent(JSON.stringify(values)));
/** Cursors as they are made here, holding what none would. */
const cursors = fc.array(
  fc.oneof(fc.constantFrom<unknown>(...hostileTexts), fc.constantFrom<unknown>(2 ** 53 - 1, -(2 ** 53 - 1), -1, 0, true, null)),
  { maxLength: 5 },
);

const queryTexts = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...hostileTexts) },
  { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 8 }) },
  { weight: 1, arbitrary: cursors.map(cursorOf) },
);

const strayFields = fc.tuple(
  fc.constantFrom(
    ...hostileNames,
    "cursor",
    "limit",
    "search",
    "reference[type]",
    "reference[__proto__]",
    "__proto__[x]",
    "constructor[prototype][x]",
    "by",
    "format",
    "minSeq",
  ),
  queryTexts,
);

/** Header values are bytes. */
const latin = (text: string): string => text.replaceAll(/[^\t\u0020-\u007e\u00a0-\u00ff]/gu, "\u00ff").slice(0, 2_000);
const headerTexts = fc.constantFrom(...hostileTexts.map(latin));
const header = (name: string, ...values: readonly string[]) =>
  fc.tuple(fc.constant(name), fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...values) }, { weight: 1, arbitrary: headerTexts }));
const strayHeaders = fc.oneof(
  header(
    "content-type",
    "application/json",
    "application/json; charset=utf-16",
    "text/plain",
    "multipart/form-data; boundary=x",
    "text/csv",
  ),
  header("idempotency-key", "k-1", '"k-2"', '""', "k".repeat(201), "a, b"),
  header("prefer", "respond-async", "respond-async, wait=10", ",,;", "handling=strict"),
  header("accept", "text/csv", "application/pdf;q=NaN", "*/*;q=2", '";,"', "text/*;q=0.1,application/json;q=0"),
  header("if-none-match", "*", '""', 'W/"x"', '"a","b",'.repeat(200), '"'),
  header("content-length", "0", "-1", "1e9", "99999999999", "x"),
  header("content-encoding", "gzip", "identity", "br, gzip"),
  header("transfer-encoding", "chunked", "gzip, chunked"),
  header("origin", "https://evil.example", "null", "http://shop.example", "//", "http://[::1"),
  header("authorization", "Bearer clerk", "Bearer", "Basic Y2xlcms6", "bearer  clerk"),
  header("x-request-id", "sane", "x".repeat(500), "a b"),
  header("host", "shop.example", "evil.example:99999"),
  header("cookie", "session=x; session=y", "=;=", "a".repeat(2_000)),
  header("x-http-method-override", "DELETE"),
);

const methods = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "PROPFIND", "get"];

/** A value as it stands in an address: encoded, or as it is where that is no address. */
const inAddress = (value: unknown): string => {
  const text = typeof value === "string" ? value : (JSON.stringify(value) ?? "");
  try {
    return encodeURIComponent(text);
  } catch {
    return "%ed%a0%80";
  }
};

function queryOf(fields: readonly (readonly [string, unknown])[]): string {
  const parts = fields.flatMap(([name, value]): string[] => {
    if (value === undefined) return [];
    if (Array.isArray(value)) return value.slice(0, 20).map((item) => `${inAddress(name)}=${inAddress(item)}`);
    if (typeof value !== "object" || value === null) return [`${inAddress(name)}=${inAddress(value)}`];
    return Object.entries(value).map(([inner, item]) => `${inAddress(`${name}[${inner}]`)}=${inAddress(item)}`);
  });
  return parts.length === 0 ? "" : `?${parts.join("&")}`;
}

const rarely = <T>(values: fc.Arbitrary<T>, weight = 6): fc.Arbitrary<T | undefined> =>
  fc.oneof({ weight, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: values });

/** Requests for an operation: each of its fields is what it should be, or now and then anything. */
function requestsFor(
  path: string,
  method: string,
  { parameters, requestBody }: DescribedOperation,
  known: Known,
): fc.Arbitrary<HostileRequest> {
  const fields = parameters
    .filter((parameter) => parameter.in !== "header")
    .map(({ name, in: where, schema }) => {
      const right = generateFrom(schema, known, name);
      const values = fc.oneof({ weight: 5, arbitrary: right }, { weight: 2, arbitrary: queryTexts as fc.Arbitrary<unknown> });
      return where === "path" ? values : rarely(values, 2);
    });
  const [type, content] = Object.entries(requestBody?.content ?? {})[0] ?? [];
  const values = content ? generateFrom(content.schema, known) : hostileValues;
  const bodies = encoded(
    jsonTexts(
      fc.oneof({ weight: 3, arbitrary: values }, { weight: 3, arbitrary: spoiled(values) }, { weight: 1, arbitrary: hostileValues }),
    ),
  );
  return fc
    .record({
      verb: fc.oneof({ weight: 15, arbitrary: fc.constant(method) }, { weight: 1, arbitrary: fc.constantFrom(...methods) }),
      given: fc.tuple(...fields),
      stray: fc.array(strayFields, { maxLength: 1 }),
      headers: fc.oneof({ weight: 2, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: fc.array(strayHeaders, { maxLength: 3 }) }),
      body: content ? bodies : rarely(bodies, 20),
      streamed: fc.nat(9).map((digit) => digit === 0),
    })
    .map(({ verb, given, stray, headers, body, streamed }) => {
      const named = parameters
        .filter((parameter) => parameter.in !== "header")
        .map((parameter, index) => ({ ...parameter, value: given[index] }));
      const inPath = new Map(named.filter((one) => one.in === "path").map(({ name, value }) => [name, value]));
      const place = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => inAddress(inPath.get(name)));
      const query = named.filter((one) => one.in === "query").map(({ name, value }) => [name, value] as const);
      return {
        method: verb,
        target: place + queryOf([...query, ...(stray as [string, unknown][])]),
        headers: [...(type ? [["content-type", type] as const] : []), ...headers],
        body: bodiless.has(verb) ? undefined : body,
        streamed,
      };
    });
}

const bodiless = new Set(["GET", "HEAD", "get"]);

/** Places that are none, and those that are no operations. */
const elsewhere: fc.Arbitrary<HostileRequest> = fc.record({
  method: fc.constantFrom("GET", "POST", "OPTIONS", "HEAD", "DELETE"),
  target: fc.oneof(
    fc.constantFrom(
      "/",
      "//",
      "/health",
      "/ready",
      "/docs",
      "/openapi.json",
      "/docs/../docs",
      "/%",
      "/%zz",
      "/products/%E0%A4%A",
      "/stock",
      "/jobs/",
      "/?",
      "/..%2f..%2f",
      "/products//x",
    ),
    queryTexts.map((text) => `/${inAddress(text)}`),
    queryTexts.map((text) => `/products/${inAddress(text)}/${inAddress(text)}`),
  ),
  headers: fc.array(strayHeaders, { maxLength: 3 }),
  body: fc.constant(undefined),
  streamed: fc.constant(false),
});

/** Requests for everything a document describes, and for what it does not. */
export function hostileRequests({ paths }: Document, known: Known): fc.Arbitrary<HostileRequest> {
  const operations = Object.entries(paths).flatMap(([path, verbs]) =>
    Object.entries(verbs).map(([verb, operation]) => requestsFor(path, verb.toUpperCase(), operation, known)),
  );
  return fc.oneof({ weight: 9, arbitrary: fc.oneof(...operations) }, { weight: 1, arbitrary: elsewhere });
}

/** The same as Web servers hand it on. */
export function webRequest({ method, target, headers, body, streamed }: HostileRequest): Request {
  const all = new Headers({ authorization: "Bearer clerk" });
  for (const [name, value] of headers) all[name === "cookie" || name === "origin" ? "append" : "set"](name, value);
  if (body && !streamed && !all.has("content-length")) all.set("content-length", String(body.byteLength));
  const given = body && streamed ? new Blob([body]).stream() : body;
  return new Request(`http://shop.example${target}`, {
    method,
    headers: all,
    ...(given && { body: given, duplex: "half" }),
  } as RequestInit);
}

/** The same as bytes on a wire, as a client writes them who keeps to no rule. */
export function wireRequest({ method, target, headers, body = new Uint8Array(), streamed }: HostileRequest): Buffer {
  const said = headers.map(([name, value]) => `${name}: ${value}\r\n`).join("");
  const length = streamed ? "Transfer-Encoding: chunked\r\n" : `Content-Length: ${body.byteLength}\r\n`;
  const head = `${method} ${target} HTTP/1.1\r\nHost: shop.example\r\nAuthorization: Bearer clerk\r\nConnection: close\r\n${length}${said}\r\n`;
  const chunk = streamed ? [Buffer.from(`${body.byteLength.toString(16)}\r\n`), body, Buffer.from("\r\n0\r\n\r\n")] : [body];
  return Buffer.concat([Buffer.from(head, "latin1"), ...chunk]);
}
