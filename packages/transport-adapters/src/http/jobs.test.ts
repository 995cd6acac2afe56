import { createInventory, InventoryError } from "@onhand/core";
import { memoryStorage } from "@onhand/storage-adapters/memory";
import { beforeEach, describe, expect, test } from "vitest";
import * as z from "zod";
import { settled } from "../shared/testing/manual-time";
import type { Job, JobRun } from "./server";
import { deferred, type Served, serve } from "./testing/served";

let shop: Served;
let run: JobRun;
let work: ReturnType<typeof deferred<unknown>>;
const clerks = new Map([
  ["Bearer clerk", { id: "clerk" }],
  ["Bearer other", { id: "other" }],
]);

beforeEach(async () => {
  work = deferred();
  shop = await serve({
    authenticate: (request) => clerks.get(request.headers.get("authorization") ?? ""),
    authorize: (_actor, action) => action !== "jobs.rebuild",
    limits: { maxRunningJobs: 2, maxKeptJobs: 2, jobKeptMs: 60_000, maxKeptResultBytes: 10 },
    jobs: {
      stocktake: {
        summary: "Takes stock.",
        input: z.strictObject({ storeId: z.string(), round: z.int().default(1) }),
        run: (given) => {
          run = given;
          return work.promise;
        },
      },
      load: {
        summary: "Loads a file.",
        input: z.strictObject({ dryRun: z.boolean().optional() }),
        file: { types: ["text/csv"], maxBytes: 100 },
        run: async ({ file, input }) => ({ lines: (await file.text()).split("\n").length, input }),
      },
      print: { summary: "Prints.", input: z.strictObject({}), run: async () => new Blob(["P001,5\n"], { type: "text/csv" }) },
    },
  });
});

const jobOf = async (response: Response) => ((await response.json()) as { readonly job: Job }).job;
const start = (kind: string, body: unknown = {}) => shop.send("POST", `/jobs/${kind}`, body);
const look = async (id: string) => jobOf(await shop.send("GET", `/jobs/${id}`));

describe("a job", () => {
  test("is answered at once, tells how far it is, and keeps what it answered", async () => {
    const response = await start("stocktake", { storeId: "berlin" });
    expect(response.status).toBe(202);
    const { id } = await jobOf(response);
    expect(response.headers.get("location")).toBe(`/jobs/${id}`);
    await settled();
    expect(run).toMatchObject({ input: { storeId: "berlin", round: 1 }, actor: { id: "clerk" } });
    run.progress({ counted: 3, of: 10 });
    expect(await look(id)).toMatchObject({ status: "running", progress: { counted: 3, of: 10 } });
    work.resolve({ differences: 0 });
    await settled();
    expect(await look(id)).toMatchObject({ status: "done", result: { differences: 0 }, progress: { counted: 3 } });
    expect((await shop.send("DELETE", `/jobs/${id}`)).status).toBe(409);
  });

  test("is checked before it starts, and asked about by its kind", async () => {
    expect((await start("stocktake", { storeId: 7 })).status).toBe(400);
    expect((await start("rebuild")).status).toBe(403);
    expect(await jobOf(await start("verify"))).toMatchObject({ kind: "verify" });
  });

  test("ends when it is cancelled, and only its own caller can see or cancel it", async () => {
    const { id } = await jobOf(await start("stocktake", { storeId: "berlin" }));
    for (const method of ["GET", "DELETE"])
      expect((await shop.send(method, `/jobs/${id}`, undefined, { authorization: "Bearer other" })).status).toBe(404);
    await settled();
    expect(run.signal.aborted).toBe(false);
    expect((await shop.send("DELETE", `/jobs/${id}`)).status).toBe(200);
    expect(run.signal.aborted).toBe(true);
    work.resolve(Promise.reject(run.signal.reason));
    await settled();
    expect(await look(id)).toMatchObject({ status: "cancelled" });
  });

  test("that fails says why in the words of problem details, and nothing of a driver", async () => {
    const { id } = await jobOf(await start("stocktake", { storeId: "berlin" }));
    work.resolve(Promise.reject(new InventoryError("UNKNOWN_STORE", { storeId: "berlin" })));
    await settled();
    expect(await look(id)).toMatchObject({ status: "failed", problem: { code: "UNKNOWN_STORE", status: 404 } });
    work = deferred();
    const second = await jobOf(await start("stocktake", { storeId: "berlin" }));
    work.resolve(Promise.reject(new Error("SELECT secret")));
    await settled();
    const { problem } = await look(second.id);
    expect(problem).toMatchObject({ code: "OUTCOME_UNKNOWN" });
    expect(JSON.stringify(problem)).not.toContain("secret");
  });

  test("so many run at once, so many and for so long are kept", async () => {
    const first = await jobOf(await start("stocktake", { storeId: "a" }));
    await start("stocktake", { storeId: "b" });
    const third = await start("stocktake", { storeId: "c" });
    expect([third.status, third.headers.get("retry-after")]).toEqual([503, "1"]);
    work.resolve(undefined);
    await settled();
    const last = await jobOf(await start("verify"));
    await settled();
    expect((await shop.send("GET", `/jobs/${first.id}`)).status).toBe(404);
    expect(await look(last.id)).toMatchObject({ status: "done", result: { ok: true } });
    shop.clock.advance(60_000);
    expect((await shop.send("GET", `/jobs/${last.id}`)).status).toBe(404);
  });
});

