import { afterAll, beforeEach, expect, test } from "vitest";
import { ownerId } from "#core/people.ts";
import { asksFirst } from "../notify/world.ts";
import { echoChannel, openSite, type Site } from "./site.ts";

let site: Site;
let runId: string;
let token: (verb: "approve" | "reject", purpose?: "page" | "act") => string;

beforeEach(async () => {
  await site?.close();
  site = await openSite({ workflows: [asksFirst("medium")] });
  const { store, engine, deps } = site;
  // As a mail: what the person has is the link alone.
  Object.assign(echoChannel, { from: "mail" });
  const channel = await deps.notify.channels.add(
    { personId: ownerId, kind: "echo", name: "Mail", values: { address: "a", token: "right" } },
    { kind: "person", id: ownerId, name: "Ada" },
  );
  runId = (await engine.start("careful", {}, "Ada")).runId;
  await engine.settled(runId, 5_000, AbortSignal.timeout(10_000));
  const asked = (await store.run(runId))?.steps[0]?.attemptAt ?? 0;
  const delivery = {
    ...{ id: deps.newId(), key: "one", runId, n: 3, stepId: "ok", asked, personId: ownerId },
    ...{ channelId: channel.id, kind: "needs-you" as const, nextAt: null, because: null, createdAt: 1 },
  };
  await store.notify.spread([], [delivery], []);
  token = (verb, purpose = "page") => deps.notify.decisions.tokenFor(delivery.id, verb, purpose);
});
afterAll(() => site.close());

const stateOf = async () => (await site.store.run(runId))?.run.state;
const nobody = { cookie: null } as const;
const drawnIn = (page: string): string => /name="drawn" value="([^"]+)"/.exec(page)?.[1] ?? "";

test("opening a mail's link, however often and by whatever program, decides nothing", async () => {
  for (const method of ["HEAD", "GET", "GET"])
    for (const verb of ["approve", "reject"] as const) {
      const answer = await site.get(`/decide/${token(verb)}`, { ...nobody, method });
      expect(answer.status).toBe(200);
      expect(answer.headers.get("cache-control")).toBe("no-store");
      expect(answer.headers.get("referrer-policy")).toBe("same-origin");
    }
  expect(await stateOf()).toBe("asking");
  expect((await site.get(`/decide/${token("approve", "act")}/now`, nobody)).status).toBe(404);
  expect(await stateOf()).toBe("asking");
});

test("its page says what is asked, and its button decides once, with the comment, as the person of the mail", async () => {
  const page = await (await site.get(`/decide/${token("approve")}`, nobody)).text();
  expect(page).toContain("The site is replaced.");
  expect(page).toContain("medium");
  const form = { drawn: drawnIn(page), comment: "Go on." };
  const done = await (await site.post(`/decide/${token("approve")}`, form, nobody)).text();
  expect(done).toMatch(/Approved by \S+ by mail: Go on\./);
  await site.engine.settled(runId, 5_000, AbortSignal.timeout(10_000));
  const { result } = (await site.store.run(runId))?.steps[0] ?? {};
  expect(result).toMatchObject({ decisions: [{ channel: "mail", personId: ownerId, comment: "Go on." }] });
  const again = await (
    await site.post(`/decide/${token("reject")}`, { drawn: token("reject", "act") }, nobody)
  ).text();
  expect(again).toContain("Nothing was done");
  expect(await (await site.get(`/decide/${token("reject")}`, nobody)).text()).toMatch(
    /Approved by \S+ by mail/,
  );
});

test("a post without what the page drew, with another verb's, or with a made-up link does nothing", async () => {
  const wrong = [
    [token("approve"), ""],
    [token("approve"), token("reject", "act")],
    [token("approve"), token("approve")],
    [token("approve", "act"), token("approve", "act")],
    ["none.a.AAAAAAAAAAAAAAAAAAAAAA", token("approve", "act")],
  ] as const;
  for (const [link, drawn] of wrong)
    expect((await site.post(`/decide/${link}`, { drawn }, nobody)).status).toBe(404);
  expect(await stateOf()).toBe("asking");
});

test("an app that posts by itself, a page of its own too, decides by its own token only, without a session", async () => {
  // As ntfy's web app does it, with whatever a browser sends along.
  const headers = { Host: "localhost", Origin: "https://ntfy.sh", "Sec-Fetch-Site": "cross-site" };
  const post = (of: string) => site.app.request(`/decide/${of}/now`, { method: "POST", headers });
  expect((await post(token("approve"))).status).toBe(403);
  expect(await stateOf()).toBe("asking");
  const done = await post(token("approve", "act"));
  expect([done.status, await done.json()]).toEqual([
    200,
    { was: "decided", sentence: expect.stringContaining("by mail") },
  ]);
  expect(done.headers.get("access-control-allow-origin")).toBe("*");
  const late = await post(token("approve", "act"));
  expect([late.status, await late.json()]).toEqual([
    409,
    { was: "late", sentence: expect.stringMatching(/^It is already decided: Approved by \S+ by mail\.$/) },
  ]);
  // The page behind the link is a form of ours: no other site's page may send it.
  const form = { method: "POST", headers, body: new URLSearchParams({ drawn: token("reject", "act") }) };
  expect((await site.app.request(`/decide/${token("reject")}`, form)).status).toBe(403);
});
