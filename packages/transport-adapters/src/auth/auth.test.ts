import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type Principal, rolePolicy } from "@onhand/core";
import { manualClock, minutes } from "@onhand/core/testing";
import { exportJWK, generateKeyPair, SignJWT, UnsecuredJWT } from "jose";
import { afterEach, describe, expect, it } from "vitest";
import { hubFixture } from "../shared/testing/hub-fixture";
import { settled } from "../shared/testing/manual-time";
import { type ApiKeyRecord, apiKeys, bearerTokens, createApiKey, firstOf, requestAuthenticator, sessions } from "./index";

const clock = manualClock();
const secret = "a secret that is long enough to be one";
const bytes = new TextEncoder().encode(secret);
const demanded = { issuer: "https://id.example/", audience: "stock", clock };
const seconds = (ms: number) => Math.floor(ms / 1_000);

const token = (claims: object = {}, { alg = "HS256", key = bytes as Parameters<SignJWT["sign"]>[0], kid = "k1" } = {}) =>
  new SignJWT({
    iss: demanded.issuer,
    aud: "stock",
    sub: "mia",
    exp: seconds(clock.now()) + 60,
    roles: ["operator"],
    stores: ["berlin"],
    ...claims,
  })
    .setProtectedHeader({ alg, kid })
    .sign(key);

const mia = { id: "mia", roles: ["operator"], stores: ["berlin"] };

describe("bearer tokens by a shared secret", () => {
  const authenticate = bearerTokens({ secret, ...demanded });

  it("say who it is, with roles, stores and until when", async () => {
    expect(await authenticate({ token: await token() })).toEqual({ ...mia, expiresAt: (seconds(clock.now()) + 60) * 1_000 });
  });

  it("are good a little longer than they say, and no more", async () => {
    const { exp } = { exp: seconds(clock.now()) };
    expect(await authenticate({ token: await token({ exp: exp - 4 }) })).toBeDefined();
    expect(await authenticate({ token: await token({ exp: exp - 6 }) })).toBeUndefined();
    expect(await authenticate({ token: await token({ nbf: exp + 4 }) })).toBeDefined();
    expect(await authenticate({ token: await token({ nbf: exp + 6 }) })).toBeUndefined();
  });

  it.each<[string, () => Promise<string> | string]>([
    ["another secret", () => token({}, { key: new TextEncoder().encode("some other secret that is long enough") })],
    ["another issuer", () => token({ iss: "https://evil.example/" })],
    ["another audience", () => token({ aud: "mail" })],
    ["no audience", () => token({ aud: undefined })],
    ["no end", () => token({ exp: undefined })],
    ["nobody's", () => token({ sub: undefined })],
    ["a name too long for a movement", () => token({ sub: "m".repeat(101) })],
    ["another algorithm", () => token({}, { alg: "HS512" })],
    ["no signature", () => new UnsecuredJWT({ sub: "mia", exp: 9_999_999_999, iss: demanded.issuer, aud: "stock" }).encode()],
    [
      "a changed claim",
      async () => (await token()).replace(/\.[^.]+\./, `.${btoa('{"sub":"boss","exp":9999999999}').replace(/=+$/, "")}.`),
    ],
    ["no token at all", () => "ohk_0123"],
    ["nothing", () => ""],
    ["far too much", () => "a".repeat(9_000)],
  ])("are nobody's with %s", async (_, made) => {
    expect(await authenticate({ token: await made() })).toBeUndefined();
    expect(await authenticate({})).toBeUndefined();
  });

  it("give no role that there is none of, and no store that is not listed", async () => {
    const strange = await token({ roles: ["root", 7, "viewer"], stores: "berlin" });
    expect(await authenticate({ token: strange })).toMatchObject({ roles: ["viewer"], stores: [] });
    expect(await authenticate({ token: await token({ roles: "admin", stores: "*" }) })).toMatchObject({ roles: [], stores: "*" });
  });

  it("may be read by the host, but last no longer for it", async () => {
    const own = bearerTokens({ secret, ...demanded, principalOf: ({ sub }) => ({ id: `u-${sub}`, roles: ["viewer"], stores: "*" }) });
    expect(await own({ token: await token() })).toMatchObject({ id: "u-mia", expiresAt: (seconds(clock.now()) + 60) * 1_000 });
  });

  it.each([
    ["a short secret", { secret: "short" }],
    ["an algorithm of key pairs", { secret, algorithms: ["RS256"] }],
    ["none", { secret, algorithms: ["none"] }],
    ["no algorithm", { secret, algorithms: [] }],
    ["neither secret nor keys", {}],
    ["public keys as secrets", { jwks: { keys: [] }, algorithms: ["HS256"] }],
  ])("can't be set up with %s", (_, options) => {
    expect(() => bearerTokens({ ...demanded, ...options } as never)).toThrow(TypeError);
  });
});

