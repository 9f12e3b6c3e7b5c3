import { afterEach, beforeEach, expect, test } from "vitest";
import { secret, text } from "#core/field-kinds.ts";
import { start } from "#core/start.ts";
import { workflow } from "#core/workflow.ts";
import { ada } from "../people/ada.ts";
import { readEvents } from "./event-reader.ts";
import { listen } from "./listen.ts";
import { colours, openSite, type Site } from "./site.ts";

const patient = "Ernestine Example";
const key = "a-secret-key-of-some-length";
/** Says what was typed wherever it can. */
const talks = workflow(
  "talks",
  "Talks",
  "For tests.",
  start({
    fields: [
      text("patient", "Patient", { private: true, required: true }),
      text("ward", "Ward", { required: true }),
      secret("key", "Key"),
    ],
    input: ({ patient, ward }) => ({ patient, ward }),
    subject: ({ patient, ward }) => `${patient} in ${ward}`,
  }),
)
  .do("look", "Look", {
    run: async ({ log, input }) => {
      log(`looking after ${input.patient}`);
      return input.patient;
    },
    detail: (result) => `seen: ${result}`,
  })
  .ask("next", "And now?", {
    form: () => ({ fields: [{ kind: "text", name: "answer", label: "Answer" }], submit: "Answer" }),
    read: () => "done",
  })
  .hands(({ patient }) => ({
    sentence: `${patient} is well.`,
    links: [
      { label: "Inside", href: "/connections/c1" },
      { label: "Outside", href: "https://example.org/" },
    ],
  }));

let site: Site;
beforeEach(async () => {
  site = await openSite({ workflows: [talks, colours()] });
});
afterEach(() => site.close());

const asking = async () => {
  const values = { patient, ward: "Ward 7", key };
  const { runId } = await site.engine.start("talks", values, "Ada");
  await site.engine.settled(runId, 5_000, new AbortController().signal);
  return runId;
};
const share = (runId: string, how: { days?: number; files?: boolean } = {}) =>
  site.deps.shares.make({ runId, title: "Talks", days: 7, files: false, ...how }, ada);
const stranger = (path: string) => site.get(path, { cookie: null });

test("whoever has the link sees the run live without signing in, and after its end, with nothing to press and nothing private", async () => {
  const runId = await asking();
  const { secret } = await share(runId);
  const page = await stranger(`/shared/${secret}`);
  expect(page.status).toBe(200);
  const html = await page.text();
  for (const word of ["Talks", "in Ward 7", "Look", "Waiting for somebody", "seen: •••", "looking after •••"])
    expect(html).toContain(word);
  const [, live = ""] = /hx-get="([^"]*\/live[^"]*)"/.exec(html) ?? [];
  expect((await stranger(live)).status).toBe(204);
  await site.engine.answer(runId, "next", { answer: "x" }, "Ada");
  await site.engine.settled(runId, 5_000, new AbortController().signal);
  const fragment = await (await stranger(live)).text();
  expect(fragment).toContain("••• is well.");
  expect(fragment).not.toContain("hx-get");
  expect(fragment).toContain("https://example.org/");
  for (const shown of [html, fragment]) {
    for (const hidden of [
      patient,
      "Ernestine",
      key,
      "/connections",
      'method="post" action="/runs',
      `/runs/${runId}`,
    ])
      expect([hidden, shown.includes(hidden)]).toEqual([hidden, false]);
  }
});

test("no search engine keeps it, its address goes to nobody, and no log has its secret", async () => {
  const { secret } = await share(await asking());
  for (const path of [`/shared/${secret}`, `/shared/${secret}/live?v=0`, `/shared/${secret}x`]) {
    const { headers } = await stranger(path);
    expect([headers.get("Referrer-Policy"), headers.get("X-Robots-Tag")?.startsWith("noindex")]).toEqual([
      "no-referrer",
      true,
    ]);
    expect(headers.get("Cache-Control")).toBe("no-store");
    expect(headers.get("Set-Cookie")).toBeNull();
  }
  const audit = JSON.stringify(await site.store.accounts.audits(50));
  expect(audit).not.toContain(secret);
});

