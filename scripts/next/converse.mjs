import assert from "node:assert/strict";
import { spawn } from "node:child_process";

// Starts the built app and talks to it, as a till and as somebody with a browser.
const server = spawn(process.execPath, ["node_modules/next/dist/bin/next", "start", "-H", "127.0.0.1", "-p", "0"], {
  stdio: ["ignore", "pipe", "inherit"],
});
const url = await new Promise((resolve, reject) => {
  let said = "";
  server.stdout.setEncoding("utf8").on("data", (text) => {
    said += text;
    const [, port] = /http:\/\/127\.0\.0\.1:(\d+)/.exec(said) ?? [];
    if (port !== undefined && said.includes("Ready")) resolve(`http://127.0.0.1:${port}`);
  });
  server.once("exit", () => reject(new Error(`next ended: ${said}`)));
});

const send = async (path, body, headers = {}) => {
  const response = await fetch(url + path, {
    method: "POST",
    headers: { Authorization: "Bearer clerk", "Content-Type": "application/json", ...headers },
    body: JSON.stringify(body),
  });
  return { status: response.status, body: await response.json() };
};

try {
  assert.equal((await send("/api/products", { sku: "TEA", name: "Tea" })).status, 201);
  assert.equal((await send("/api/stores", { id: "berlin", name: "Berlin" })).status, 201);
  const tea = { sku: "TEA", storeId: "berlin" };
  for (const replayed of [false, true]) {
    const received = await send("/api/stock/receive", { ...tea, quantity: 5 }, { "Idempotency-Key": "delivery-1" });
    assert.equal(received.body.replayed, replayed);
  }
  const refused = await send("/api/stock/sell", { ...tea, quantity: 9 });
  assert.deepEqual([refused.status, refused.body.code], [409, "INSUFFICIENT_STOCK"]);
  assert.equal((await send("/api/stock/sell", { ...tea, quantity: 2 })).status, 200);
  assert.equal((await fetch(`${url}/api/products`)).status, 401);
  assert.match(await (await fetch(url)).text(), /3 left/);
  console.log("a Next.js app builds, serves the API from a route, and reads the same stock in a page");
} finally {
  server.removeAllListeners("exit");
  server.kill("SIGTERM");
}
