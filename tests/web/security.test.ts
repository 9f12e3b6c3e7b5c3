import { afterAll, beforeAll, expect, test } from "vitest";
import { AppError } from "#core/errors.ts";
import { openSite, presetToken, type Site } from "./site.ts";

let site: Site;
let runId: string;
beforeAll(async () => {
  site = await openSite();
  runId = await site.asking();
});
afterAll(() => site.close());

const bearer = { Authorization: `Bearer ${presetToken}` };

test("every answer, errors too, carries the strict policy, and no page holds an inline script, style or handler", async () => {
  const pages = [
    ["/", 200],
    ["/runs", 200],
    [`/runs/${runId}`, 200],
    [`/runs/${runId}/history`, 200],
    ["/workflows/colours", 200],
    ["/exports", 200],
    ["/connections", 200],
    ["/connections/new?kind=echo", 200],
    ["/settings", 200],
    ["/sign-in", 200],
    ["/api/docs", 200],
    ["/nowhere", 404],
    ["/runs/nothing", 404],
    ["/api/runs/nothing", 404],
    [`/runs/${runId}/progress?v=0`, 200],
  ] as const;
  for (const [path, status] of pages) {
    const answer = await site.get(path);
    const body = await answer.text();
    expect([path, answer.status]).toEqual([path, status]);
    const policy = answer.headers.get("Content-Security-Policy") ?? "";
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/unsafe|\*/);
    expect(answer.headers.get("X-Content-Type-Options")).toBe("nosniff");
    expect(answer.headers.get("Referrer-Policy")).toBe("same-origin");
    expect(answer.headers.get("Cross-Origin-Opener-Policy")).toBe("same-origin");
    expect(answer.headers.get("Cache-Control")).toBe("no-store");
    expect(body).not.toMatch(/<style|\sstyle="|\son\w+="|<script(?![^>]*\ssrc=)/i);
  }
});

test("an unexpected error shows an id that the log has, and none of its own words", async () => {
  const logged: object[] = [];
  const broken = await openSite({
    log: { info: () => {}, warn: () => {}, error: (data) => logged.push(data) },
    deps: {
      engine: {
        ...site.deps.engine,
        runs: async () => {
          throw new Error("the secret word is swordfish");
        },
      },
    },
  });
  for (const path of ["/runs", "/api/runs"]) {
    const answer = await broken.get(path);
    const body = await answer.text();
    expect(answer.status).toBe(500);
    expect(body).not.toContain("swordfish");
    expect(answer.headers.get("Content-Security-Policy")).toContain("default-src 'none'");
    const id = (logged.at(-1) as { errorId: string }).errorId;
    expect(body).toContain(id);
  }
  await broken.close();
});

