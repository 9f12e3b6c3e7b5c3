import { createECDH, createPublicKey, verify } from "node:crypto";
import { createServer, type Server } from "node:https";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createLookup } from "#connectors/http/reach.ts";
import { createPushChannel } from "#notify/channels/push.ts";
import { createPushKeys } from "#notify/push-keys.ts";
import { siteCertificate } from "../connectors/http/site-certificate.ts";
import { freePort } from "../free-port.ts";
import { newStore } from "../store/new-store.ts";
import { seal } from "../triggers/world.ts";
import { addressOf, channelContract, message, type Side, signal } from "./channel-contract.ts";

const { decrypt } = createRequire(import.meta.url)("http_ece") as {
  decrypt(body: Buffer, how: { version: "aes128gcm"; privateKey: unknown; authSecret: Buffer }): Buffer;
};

const before = getCACertificates("default");
beforeAll(() => setDefaultCACertificates([...before, siteCertificate.cert]));
afterAll(() => setDefaultCACertificates(before));

const auth = Buffer.alloc(16, 3);
const browser = createECDH("prime256v1");
browser.generateKeys();
const subscription = (port: number) => ({
  endpoint: `https://site.example:${port}/push/secret-of-the-browser`,
  p256dh: browser.getPublicKey("base64url"),
  auth: auth.toString("base64url"),
});
const lookup = createLookup("loopback", {
  resolve: (_name, _options, callback) => callback(null, [{ address: "127.0.0.1", family: 4 }]),
});

interface Pushed {
  headers: Record<string, string>;
  payload: { tag: string; title: string; body: string; approve: string | null; silent: boolean };
}

/** A push service that holds to RFC 8030 and decrypts as a browser does (RFC 8291). */
const startPushService = async () => {
  let next: { status: number; retryAfter?: number } | "cut" | null = null;
  const made = { pushed: [] as Pushed[], asked: 0, gone: false };
  const server: Server = createServer(siteCertificate, async (request, response) => {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece as Buffer);
    const body = Buffer.concat(pieces);
    made.asked += 1;
    const headers = request.headers as Record<string, string>;
    const trouble = next;
    next = null;
    if (made.gone) return void response.writeHead(410).end();
    if (body.length > 4_096) return void response.writeHead(413).end();
    if (headers.ttl === undefined || !/^[\w-]{0,32}$/.test(headers.topic ?? ""))
      return void response.writeHead(400).end("bad headers");
    if (trouble !== null && trouble !== "cut") {
      const after = trouble.retryAfter === undefined ? {} : { "retry-after": String(trouble.retryAfter) };
      return void response.writeHead(trouble.status, after).end("no");
    }
    const text = decrypt(body, { version: "aes128gcm", privateKey: browser, authSecret: auth }).toString(
      "utf8",
    );
    const payload = JSON.parse(text) as Pushed["payload"];
    made.pushed = [...made.pushed.filter((one) => one.payload.tag !== payload.tag), { headers, payload }];
    if (trouble === "cut") return void request.socket.destroy();
    response.writeHead(201, { location: "/message/1" }).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    ...{ made, port: (server.address() as AddressInfo).port },
    meets: (trouble: typeof next) => {
      next = trouble;
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};

const opened = newStore();
afterAll(async () => (await opened).close());
const keys = async () => createPushKeys((await opened).notify, seal)();
const channel = createPushChannel({
  keys,
  subject: () => "https://milepost.example/",
  reach: "loopback",
  lookup,
});

channelContract("Web Push", channel, async (): Promise<Side> => {
  const service = await startPushService();
  return {
    to: addressOf(subscription(service.port)),
    nowhere: addressOf(subscription(await freePort())),
    shown: () =>
      service.made.pushed.map(
        ({ payload }) => `${payload.title}\n${payload.body}\n${JSON.stringify(payload)}`,
      ),
    asked: () => service.made.asked,
    throttle: (seconds) => service.meets({ status: 429, retryAfter: seconds }),
    cut: () => service.meets("cut"),
    fail: () => service.meets({ status: 502 }),
    end: () => {
      service.made.gone = true;
    },
    forgets: true,
    secrets: ["secret-of-the-browser"],
    close: service.close,
  };
});

test("a push is signed for its service and no longer than a day, lives as long as its question, and takes the place of the one before", async () => {
  const service = await startPushService();
  const at = addressOf(subscription(service.port));
  await channel.send(message({ at: 1_000_000, expiresAt: 1_600_000 }), at, signal());
  const [{ headers } = { headers: {} as Record<string, string> }] = service.made.pushed;
  expect(headers).toMatchObject({ ttl: "600", urgency: "high", topic: "m1" });
  const [, token = "", key = ""] = /^vapid t=([^,]+), ?k=(.+)$/.exec(headers.authorization ?? "") ?? [];
  const [head = "", claims = "", signature = ""] = token.split(".");
  const told = JSON.parse(Buffer.from(claims, "base64url").toString()) as {
    aud: string;
    exp: number;
    sub: string;
  };
  expect(told).toMatchObject({
    aud: `https://site.example:${service.port}`,
    sub: "https://milepost.example/",
  });
  expect(told.exp * 1_000 - Date.now()).toBeLessThan(24 * 3_600_000);
  const point = Buffer.from(key, "base64url");
  const jwk = {
    kty: "EC",
    crv: "P-256",
    x: point.subarray(1, 33).toString("base64url"),
    y: point.subarray(33).toString("base64url"),
  };
  const publicKey = createPublicKey({ key: jwk, format: "jwk" });
  const signed = { key: publicKey, dsaEncoding: "ieee-p1363" } as const;
  expect(
    verify("sha256", Buffer.from(`${head}.${claims}`), signed, Buffer.from(signature, "base64url")),
  ).toBe(true);
  expect((await keys()).publicKey).toBe(key);
  await service.close();
});

test("what is wrong with our own keys does not cost the browser its channel, and a service in the own network is not reached", async () => {
  const service = await startPushService();
  service.meets({ status: 403 });
  expect(await channel.send(message(), addressOf(subscription(service.port)), signal())).toMatchObject({
    was: "refused",
  });
  const outside = createPushChannel({
    keys,
    subject: () => "https://milepost.example/",
    reach: "public",
    lookup: createLookup("public"),
  });
  for (const host of ["localhost", "127.0.0.1", "[::1]", "2130706433", "169.254.169.254"]) {
    const here = { ...subscription(service.port), endpoint: `https://${host}:${service.port}/push/x` };
    expect(await outside.send(message(), addressOf(here), signal())).toMatchObject({
      was: "dead",
      because: expect.stringMatching(/inside this machine's|link-local/),
    });
  }
  expect(service.made.asked).toBe(1);
  await service.close();
});

test("what is no key of a browser's is refused when it is given, not when something is to be told", () => {
  const good = subscription(443);
  expect(channel.check(good)).toEqual(good);
  const nowhere = Buffer.alloc(65, 4).toString("base64url");
  const short = browser.getPublicKey("base64url", "compressed");
  for (const bad of [nowhere, short, "", "x"])
    expect(() => channel.check({ ...good, p256dh: bad })).toThrow(/no subscription of a browser/);
});
