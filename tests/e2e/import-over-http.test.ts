import { createInventory } from "@onhand/core";
import { importProducts } from "@onhand/import-export";
import { memoryStorage } from "@onhand/storage-adapters/memory";
import { allowEverythingForDemos, createHttpHandler } from "@onhand/transport-adapters/http";
import { createHttpClient } from "@onhand/transport-adapters/http/client";
import { expect, test } from "vitest";
import * as z from "zod";

test("a file sent as a job is imported in the caller's name, tells how far it is, and is not imported twice", async () => {
  const inventory = await createInventory({ storage: memoryStorage() });
  const handle = createHttpHandler({
    inventory,
    authenticate: () => ({ id: "mia" }),
    authorize: allowEverythingForDemos,
    jobs: {
      "import-products": {
        summary: "Imports products from a file.",
        input: z.strictObject({ dryRun: z.boolean().default(false) }),
        file: { types: ["text/csv"], maxBytes: 1_000_000 },
        run: ({ file, input, actor, signal, progress }) =>
          importProducts(inventory, file, {
            mode: "upsert",
            onError: "skip",
            dryRun: input.dryRun === true,
            actor: actor.id,
            signal,
            onProgress: progress,
          }),
      },
    },
  });
  const client = createHttpClient({ url: "http://shop.example", fetch: (input, init) => handle(new Request(input, init)) });
  const lines = Array.from({ length: 250 }, (_, index) => `SKU-${index},Product ${index}`);
  const file = new Blob([["sku,name", ...lines].join("\n")], { type: "text/csv" });
  const finished = async (input: object) => {
    const { id } = await client.jobs.start("import-products", { ...input }, file);
    await expect.poll(async () => (await client.jobs.get(id)).status).not.toBe("running");
    return client.jobs.get(id);
  };

  expect(await finished({ dryRun: true })).toMatchObject({ status: "done", result: { dryRun: true, applied: 250 } });
  expect((await client.products.list()).items).toEqual([]);
  expect(await finished({})).toMatchObject({
    status: "done",
    progress: { phase: "applying", lines: 250 },
    result: { applied: 250, refused: 0 },
  });
  expect(await finished({})).toMatchObject({ status: "done", result: { applied: 0 } });
  expect((await client.products.list({ limit: 1_000 })).items).toHaveLength(250);
});
