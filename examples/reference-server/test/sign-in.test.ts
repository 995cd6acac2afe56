import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInventory, isInventoryError, rolePolicy } from "@onhand/core";
import { manualClock } from "@onhand/core/testing";
import { memoryStorage } from "@onhand/storage-adapters/memory";
import { pino } from "pino";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { pagesFor } from "../src/access";
import { hashPassword, verifyPassword } from "../src/auth/passwords";
import { openSessions, type Sessions } from "../src/auth/sessions";
import { createSignIn, type SignInOptions } from "../src/auth/sign-in";
import { addUser, loadUsers, readUsers, type User } from "../src/auth/users";
import { createApp } from "../src/http/app";

const password = "correct horse battery";
const address = "10.0.0.1";
let mia: User;
let vic: User;

beforeAll(async () => {
  const passwordHash = await hashPassword(password);
  mia = { name: "mia", passwordHash, roles: ["operator"], stores: ["berlin"] };
  vic = { name: "vic", passwordHash, roles: ["viewer"], stores: "*" };
});

const refusal = async (call: Promise<unknown>) => {
  const error = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!isInventoryError(error)) throw error ?? new Error("was not refused");
  return { code: error.code, ...error.details };
};

/** Sessions that end with the test, unless it says where they are kept. */
function signInOf(users: readonly User[], options: Partial<SignInOptions> = {}) {
  return createSignIn(users, { sessions: options.sessions ?? sessionsIn(":memory:"), ...options });
}

function sessionsIn(file: string): Sessions {
  const sessions = openSessions(file);
  onTestFinished(() => sessions.close());
  return sessions;
}

/** Counts how often a password was looked at, without the work of it. */
function watched(clock = manualClock()) {
  const looked: string[] = [];
  const verify = async (hash: string, given: string) => {
    looked.push(hash);
    return hash === mia.passwordHash && given === password;
  };
  return { looked, clock, open: () => signInOf([mia, vic], { clock, verify }) };
}

describe("signing in", () => {
  test("gives a token that says who it is, for ten minutes", async () => {
    const clock = manualClock();
    const signIn = await signInOf([mia], { clock });
    const { accessToken, expiresInSeconds } = await signIn.signIn({ name: "mia", password, address });
    expect(await signIn.authenticate({ token: accessToken })).toMatchObject({ id: "mia", roles: ["operator"], stores: ["berlin"] });
    expect(await (await signInOf([mia], { clock })).authenticate({ token: accessToken })).toBeUndefined();
    clock.advance((expiresInSeconds + 6) * 1_000);
    expect(await signIn.authenticate({ token: accessToken })).toBeUndefined();
  });

  test("with a wrong password and with an unknown name is answered alike, after the same work", async () => {
    const { open, looked } = watched();
    const signIn = await open();
    const wrong = await refusal(signIn.signIn({ name: "mia", password: "wrong", address }));
    const unknown = await refusal(signIn.signIn({ name: "nobody", password: "wrong", address }));
    expect(wrong).toEqual({ code: "UNAUTHENTICATED", reason: "the name or the password is wrong" });
    expect(unknown).toEqual(wrong);
    expect(looked).toHaveLength(2);
    expect(looked[1]).toMatch(/^\$argon2id\$/);
    const parameters = (hash: string | undefined) => hash?.split("$").slice(1, 4);
    expect(parameters(looked[1])).toEqual(parameters(looked[0]));
  });

  test("an unknown name never gets in, whatever the dummy password is", async () => {
    const signIn = await signInOf([mia], { verify: async () => true });
    expect(await refusal(signIn.signIn({ name: "nobody", password, address }))).toMatchObject({ code: "UNAUTHENTICATED" });
  });

  test("is locked for a name after ten wrong passwords, known or not, also for the right one; a right one before starts anew", async () => {
    const { open, looked } = watched();
    const signIn = await open();
    const wrong = (name: string, from: string) => refusal(signIn.signIn({ name, password: "wrong", address: from }));
    for (let tries = 0; tries < 9; tries += 1) await wrong("mia", `a${tries}`);
    await signIn.signIn({ name: "mia", password, address });
    for (const name of ["mia", "nobody"]) {
      for (let tries = 0; tries < 10; tries += 1) expect(await wrong(name, `b${tries}`)).toMatchObject({ code: "UNAUTHENTICATED" });
    }
    const before = looked.length;
    expect(await wrong("nobody", "c")).toMatchObject({ code: "RATE_LIMITED", retryAfterMs: expect.any(Number) });
    expect(await refusal(signIn.signIn({ name: "mia", password, address: "c" }))).toMatchObject({ code: "RATE_LIMITED" });
    expect(looked).toHaveLength(before);
  });

  test("is locked for an address that tries many names, however many at once", async () => {
    const { open, looked } = watched();
    const signIn = await open();
    const all = await Promise.all(
      Array.from({ length: 40 }, (_, index) => refusal(signIn.signIn({ name: `n${index}`, password: "x", address }))),
    );
    expect(all.filter(({ code }) => code === "RATE_LIMITED")).toHaveLength(10);
    expect(looked).toHaveLength(30);
  });
});