test("a link is of one run: it signs in nobody, and opens nothing else", async () => {
  const { secret } = await share(await asking());
  const asBearer = { Host: "localhost", Authorization: `Bearer ${secret}` };
  for (const path of ["/", "/runs", "/api/runs", `/runs/${secret}`])
    expect([path, (await site.app.request(path, { headers: asBearer })).status]).toEqual([path, 401]);
  expect((await stranger(`/shared/${secret}/file`)).status).toBe(404);
  expect((await site.post(`/shared/${secret}`, {}, { cookie: null })).status).toBe(404);
});

test("its stream tells of that run only, without what is private, and ends in the moment in which the link is taken back", async () => {
  const runId = await asking();
  const made = await share(runId);
  const server = await listen(site);
  try {
    const path = `/shared/${made.secret}/events`;
    const stream = await readEvents(server.origin, path, { Authorization: "" });
    await stream.until((events) => events.some(({ event }) => event === "log"));
    expect(stream.raw()).toContain("looking after •••");
    expect(stream.raw()).not.toContain(patient);
    await site.deps.shares.revoke(made.share.id, ada, null);
    await stream.ended;
    expect((await readEvents(server.origin, path, { Authorization: "" })).status).toBe(404);
  } finally {
    server.close();
  }
});

test("it ends with its days, with whoever made it, with the run, and shows no more than its maker may see", async () => {
  const runId = await asking();
  const { person } = await site.deps.people.invite({ name: "Bob", role: "operator" }, ada);
  const bob = { kind: "person", id: person.id, name: "Bob", personId: person.id } as const;
  const byBob = await site.deps.shares.make({ runId, title: "Talks", days: 1, files: false }, bob);
  const status = async () => (await stranger(`/shared/${byBob.secret}`)).status;
  expect(await status()).toBe(200);
  const say = (access: object) =>
    site.deps.access.say({ kind: "workflow", id: "talks", title: "" }, access, ada);
  await say({ see: { roles: [], people: [] } });
  expect(await status()).toBe(404);
  await say({});
  expect(await status()).toBe(200);
  expect(await site.store.shares.bySecret("none", byBob.share.expiresAt)).toBeNull();
  expect(await site.store.shares.list(runId, byBob.share.expiresAt)).toEqual([]);
  await site.deps.people.remove(person.id, ada);
  expect(await status()).toBe(404);
  const another = await share(runId);
  await site.engine.cancel(runId, "Ada");
  await site.engine.remove([runId], "Ada", { exports: false });
  expect((await stranger(`/shared/${another.secret}`)).status).toBe(404);
  expect(await site.deps.shares.list(null)).toEqual([]);
});

test("a link is made on the run's page, shown once, listed there and in the settings, and its life stands in the audit", async () => {
  const runId = await asking();
  const made = await site.post(`/runs/${runId}/share`, { days: "3" });
  const [, path = ""] = /(\/shared\/[\w-]+)/.exec(await made.text()) ?? [];
  expect((await stranger(path)).status).toBe(200);
  await stranger(path);
  const [share] = await site.deps.shares.list(runId);
  for (const place of [`/runs/${runId}`, "/settings"]) {
    const html = await (await site.get(place)).text();
    expect([place, html.includes(`/shares/${share?.id}/revoke`), html.includes(path)]).toEqual([
      place,
      true,
      false,
    ]);
  }
  expect((await site.post(`/shares/${share?.id}/revoke`)).status).toBe(303);
  expect((await stranger(path)).status).toBe(404);
  const lines = (await site.store.accounts.audits(20))
    .map(({ did }) => did)
    .filter((did) => /shar|link/.test(did));
  expect(lines).toEqual([
    "took back the link to a run",
    "opened a shared run first",
    "shared a run by a link for 3 days",
  ]);
  for (const days of ["0", "366", "x", ""])
    expect((await site.post(`/runs/${runId}/share`, { days })).status).toBe(400);
});

test("a private field says so in the form and to programs", async () => {
  const form = await (await site.get("/workflows/talks")).text();
  expect(form).toContain("Not shown where the run is shared.");
  const { input } = (await (await site.call("GET", "/api/workflows/talks")).json()) as {
    input: { properties: Record<string, object> };
  };
  expect([input.properties.patient, input.properties.ward]).toMatchObject([{ "x-private": true }, {}]);
  expect(input.properties.ward).not.toHaveProperty("x-private");
});
