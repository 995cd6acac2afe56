import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import type { Page } from "playwright-core";

const source = readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

interface Finding {
  readonly id: string;
  readonly impact: string;
  readonly nodes: readonly { readonly html: string }[];
}

/** How axe is asked. What passes is not described: nobody reads it, and it takes a third of the time. */
interface Asked {
  readonly resultTypes: readonly ["violations"];
  readonly runOnly?: { readonly type: "rule"; readonly values: readonly string[] };
}

/**
 * What axe finds serious or critical on the page as it is now.
 *
 * @param about - `colors`: only what another theme can change, of a page that was looked at in one.
 */
export async function violations(page: Page, about: "everything" | "colors" = "everything"): Promise<string[]> {
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(await source);
  const asked: Asked = {
    resultTypes: ["violations"],
    ...(about === "colors" && { runOnly: { type: "rule", values: ["color-contrast", "link-in-text-block"] } }),
  };
  const found = await page.evaluate(async (options) => {
    const { axe } = window as unknown as {
      readonly axe: { run(options: Asked): Promise<{ readonly violations: readonly Finding[] }> };
    };
    return (await axe.run(options)).violations.map(({ id, impact, nodes }) => ({ id, impact, html: nodes[0]?.html ?? "" }));
  }, asked);
  return found.filter(({ impact }) => impact === "serious" || impact === "critical").map(({ id, html }) => `${id}: ${html}`);
}