describe("a refresh token", () => {
  test("is good once, for the next; used again it ends the family, the latest included", async () => {
    const { open } = watched();
    const signIn = await open();
    const first = await signIn.signIn({ name: "mia", password, address });
    const second = await signIn.refresh(first.refreshToken);
    const third = await signIn.refresh(second.refreshToken);
    expect(await signIn.authenticate({ token: third.accessToken })).toMatchObject({ id: "mia" });
    const other = await signIn.signIn({ name: "mia", password, address });
    expect(await refusal(signIn.refresh(first.refreshToken))).toMatchObject({ code: "UNAUTHENTICATED" });
    expect(await refusal(signIn.refresh(third.refreshToken))).toMatchObject({ code: "UNAUTHENTICATED" });
    expect((await signIn.refresh(other.refreshToken)).name).toBe("mia");
  });

  test("ends by signing out, after thirty days, and is nobody's when made up", async () => {
    const { open, clock } = watched();
    const signIn = await open();
    const [left, old] = [await signIn.signIn({ name: "mia", password, address }), await signIn.signIn({ name: "mia", password, address })];
    signIn.signOut(left.refreshToken);
    clock.advance(30 * 86_400_000);
    for (const token of [left.refreshToken, old.refreshToken, "", "a.b", "."]) {
      expect(await refusal(signIn.refresh(token))).toMatchObject({ code: "UNAUTHENTICATED" });
    }
  });
});