describe("bearer tokens by published keys", () => {
  const closing: (() => void)[] = [];
  afterEach(() => {
    for (const close of closing.splice(0)) close();
  });

  async function published() {
    const pair = await generateKeyPair("ES256");
    const jwk = { ...(await exportJWK(pair.publicKey)), kid: "k1", alg: "ES256" };
    let status = 200;
    const server = createServer((_, response) =>
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify({ keys: [jwk] })),
    );
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    closing.push(() => server.close());
    const jwks = `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks.json`;
    return { pair, jwk, jwks, fail: () => (status = 503) };
  }

  it("are proved by the key they name, fetched or given", async () => {
    const { pair, jwk, jwks } = await published();
    const genuine = await token({}, { alg: "ES256", key: pair.privateKey });
    for (const keys of [jwks, new URL(jwks), { keys: [jwk] }]) {
      expect(await bearerTokens({ jwks: keys, ...demanded })({ token: genuine })).toMatchObject(mia);
    }
  });

  it("are nobody's by another key, by a key nobody published, or by the public key used as a secret", async () => {
    const { jwk, jwks } = await published();
    const authenticate = bearerTokens({ jwks, ...demanded });
    const other = await generateKeyPair("ES256");
    expect(await authenticate({ token: await token({}, { alg: "ES256", key: other.privateKey }) })).toBeUndefined();
    expect(await authenticate({ token: await token({}, { alg: "ES256", key: other.privateKey, kid: "k2" }) })).toBeUndefined();
    const asSecret = new TextEncoder().encode(JSON.stringify(jwk));
    expect(await authenticate({ token: await token({}, { key: asSecret }) })).toBeUndefined();
  });

  it("are not called wrong when the keys can't be had: that is thrown, and the client comes back", async () => {
    const { pair, jwks, fail } = await published();
    fail();
    const genuine = await token({}, { alg: "ES256", key: pair.privateKey });
    await expect(bearerTokens({ jwks, ...demanded })({ token: genuine })).rejects.toThrow();
    const { connect, logged } = await hubFixture({ authenticate: bearerTokens({ jwks, ...demanded }) });
    const link = await connect({ token: genuine });
    await expect.poll(() => link.of("bye")).toMatchObject([{ code: "STORAGE_UNAVAILABLE", afterMs: 1_000 }]);
    expect(logged).toHaveLength(1);
  });
});

describe("API keys", () => {
  const till: Principal = { id: "till-7", roles: ["operator"], stores: ["berlin"] };

  function keeping(...records: ApiKeyRecord[]) {
    const asked: string[] = [];
    const find = (prefix: string) => {
      asked.push(prefix);
      return records.find((record) => record.prefix === prefix);
    };
    return { authenticate: apiKeys({ find, clock }), asked };
  }

  it("say who it is, and nothing that is kept could be made a key of", async () => {
    const { key, record } = createApiKey(till);
    const { authenticate, asked } = keeping(record);
    expect(await authenticate({ token: key })).toEqual(till);
    expect(asked).toEqual([record.prefix]);
    expect(JSON.stringify(record)).not.toContain(key.split("_").slice(2).join("_"));
    expect(createApiKey(till).key).not.toBe(key);
  });

  it("are nobody's when a character differs, when withdrawn, past their end, or in another form", async () => {
    const { key, record } = createApiKey(till);
    const { authenticate, asked } = keeping(record);
    const last = key.endsWith("A") ? "B" : "A";
    expect(await authenticate({ token: key.slice(0, -1) + last })).toBeUndefined();
    expect(await authenticate({ token: createApiKey(till).key })).toBeUndefined();
    expect(await keeping({ ...record, hash: "" }).authenticate({ token: key })).toBeUndefined();
    expect(await keeping({ ...record, expiresAt: clock.now() }).authenticate({ token: key })).toBeUndefined();
    expect(await keeping({ ...record, expiresAt: clock.now() + 1 }).authenticate({ token: key })).toMatchObject({ id: "till-7" });
    const before = asked.length;
    for (const form of ["", "ohk_", `${key}x`, key.toUpperCase(), await token()])
      expect(await authenticate({ token: form })).toBeUndefined();
    expect(asked).toHaveLength(before);
  });
});

