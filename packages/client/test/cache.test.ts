import { notifyManager, QueryClient } from "@tanstack/query-core";
import { describe, expect, it } from "vitest";
import { levelChange, productChange } from "./support/rows";
import { settle, setUp } from "./support/set-up";

const tea = { sku: "TEA", storeId: "berlin" };
const listen = () => undefined;

describe("the query cache", () => {
  it("holds one query per row and one list of ids per filter, never stale and never collected", async () => {
    const queryClient = new QueryClient();
    const { client, server, start } = setUp({ client: { queryClient } });
    server.commit([levelChange(1, tea, 5), productChange(1, "TEA")]);
    client.levels({ storeId: "berlin" }).subscribe(listen);
    client.products().subscribe(listen);
    await start();
    const keys = queryClient
      .getQueryCache()
      .getAll()
      .map(({ queryKey }) => queryKey.slice(0, 2).join("/"));
    expect(keys.sort()).toEqual(["onhand/index", "onhand/index", "onhand/level", "onhand/product"]);
    expect(queryClient.getQueryData(["onhand", "level", "tea/berlin"])).toBe(client.level(tea).get());
    expect(
      queryClient
        .getQueryCache()
        .getAll()
        .every((query) => query.isStale() === false),
    ).toBe(true);
  });

  it.each([
    ["Straße", "STRASSE"],
    ["ΟΔΟΣ", "οδος"],
  ])("a product is one however its SKU is spelt: %s, %s", async (told, asked) => {
    const { client, server, start } = setUp();
    server.commit([levelChange(1, { ...tea, sku: told }, 5), productChange(1, told)]);
    client.level({ ...tea, sku: asked }).subscribe(listen);
    client.product(asked).subscribe(listen);
    await start();
    expect(client.level({ ...tea, sku: asked }).get()).toMatchObject({ sku: told, onHand: 5 });
    expect(client.product(asked).get()).toMatchObject({ sku: told });
  });

  it("a change writes its own row's query and no other; the index only when a row comes", async () => {
    const queryClient = new QueryClient();
    const { client, server, start } = setUp({ client: { queryClient } });
    server.commit([levelChange(1, tea, 5), levelChange(1, { ...tea, sku: "MUG" }, 7)]);
    client.levels().subscribe(listen);
    await start();
    const written: unknown[] = [];
    queryClient.getQueryCache().subscribe((event) => event.type === "updated" && written.push(event.query.queryKey[1]));
    server.commit([levelChange(2, tea, 4)]);
    expect(written).toEqual(["level"]);
    server.commit([levelChange(3, { ...tea, sku: "POT" }, 4)]);
    expect(written).toEqual(["level", "level", "index"]);
  });

  it("a frame with many changes is one notification", async () => {
    const { client, server, start } = setUp();
    const rows = Array.from({ length: 50 }, (_, n) => ({ sku: `P${n}`, storeId: "berlin" }));
    for (const row of rows) client.level(row).subscribe(listen);
    client.levels().subscribe(listen);
    await start();
    let flushes = 0;
    notifyManager.setBatchNotifyFunction((run) => {
      flushes += 1;
      run();
    });
    server.commit(rows.map((row) => levelChange(1, row, 1)));
    notifyManager.setBatchNotifyFunction((run) => run());
    expect(flushes).toBe(1);
  });

  it("what is let go leaves the cache", async () => {
    const queryClient = new QueryClient();
    const { client, server, timers, start } = setUp({ client: { queryClient } });
    server.commit([levelChange(1, tea, 5)]);
    const stop = client.level(tea).subscribe(listen);
    await start();
    expect(queryClient.getQueryCache().getAll()).toHaveLength(1);
    stop();
    await settle();
    timers.advance(5_000);
    expect(queryClient.getQueryCache().getAll()).toHaveLength(0);
  });
});