describe("sessions kept in a file", () => {
  /** A server's life: each opens the file anew. */
  async function lives() {
    const file = `${await folder()}.sessions.db`;
    const clock = manualClock();
    return {
      file,
      clock,
      async open(users: readonly User[] = [mia, vic]) {
        const sessions = openSessions(file);
        return { ...(await createSignIn(users, { sessions, clock, verify: async () => true })), close: () => sessions.close() };
      },
    };
  }
  const who = { name: "mia", password, address };

  test("outlive the server: access tokens hold, refresh tokens go on", async () => {
    const { open, file } = await lives();
    const first = await open();
    const { accessToken, refreshToken } = await first.signIn(who);
    first.close();
    const second = await open();
    expect(await second.authenticate({ token: accessToken })).toMatchObject({ id: "mia", roles: ["operator"] });
    const next = await second.refresh(refreshToken);
    second.close();
    const third = await open();
    expect((await third.refresh(next.refreshToken)).name).toBe("mia");
    third.close();
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  });

  test("tell a token that was used before the restart, and end its family", async () => {
    const { open } = await lives();
    const first = await open();
    const stolen = await first.signIn(who);
    const latest = await first.refresh(stolen.refreshToken);
    const left = await first.signIn(who);
    first.signOut(left.refreshToken);
    first.close();
    const second = await open();
    expect(await refusal(second.refresh(left.refreshToken))).toMatchObject({ code: "UNAUTHENTICATED" });
    expect(await refusal(second.refresh(stolen.refreshToken))).toMatchObject({ code: "UNAUTHENTICATED" });
    second.close();
    const third = await open();
    expect(await refusal(third.refresh(latest.refreshToken))).toMatchObject({ code: "UNAUTHENTICATED" });
    third.close();
  });

  test("end after thirty days, restarts or not", async () => {
    const { open, clock } = await lives();
    const first = await open();
    const { refreshToken } = await first.signIn(who);
    first.close();
    clock.advance(30 * 86_400_000);
    const second = await open();
    expect(await refusal(second.refresh(refreshToken))).toMatchObject({ code: "UNAUTHENTICATED" });
    second.close();
  });

  test("end for who has another password or is gone, and go on for the others", async () => {
    const { open } = await lives();
    const first = await open();
    const [hers, his, again] = [await first.signIn(who), await first.signIn({ ...who, name: "vic" }), await first.signIn(who)];
    first.close();
    const changed = await open([{ ...mia, passwordHash: await hashPassword("another password") }, vic]);
    expect(await changed.authenticate({ token: hers.accessToken })).toBeUndefined();
    expect(await refusal(changed.refresh(hers.refreshToken))).toMatchObject({ code: "UNAUTHENTICATED" });
    const his2 = await changed.refresh(his.refreshToken);
    changed.close();
    const gone = await open([vic]);
    expect(await refusal(gone.refresh(again.refreshToken))).toMatchObject({ code: "UNAUTHENTICATED" });
    expect((await gone.refresh(his2.refreshToken)).name).toBe("vic");
    gone.close();
  });

  test("are the same for two servers, of which one takes a token that both are shown", async () => {
    const { open } = await lives();
    const [one, other] = [await open(), await open()];
    const { accessToken, refreshToken } = await one.signIn(who);
    expect(await other.authenticate({ token: accessToken })).toMatchObject({ id: "mia" });
    const next = await other.refresh(refreshToken);
    expect(await refusal(one.refresh(refreshToken))).toMatchObject({ code: "UNAUTHENTICATED" });
    expect(await refusal(other.refresh(next.refreshToken))).toMatchObject({ code: "UNAUTHENTICATED" });
    one.close();
    other.close();
  });

  test("hold no token, and are refused where the file is something else", async () => {
    const { open, file } = await lives();
    const server = await open();
    const { refreshToken, accessToken } = await server.signIn(who);
    server.close();
    const kept = await readFile(file, "latin1");
    for (const part of [...refreshToken.split(".").slice(1), accessToken]) expect(kept).not.toContain(part);
    await writeFile(file, "these are no sessions, but something else of some length".repeat(100));
    expect(await refusal(open())).toMatchObject({ code: "STORAGE_UNAVAILABLE" });
    expect(await refusal((async () => openSessions("/there/is/no/folder/sessions.db"))())).toMatchObject({ code: "STORAGE_UNAVAILABLE" });
  });

  test("are 10,000 at most: the oldest go", async () => {
    const sessions = sessionsIn(":memory:");
    const family = (index: number) => ({ id: `f${index}`, name: "mia", credential: Buffer.of(1), latest: Buffer.of(2), endsAt: index });
    for (let index = 1; index <= 10_002; index += 1) sessions.add(family(index), 0);
    expect([1, 2, 3, 10_002].map((index) => sessions.nameOf(`f${index}`))).toEqual([undefined, undefined, "mia", "mia"]);
    sessions.add(family(20_000), 10_001);
    expect([10_001, 10_002, 20_000].map((index) => sessions.nameOf(`f${index}`))).toEqual([undefined, "mia", "mia"]);
  }, 60_000);
});

async function folder() {
  const directory = await mkdtemp(join(tmpdir(), "onhand-"));
  onTestFinished(() => rm(directory, { recursive: true }));
  return join(directory, "users.json");
}

