import { html } from "hono/html";
import type { OpenApiDocument, OpenApiOperation } from "./openapi";

/** Nothing but the page's own style, which the nonce names: no script, no image, no other origin. */
export const pagePolicy = (nonce: string): string =>
  `default-src 'none'; style-src 'nonce-${nonce}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;

/** The reference of an API as one page of HTML that needs nothing else, not even scripts. */
export function referencePage(document: OpenApiDocument, nonce: string): string {
  const { info, servers, tags, paths, components } = document;
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path: `${base(servers)}${path}`, method, operation })),
  );
  const areas = [...tags.map(({ name }) => name), "probes"];
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${info.title} API</title>
<style nonce="${nonce}">
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
nav a { margin-right: 1rem; }
details { border-top: 1px solid #8886; padding: .5rem 0; }
summary { cursor: pointer; }
code, pre { font-family: ui-monospace, monospace; font-size: .875rem; }
pre { overflow-x: auto; background: #8881; padding: .75rem; border-radius: .25rem; }
b { display: inline-block; min-width: 4.5rem; font-family: ui-monospace, monospace; }
</style>
</head>
<body>
<main>
<h1>${info.title} API</h1>
<p>${info.description} As data: <a href="openapi.json">openapi.json</a>.</p>
<nav aria-label="Areas">${[...areas, "schemas"].map((area) => html`<a href="#${area}">${area}</a>`)}</nav>
${areas.map(
  (area) => html`<h2 id="${area}">${area}</h2>
${operations.filter(({ operation }) => operation.tags.includes(area)).map(operationPart)}`,
)}
<h2 id="schemas">schemas</h2>
${Object.entries(components.schemas ?? {}).map(
  ([name, schema]) => html`<details id="schema-${name}"><summary><code>${name}</code></summary><pre>${asJson(schema)}</pre></details>`,
)}
</main>
</body>
</html>`;
  return String(page);
}

interface Placed {
  readonly path: string;
  readonly method: string;
  readonly operation: OpenApiOperation;
}

const operationPart = ({ path, method, operation }: Placed) => html`<details id="${operation.operationId}">
<summary><b>${method.toUpperCase()}</b> <code>${path}</code> ${operation.summary}</summary>
${operation.parameters.length > 0 ? html`<h3>Parameters</h3><pre>${asJson(operation.parameters)}</pre>` : ""}
${operation.requestBody ? html`<h3>Body</h3><pre>${asJson(operation.requestBody)}</pre>` : ""}
<h3>Answers</h3>
<ul>${Object.entries(operation.responses).map(([status, { description }]) => html`<li><code>${status}</code> ${String(description)}</li>`)}</ul>
<pre>${asJson(Object.values(operation.responses)[0])}</pre>
</details>
`;

const base = ([server]: OpenApiDocument["servers"]): string => (server && server.url !== "/" ? server.url : "");

const asJson = (value: unknown): string => JSON.stringify(value, undefined, 2);