describe("files", () => {
  const upload = (body: string, type = "text/csv", query = "") => shop.send("POST", `/jobs/load${query}`, body, { "content-type": type });

  test("one comes as the body, with the rest in the query", async () => {
    const { id } = await jobOf(await upload("a\nb\nc", "text/csv; charset=utf-8", "?dryRun=true"));
    await settled();
    expect(await look(id)).toMatchObject({ status: "done", result: { lines: 3, input: { dryRun: true } } });
  });

  test("one of another type, too long, or none is refused", async () => {
    expect((await upload("{}", "application/json")).status).toBe(415);
    expect((await upload("x".repeat(101))).status).toBe(413);
    expect((await upload("")).status).toBe(400);
    expect((await upload("a", "text/csv", "?colour=red")).status).toBe(400);
  });

  test("one that a job made is fetched from it, while there is room for it", async () => {
    const { id } = await jobOf(await start("print"));
    await settled();
    expect(await look(id)).toMatchObject({ status: "done", result: { type: "text/csv", bytes: 7 } });
    const file = await shop.send("GET", `/jobs/${id}/file`);
    expect([file.headers.get("content-type"), file.headers.get("content-disposition"), await file.text()]).toEqual([
      "text/csv",
      "attachment",
      "P001,5\n",
    ]);
    const second = await jobOf(await start("print"));
    await settled();
    expect((await shop.send("GET", `/jobs/${id}/file`)).status).toBe(404);
    expect((await shop.send("GET", `/jobs/${second.id}/file`)).status).toBe(200);
    const { id: fileless } = await jobOf(await start("verify"));
    await settled();
    expect((await shop.send("GET", `/jobs/${fileless}/file`)).status).toBe(409);
  });
});

describe("a command that is preferred to be answered later", () => {
  test("is answered with 202 and runs, once under its key", async () => {
    const sale = { sku: "TEA-50", storeId: "berlin", quantity: 1 };
    const headers = { prefer: "wait=5, respond-async", "idempotency-key": "order-1" };
    const response = await shop.send("POST", "/stock/sell", sale, headers);
    expect([response.status, response.headers.get("preference-applied")]).toEqual([202, "respond-async"]);
    const { id } = await jobOf(response);
    expect(response.headers.get("location")).toBe(`/jobs/${id}`);
    await settled();
    expect(await look(id)).toMatchObject({ kind: "stock.sell", status: "done", result: { replayed: false, levels: [{ onHand: 4 }] } });
    const again = await jobOf(await shop.send("POST", "/stock/sell", sale, headers));
    await settled();
    expect(await look(again.id)).toMatchObject({ result: { replayed: true } });
    expect((await shop.inventory.stock.level({ sku: "TEA-50", storeId: "berlin" })).onHand).toBe(4);
  });

  test("can't be cancelled: it is under way in the ledger", async () => {
    const inventory = await createInventory({ storage: memoryStorage() });
    shop = await serve({ inventory: { ...inventory, execute: () => new Promise(() => undefined) } });
    const { id } = await jobOf(await shop.send("POST", "/stock/sell", {}, { prefer: "respond-async" }));
    const refused = await shop.send("DELETE", `/jobs/${id}`);
    expect([refused.status, ((await refused.json()) as { details: object }).details]).toEqual([
      409,
      { entity: "job", key: id, state: "not cancellable" },
    ]);
  });
});