describe("several ways in", () => {
  it("take the first answer, a session by its cookie among them", async () => {
    const { key, record } = createApiKey({ id: "till", roles: ["operator"], stores: "*" });
    const authenticate = firstOf(
      bearerTokens({ secret, ...demanded }),
      apiKeys({ find: () => record }),
      sessions(({ headers }) => (headers.cookie === "sid=1" ? { id: "web", roles: ["viewer"], stores: "*" } : undefined)),
    );
    expect(await authenticate({ token: await token() })).toMatchObject({ id: "mia" });
    expect(await authenticate({ token: key })).toMatchObject({ id: "till" });
    expect(await authenticate({ request: { headers: { cookie: "sid=1" } } })).toMatchObject({ id: "web" });
    expect(await authenticate({ token: "x", request: { headers: {} } })).toBeUndefined();
    expect(await authenticate({})).toBeUndefined();
  });

  it("are the same for requests over HTTP", async () => {
    const asked: unknown[] = [];
    const who = requestAuthenticator(
      (credentials) => {
        asked.push(credentials);
        return { id: "x" };
      },
      () => "10.0.0.7",
    );
    const headers = { authorization: "Bearer abc", cookie: "sid=1" };
    expect(await who(new Request("https://shop.example/api/stock?a=1", { headers }))).toEqual({ id: "x" });
    await who(new Request("https://shop.example/", { headers: { authorization: "Basic abc" } }));
    expect(asked).toEqual([
      { token: "abc", request: { headers, url: "/api/stock?a=1", remoteAddress: "10.0.0.7" } },
      { request: { headers: { authorization: "Basic abc" }, url: "/", remoteAddress: "10.0.0.7" } },
    ]);
  });
});

describe("on a live link", () => {
  const open = async () => {
    const fixture = await hubFixture({
      authorize: rolePolicy(),
      authenticate: (credentials) => bearerTokens({ secret, ...demanded, clock: fixture.time.clock })(credentials),
    });
    const now = () => seconds(fixture.time.clock.now());
    const sell = async (link: Awaited<ReturnType<typeof fixture.connect>>, id: string) => {
      link.say({ t: "op", id, command: "stock.receive", input: { sku: "A", storeId: "berlin", quantity: 1 } });
      await settled();
      await settled();
      return link.frames.find((frame) => (frame.t === "ack" || frame.t === "nack") && frame.id === id)?.t;
    };
    const renewed = (link: Awaited<ReturnType<typeof fixture.connect>>) => expect.poll(() => link.of("authed")).toHaveLength(1);
    return { ...fixture, now, sell, renewed };
  };

  it("a fresh token keeps it open past the end of the old one; without, it ends soon after", async () => {
    const { connect, time, now, renewed } = await open();
    const [careful, careless] = [
      await connect({ token: await token({ exp: now() + 60 }) }),
      await connect({ token: await token({ exp: now() + 60, sub: "tom" }) }),
    ];
    await expect.poll(() => [careful, careless].map((link) => link.of("welcome").length)).toEqual([1, 1]);
    careful.say({ t: "auth", token: await token({ exp: now() + 3_600 }) });
    await renewed(careful);
    for (let passed = 0; passed < 90_000; passed += 1_000) {
      time.advance(1_000);
      await settled();
    }
    expect(careless.of("bye")).toMatchObject([{ code: "UNAUTHENTICATED" }]);
    expect(careful.of("bye")).toEqual([]);
  });

  it("what a fresh token no longer allows ends with it: commands, rows and subscriptions", async () => {
    const { connect, receive, now, sell, renewed, time } = await open();
    const link = await connect({ token: await token({ exp: now() + 60, stores: ["berlin", "paris"] }) });
    await expect.poll(() => link.of("welcome")).toHaveLength(1);
    link.say({ t: "sub", ref: "paris", filter: { entities: ["level"], storeIds: ["paris"] } });
    await settled();
    expect(await sell(link, "k1")).toBe("ack");
    link.say({ t: "auth", token: await token({ exp: now() + 60, stores: ["berlin"], roles: ["viewer"] }) });
    await renewed(link);
    expect(link.of("reset")).toMatchObject([{ reason: "permission" }]);
    expect(await sell(link, "k2")).toBe("nack");
    const heard = link.of("d").length;
    await receive("A", "paris");
    time.advance(25);
    await settled();
    expect(link.of("d")).toHaveLength(heard);
  });

  it("a token that is nobody's ends it", async () => {
    const { connect, now } = await open();
    const link = await connect({ token: await token({ exp: now() + 60 }) });
    await expect.poll(() => link.of("welcome")).toHaveLength(1);
    link.say({ t: "auth", token: await token({ exp: now() - minutes(1) }) });
    await expect.poll(() => link.of("bye")).toMatchObject([{ code: "UNAUTHENTICATED" }]);
  });
});
