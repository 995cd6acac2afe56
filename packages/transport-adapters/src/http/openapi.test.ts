import { Validator } from "@seriousme/openapi-schema-validator";
import { expect, test } from "vitest";
import { serve } from "./testing/served";

type Document = {
  readonly paths: Record<string, Record<string, { operationId: string; parameters: { name: string; in: string; style?: string }[] }>>;
};

test("the document is valid OpenAPI 3.1 and names every operation once", async () => {
  const shop = await serve({ basePath: "/api" });
  const document = (await (await shop.send("GET", "/api/openapi.json")).json()) as Document;
  const { valid, errors } = await new Validator().validate(structuredClone(document));
  expect(errors ?? []).toEqual([]);
  expect(valid).toBe(true);
  expect(document).toMatchObject({ openapi: "3.1.0", servers: [{ url: "/api" }] });
  const ids = Object.values(document.paths).flatMap((methods) => Object.values(methods).map(({ operationId }) => operationId));
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids).toEqual(expect.arrayContaining(["stock.sell", "products.list", "feed.since", "jobs.verify", "health"]));
});

test("what is in the path, the query, a header or the body is described there and nowhere else", async () => {
  const shop = await serve();
  const { paths } = (await (await shop.send("GET", "/openapi.json")).json()) as Document;
  const patch = paths["/products/{sku}"]?.patch as unknown as {
    parameters: object[];
    requestBody: { content: Record<string, { schema: { properties: object } }> };
  };
  expect(patch.parameters).toMatchObject([
    { name: "sku", in: "path" },
    { name: "Idempotency-Key", in: "header" },
    { name: "Prefer", in: "header" },
  ]);
  const fields = Object.keys(patch.requestBody.content["application/json"]?.schema.properties ?? {});
  expect(fields).toContain("name");
  expect(fields).not.toEqual(expect.arrayContaining(["sku"]));
  expect(fields).not.toEqual(expect.arrayContaining(["actor"]));
  expect(paths["/movements"]?.get?.parameters.find(({ name }) => name === "reference")).toMatchObject({ in: "query", style: "deepObject" });
});

test("what is not there is documented by the code of its kind", async () => {
  const shop = await serve();
  const { paths } = (await (await shop.send("GET", "/openapi.json")).json()) as Document;
  const missing = (path: string) => JSON.stringify((paths[path]?.get as unknown as { responses?: object } | undefined)?.responses);
  expect(missing("/transfers/{id}")).toContain("`UNKNOWN_TRANSFER`");
  expect(missing("/purchase-orders/{id}")).toContain("`UNKNOWN_PURCHASE_ORDER`");
});

test("the reference page names every operation and loads nothing, from nowhere", async () => {
  const shop = await serve({ basePath: "/api" });
  const response = await shop.send("GET", "/api/docs");
  const page = await response.text();
  const nonce = /<style nonce="([^"]+)">/.exec(page)?.[1];
  expect(response.headers.get("content-type")).toContain("text/html");
  expect(response.headers.get("content-security-policy")).toBe(
    `default-src 'none'; style-src 'nonce-${nonce}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  );
  expect(page).toContain("<code>/api/stock/sell</code>");
  expect(page).not.toMatch(/<script|<link|<img|<iframe|src=|@import|url\(|https?:\/\/(?!json-schema)/u);
});

test("without documentation there is none", async () => {
  const shop = await serve({ documentation: false });
  expect((await shop.send("GET", "/openapi.json")).status).toBe(404);
  expect((await shop.send("GET", "/docs")).status).toBe(404);
});