describe("the users file", () => {
  test("is made with an admin where there is none, readable by its owner only, without the password in it", async () => {
    const file = await folder();
    expect(await refusal(loadUsers(file, undefined))).toMatchObject({ code: "INVALID_INPUT" });
    expect(await refusal(loadUsers(file, "short"))).toMatchObject({ code: "INVALID_INPUT" });
    const users = await loadUsers(file, password);
    expect(users).toMatchObject([{ name: "admin", roles: ["admin"], stores: "*" }]);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await readFile(file, "utf8")).not.toContain(password);
    expect(await verifyPassword(users[0]?.passwordHash as string, password)).toBe(true);
    expect(await loadUsers(file, "another password")).toEqual(users);
  });

  test("takes more users, and another password for one it has", async () => {
    const file = await folder();
    await addUser(file, { name: "mia", roles: ["operator"], stores: ["berlin"] }, password);
    await addUser(file, { name: "vic", roles: ["viewer"], stores: "*" }, password);
    const users = await addUser(file, { name: "mia", roles: ["manager"], stores: "*" }, "another password");
    expect(users.map(({ name, roles }) => [name, roles])).toEqual([
      ["vic", ["viewer"]],
      ["mia", ["manager"]],
    ]);
    expect(await readUsers(file)).toEqual(users);
  });

  test.each([
    ["no JSON", "{"],
    ["a role there is none of", '{"users":[{"name":"a","passwordHash":"$argon2id$x","roles":["root"],"stores":"*"}]}'],
    ["a password as it is", '{"users":[{"name":"a","passwordHash":"secret","roles":["admin"],"stores":"*"}]}'],
    ["a field too many", '{"users":[],"admins":[]}'],
  ])("with %s stops the server from starting", async (_, text) => {
    const file = await folder();
    await writeFile(file, text);
    expect(await refusal(loadUsers(file, password))).toMatchObject({ code: "INVALID_INPUT" });
  });
});