test("the asker gets errors in its own form: a page, a fragment or JSON", async () => {
  const page = await site.get("/runs/nothing");
  expect(await page.text()).toMatch(/^<!doctype html>.*There is no such run/s);
  const fragment = await site.get("/runs/nothing", { headers: { "HX-Request": "true" } });
  expect(await fragment.text()).toMatch(/^<p class="note[^>]*>There is no such run/);
  const json = await site.get("/api/runs/nothing");
  expect(await json.json()).toMatchObject({
    error: { code: "not-found", message: expect.stringContaining("run") },
  });
  const program = await site.get("/runs/nothing", { headers: { Accept: "application/json" } });
  expect(program.headers.get("Content-Type")).toContain("application/json");
});

test("nobody gets past sign-in: pages lead there, polls and the API answer 401", async () => {
  for (const path of [
    "/",
    "/runs",
    `/runs/${runId}`,
    "/settings",
    "/exports",
    "/api/docs",
    "/nowhere",
    "/metrics",
  ]) {
    const answer = await site.get(path, { cookie: null });
    expect([path, answer.status, answer.headers.get("Location")]).toEqual([path, 303, "/sign-in"]);
  }
  for (const path of ["/api/runs", "/api/openapi.json", `/api/runs/${runId}/events`, "/api/nowhere"])
    expect((await site.get(path, { cookie: null })).status).toBe(401);
  const poll = await site.get(`/runs/${runId}/progress?v=1`, {
    cookie: null,
    headers: { "HX-Request": "true" },
  });
  expect(poll.status).toBe(401);
  for (const cookie of ["milepost=made-up", "milepost=", `milepost=${presetToken}`])
    expect((await site.get("/api/runs", { cookie })).status).toBe(401);
  expect((await site.get("/api/runs", { cookie: null, headers: bearer })).status).toBe(200);
});

test("a wrong token is refused even when a good cookie comes with it", async () => {
  expect((await site.get("/api/runs", { headers: { Authorization: "Bearer wrong" } })).status).toBe(401);
});

const changes = ["/connections", `/runs/${"nothing"}/pause`, "/api/runs/nothing/pause", "/sign-out"];
const fromOutside: [string, Record<string, string>][] = [
  ["cross-site", { "Sec-Fetch-Site": "cross-site" }],
  ["another port of this host", { "Sec-Fetch-Site": "same-site" }],
  ["another site without Sec-Fetch-Site", { Origin: "http://evil.example" }],
  ["a look-alike of our host", { Origin: "http://localhost.evil.example:3000" }],
  ["a look-alike of our port", { Origin: "http://localhost:30001" }],
  ["another port without Sec-Fetch-Site", { Origin: "http://localhost:3001" }],
  ["a sandboxed page", { Origin: "null" }],
  ["an odd origin", { Origin: "localhost:3000" }],
  ["neither header, with a session", {}],
  [
    "our Origin, but the browser says cross-site",
    { Origin: "http://localhost:3000", "Sec-Fetch-Site": "cross-site" },
  ],
];
const bodies: [string, string, string][] = [
  ["a form", "application/x-www-form-urlencoded", "a=b"],
  ["JSON", "application/json", "{}"],
  ["JSON disguised as text", "text/plain", "{}"],
  ["bytes", "application/octet-stream", "{}"],
];

test.each(fromOutside)("a change asked for by %s is refused, whatever its body is", async (_, headers) => {
  for (const [, type, body] of bodies)
    for (const path of changes) {
      const answer = await site.app.request(path, {
        method: "POST",
        body,
        headers: { Host: "localhost:3000", Cookie: site.cookie, "Content-Type": type, ...headers },
      });
      expect([path, type, answer.status]).toEqual([path, type, 403]);
    }
  expect((await site.get("/runs")).status).toBe(200);
});

const fromHere: [string, Record<string, string>][] = [
  ["our page behind a proxy that names us otherwise", { Origin: "https://milepost.example" }],
  ["our page over https or localhost", { "Sec-Fetch-Site": "same-origin", Origin: "http://localhost:3000" }],
  ["our page over plain http", { Host: "192.168.1.9:3000", Origin: "http://192.168.1.9:3000" }],
  [
    "our page behind a proxy that speaks https",
    { Host: "milepost.example", Origin: "https://milepost.example" },
  ],
];

test.each(fromHere)("a change asked for by %s gets through", async (_, headers) => {
  const proxied = await openSite({ deps: { publicUrls: [new URL("https://milepost.example")] } });
  for (const [, type, body] of bodies) {
    const answer = await proxied.app.request("/runs/nothing/pause", {
      method: "POST",
      body,
      headers: { Host: "localhost:3000", Cookie: proxied.cookie, "Content-Type": type, ...headers },
    });
    expect(answer.status).toBe(404);
  }
  await proxied.close();
});

test("a program with a token changes things without any browser header, and a page of another site cannot use its lack of a cookie", async () => {
  expect((await site.call("POST", "/api/runs/nothing/pause")).status).toBe(404);
  const stranger = await site.app.request("/api/runs/nothing/pause", {
    method: "POST",
    headers: { Host: "localhost:3000" },
  });
  expect(stranger.status).toBe(401);
});

test("a name that is not ours is refused, so that DNS rebinding finds nobody; addresses and configured names work", async () => {
  const named = await openSite({
    deps: { publicUrls: [new URL("https://milepost.example")], hostNames: ["NAS.local"] },
  });
  const ours = [
    "localhost",
    "localhost:3000",
    "127.0.0.1:3000",
    "[::1]:3000",
    "10.0.0.7",
    "nas.local:3000",
    "milepost.example",
  ];
  const foreign = [
    "evil.example",
    "evil.example:3000",
    "localhost.evil.example",
    "127.0.0.1.evil.example",
    "",
    "user@localhost",
    "localhost/x",
  ];
  for (const host of ours)
    expect([host, (await named.get("/sign-in", { headers: { Host: host } })).status]).toEqual([host, 200]);
  for (const host of foreign) {
    expect([host, (await named.get("/sign-in", { headers: { Host: host } })).status]).toEqual([host, 403]);
    expect((await named.get("/", { headers: { Host: host } })).status).toBe(403);
  }
  await named.close();
});

test("a body of more than 1 MiB is refused with a sentence, declared or streamed", async () => {
  const large = "x".repeat(1024 * 1024 + 1);
  const declared = await site.call("POST", "/api/workflows/colours/runs", large);
  expect(declared.status).toBe(413);
  expect(await declared.json()).toMatchObject({ error: { code: "too-large" } });
  const streamed = await site.app.request(
    new Request("http://localhost/api/workflows/colours/runs", {
      method: "POST",
      headers: { ...bearer, "Content-Type": "application/json" },
      body: new Blob([large]).stream(),
      duplex: "half",
    } as RequestInit),
  );
  expect(streamed.status).toBe(413);
});

test("static files are kept for ever under their version, and any other name finds nothing", async () => {
  const { version } = site.deps.staticFiles;
  const css = await site.get(`/static/milepost.${version}.css`, { cookie: null });
  expect(css.headers.get("Cache-Control")).toContain("immutable");
  expect(css.headers.get("Content-Type")).toContain("text/css");
  const script = await site.get(`/static/milepost.${version}.js`, { cookie: null });
  expect(script.headers.get("Content-Type")).toContain("javascript");
  for (const name of ["milepost.abc.css", "milepost.css", "..%2fpackage.json", "package.json", "__proto__"])
    expect((await site.get(`/static/${name}`)).status).toBe(404);
});

test("health needs no sign-in; readiness tells when the store cannot be written", async () => {
  expect((await site.get("/healthz", { cookie: null })).status).toBe(200);
  expect((await site.get("/readyz", { cookie: null })).status).toBe(200);
  const full = await openSite();
  const sick = await openSite({
    deps: {
      store: {
        ...full.store,
        healthy: async () => {
          throw new AppError("disk-full", "no room at /secret/path");
        },
      },
    },
  });
  const answer = await sick.get("/readyz", { cookie: null });
  expect(answer.status).toBe(503);
  expect(await answer.text()).not.toContain("/secret/path");
  await Promise.all([full.close(), sick.close()]);
});
