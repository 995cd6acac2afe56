import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { createConnection } from "mysql2/promise";
import pg from "pg";
import { beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { mysqlServer, postgresServer, waitFor } from "../servers";
import { createFraming, type Direction } from "./framing";
import { type Fate, type PassingMessage, startTcpProxy, type TcpProxy } from "./tcp-proxy";

const patienceMs = 10_000;

describe("on a server that repeats what it hears", () => {
  let proxy: TcpProxy;
  let heard: string;

  beforeEach(async () => {
    heard = "";
    const sockets = new Set<Socket>();
    const server = createServer((socket) => {
      sockets.add(socket);
      socket.on("error", () => socket.destroy());
      socket.on("data", (bytes) => {
        heard += bytes;
        socket.write(bytes);
      });
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    proxy = await startTcpProxy({ host: "127.0.0.1", port: (server.address() as AddressInfo).port, protocol: "bytes" });
    onTestFinished(async () => {
      await proxy.close();
      for (const socket of sockets) socket.destroy();
      server.close();
    });
  });

  async function client() {
    const socket = connect(proxy.port, "127.0.0.1");
    let said = "";
    let over = false;
    socket.on("data", (bytes) => {
      said += bytes;
    });
    socket
      .on("error", () => undefined)
      .on("close", () => {
        over = true;
      });
    await once(socket, "connect");
    onTestFinished(() => void socket.destroy());
    return { send: (text: string) => socket.write(text), said: () => said, over: () => over };
  }

  const at = (direction: Direction, place: number, fate: Fate) =>
    proxy.intercept((message) => (message.direction === direction && message.place === place ? fate : "forward"));
  const until = (what: string, isTrue: () => boolean) => waitFor(what, patienceMs, isTrue);

  test("without a rule everything passes, both ways", async () => {
    const { send, said } = await client();
    send("one");
    await until("the echo", () => said() === "one");
    expect(proxy.seen().map(({ direction, place }) => `${direction} ${place}`)).toEqual(["toServer 1", "toClient 1"]);
  });

  test("cut before a message: it never arrives, and both sides are told", async () => {
    const { send, over } = await client();
    at("toServer", 1, "cut-before");
    send("lost");
    await until("the end", over);
    expect(heard).toBe("");
    await until("the server's end", () => proxy.connections() === 0);
  });

  test("cut after a message: it arrives, and its answer does not", async () => {
    const { send, said, over } = await client();
    at("toServer", 1, "cut-after");
    send("arrives");
    await until("the end", over);
    await until("the message", () => heard === "arrives");
    expect(said()).toBe("");
  });

  test("a black hole swallows everything either way, and nobody is told", async () => {
    const { send, said, over } = await client();
    at("toServer", 1, "black-hole");
    send("swallowed");
    await until("the message at the proxy", () => proxy.seen().length === 1);
    // Another connection shows that time has passed: whatever would have arrived had arrived before its echo.
    proxy.intercept(undefined);
    const other = await client();
    other.send("passes");
    await until("the other's echo", () => other.said() === "passes");
    expect(heard).toBe("passes");
    expect([said(), over()]).toEqual(["", false]);
  });

  test("one direction alone can go silent: the server hears, its answers don't arrive", async () => {
    const { send, said, over } = await client();
    at("toClient", 1, "mute");
    send("heard");
    await until("the server", () => heard === "heard");
    await until("the answer at the proxy", () => proxy.seen().length === 2);
    send(", and more");
    await until("the server", () => heard === "heard, and more");
    expect([said(), over()]).toEqual(["", false]);
  });

  test("a delayed message and those behind it arrive in their order when they are let go", async () => {
    const { send, said } = await client();
    at("toClient", 1, "delay");
    send("first ");
    await until("the answer at the proxy", () => proxy.seen().length === 2);
    send("second");
    await until("the server", () => heard === "first second");
    expect(said()).toBe("");
    proxy.release();
    await until("both", () => said() === "first second");
  });

  test("all links can be cut at once, and later ones are whole", async () => {
    const clients = await Promise.all([client(), client()]);
    await until("both", () => proxy.connections() === 2);
    proxy.cutAll();
    for (const { over } of clients) await until("the end", over);
    proxy.recount();
    const { send, said } = await client();
    send("again");
    await until("the echo", () => said() === "again");
    expect(proxy.seen().map(({ place }) => place)).toEqual([1, 1]);
  });
});

describe("real clients", () => {
  async function proxyTo(url: string, protocol: "postgres" | "mysql") {
    const { hostname, port } = new URL(url);
    const proxy = await startTcpProxy({ host: hostname, port: Number(port), protocol });
    onTestFinished(proxy.close);
    const through = new URL(url);
    through.host = `127.0.0.1:${proxy.port}`;
    return { proxy, url: through.href };
  }

  const kinds = (messages: readonly PassingMessage[], direction: Direction) =>
    messages.filter((message) => message.direction === direction).map(({ kind }) => kind);

  async function throughPg() {
    const { proxy, url } = await proxyTo(await postgresServer(), "postgres");
    const client = new pg.Client({ connectionString: url });
    client.on("error", () => undefined);
    await client.connect();
    onTestFinished(() => client.end());
    proxy.recount();
    return { proxy, run: (sql: string) => client.query(sql) };
  }

  async function throughMysql() {
    const { proxy, url } = await proxyTo(await mysqlServer(), "mysql");
    const connection = await createConnection(url);
    connection.on("error", () => undefined);
    onTestFinished(() => connection.destroy());
    proxy.recount();
    return { proxy, run: (sql: string) => connection.query(sql) };
  }

  test("every message of a pg transaction is told apart", async () => {
    const { proxy, run } = await throughPg();
    for (const sql of ["BEGIN", "SELECT 1", "COMMIT"]) await run(sql);
    expect(kinds(proxy.seen(), "toServer")).toEqual(["Q", "Q", "Q"]);
    expect(kinds(proxy.seen(), "toClient")).toEqual(["C", "Z", "T", "D", "C", "Z", "C", "Z"]);
  });

  test("every packet of a mysql2 transaction is told apart", async () => {
    const { proxy, run } = await throughMysql();
    for (const sql of ["BEGIN", "SELECT 1", "COMMIT"]) await run(sql);
    expect(kinds(proxy.seen(), "toServer")).toEqual(["3", "3", "3"]);
    // An OK; columns, one definition, its end, one row, its end; an OK.
    expect(kinds(proxy.seen(), "toClient")).toHaveLength(7);
  });

  test.each([
    ["pg", throughPg],
    ["mysql2", throughMysql],
  ])("%s fails when the answer to its question is cut off, and has what arrived before", async (_name, connectThrough) => {
    const { proxy, run } = await connectThrough();
    await run("SELECT 1");
    proxy.recount();
    proxy.intercept(({ direction, place }) => (direction === "toClient" && place === 1 ? "cut-before" : "forward"));
    await expect(run("SELECT 2")).rejects.toThrow();
    expect(kinds(proxy.seen(), "toServer")).toHaveLength(1);
  });

  test("messages are whole however their bytes come", () => {
    const framing = createFraming("postgres");
    const startup = Buffer.from([0, 0, 0, 9, 0, 3, 0, 0, 0]);
    const query = Buffer.concat([Buffer.from("Q"), Buffer.from([0, 0, 0, 8]), Buffer.from("BEG\0")]);
    const kinds = [...Buffer.concat([startup, query, query])].flatMap((byte) =>
      framing.push("toServer", Buffer.from([byte])).map(({ kind }) => kind),
    );
    expect(kinds).toEqual(["startup", "Q", "Q"]);
  });
});