describe("over HTTP", () => {
  const host = "127.0.0.1:3000";
  async function served() {
    const inventory = await createInventory({ storage: memoryStorage() });
    for (const id of ["berlin", "paris"]) await inventory.stores.create({ id, name: id });
    await inventory.products.create({ sku: "TEA", name: "Tea" });
    for (const storeId of ["berlin", "paris"]) await inventory.stock.receive({ sku: "TEA", storeId, quantity: 5 });
    const signIn = await signInOf([mia, vic]);
    const app = createApp({
      inventory,
      storage: "memory",
      wayIn: "password",
      signIn,
      identify: (token) => signIn.authenticate(token === undefined ? {} : { token }),
      authorize: rolePolicy(),
      pages: pagesFor({ host: "127.0.0.1", port: 3000 }, []),
      dashboard: "/there/is/no/dashboard",
      logger: pino({ level: "silent" }),
    });
    const send = (method: string, path: string, body?: object, headers: Record<string, string> = {}) =>
      app.request(`http://${host}${path}`, {
        method,
        headers: { Host: host, ...(body && { "Content-Type": "application/json" }), ...headers },
        ...(body && { body: JSON.stringify(body) }),
      });
    const tokenOf = async (name: string) => {
      const { accessToken } = (await (await send("POST", "/api/session", { name, password })).json()) as { accessToken: string };
      return { Authorization: `Bearer ${accessToken}` };
    };
    return { inventory, send, tokenOf };
  }

  test("the refresh token comes in a cookie no script can read, goes on by it, and ends by signing out", async () => {
    const { send } = await served();
    expect(await (await send("GET", "/api/session")).json()).toEqual({ wayIn: "password" });
    const response = await send("POST", "/api/session", { name: "mia", password });
    const cookie = response.headers.get("Set-Cookie") ?? "";
    expect(cookie).toMatch(/HttpOnly/);
    expect(cookie).toMatch(/SameSite=Strict/);
    expect(cookie).toMatch(/Path=\/api\/session/);
    expect(Object.keys((await response.json()) as object).sort()).toEqual(["accessToken", "expiresInSeconds", "name"]);
    const Cookie = cookie.split(";", 1)[0] as string;
    const refreshed = await send("POST", "/api/session/refresh", undefined, { Cookie });
    expect(refreshed.status).toBe(200);
    expect((await send("POST", "/api/session/refresh", undefined, { Cookie })).status).toBe(401);
    const again = (await send("POST", "/api/session", { name: "mia", password })).headers.get("Set-Cookie")?.split(";", 1)[0] as string;
    expect((await send("DELETE", "/api/session", undefined, { Cookie: again })).status).toBe(204);
    expect((await send("POST", "/api/session/refresh", undefined, { Cookie: again })).status).toBe(401);
  });

  test("tells whoever is signed in which commands are open to them, and nobody else", async () => {
    const { send, tokenOf } = await served();
    const permissionsOf = async (name: string) =>
      (await (await send("GET", "/api/session/permissions", undefined, await tokenOf(name))).json()) as { id: string; actions: string[] };
    expect(await permissionsOf("vic")).toEqual({ id: "vic", actions: [] });
    const { id, actions } = await permissionsOf("mia");
    expect(id).toBe("mia");
    expect(actions).toEqual(expect.arrayContaining(["stock.sell", "alerts.acknowledge", "purchaseOrders.receive"]));
    expect(actions).not.toContain("alerts.dismiss");
    expect((await send("GET", "/api/session/permissions")).status).toBe(401);
  });

  test("what is wrong is said alike, and a page of another site gets nothing", async () => {
    const { send } = await served();
    const [wrong, unknown] = [
      await send("POST", "/api/session", { name: "mia", password: "wrong" }),
      await send("POST", "/api/session", { name: "nobody", password: "wrong" }),
    ];
    expect([wrong.status, unknown.status]).toEqual([401, 401]);
    const said = async (response: Response) => ({ ...((await response.json()) as object), requestId: "" });
    expect(await said(wrong)).toEqual(await said(unknown));
    expect((await send("POST", "/api/session", { name: "mia" })).status).toBe(400);
    expect((await send("POST", "/api/session", { name: "a".repeat(5_000), password: "x" })).status).toBe(413);
    expect((await send("POST", "/api/session", { name: "mia", password }, { Origin: "https://evil.example" })).status).toBe(403);
  });

  test("too many tries are 429 with the time to come back", async () => {
    const { send } = await served();
    for (let tries = 0; tries < 10; tries += 1) await send("POST", "/api/session", { name: "ghost", password: "x" });
    const response = await send("POST", "/api/session", { name: "ghost", password: "x" });
    expect(response.status).toBe(429);
    expect(Number(response.headers.get("Retry-After"))).toBeGreaterThan(0);
  });

  test("roles hold: what may be done, where, and what is shown", async () => {
    const { inventory, send, tokenOf } = await served();
    const [hers, his] = [await tokenOf("mia"), await tokenOf("vic")];
    const sell = (storeId: string, headers: Record<string, string>) =>
      send("POST", "/api/stock/sell", { sku: "TEA", storeId, quantity: 1 }, headers);
    expect([(await sell("berlin", hers)).status, (await sell("paris", hers)).status, (await sell("berlin", his)).status]).toEqual([
      200, 403, 403,
    ]);
    expect((await inventory.stock.movements({ type: "sold" })).items.map(({ actor }) => actor)).toEqual(["mia"]);
    const { items } = (await (await send("GET", "/api/levels", undefined, hers)).json()) as { items: { storeId: string }[] };
    expect(items.map(({ storeId }) => storeId)).toEqual(["berlin"]);
    const { items: stores } = (await (await send("GET", "/api/stores", undefined, hers)).json()) as { items: { id: string }[] };
    expect(stores.map(({ id }) => id)).toEqual(["berlin"]);
    expect((await send("GET", "/api/levels")).status).toBe(401);
  });
});
