import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { reminderKey } from "#core/notify.ts";
import { ownerId } from "#core/people.ts";
import { openSite, type Site } from "./site.ts";

let site: Site;
beforeAll(async () => {
  site = await openSite();
});
afterAll(() => site.close());

const channelsOf = async () =>
  (await site.deps.notify.channels.of(ownerId)).map(({ name, state, wants }) => ({ name, state, wants }));
const form = {
  kind: "echo",
  name: "My phone",
  address: "here",
  token: "right",
  "want needs-you": "on",
  overMinutes: "1.5",
};

describe("the page of notifications", () => {
  it("adds a channel, tests it at once, and shows the other side's own sentence; its secret is shown nowhere", async () => {
    expect((await site.post("/notifications/new", { ...form, token: "another" })).status).toBe(303);
    const page = await (await site.get("/notifications")).text();
    expect(page).toContain("The token is wrong.");
    expect(page).not.toContain("another");
    const [made] = await channelsOf();
    expect(made).toMatchObject({
      name: "My phone",
      wants: { "needs-you": true, failed: false, finished: false, overMs: 90_000 },
    });
  });

  it("says what is wrong with what was typed, and keeps the rest of it", async () => {
    const answer = await site.post("/notifications/new", { ...form, address: "two words" });
    expect(answer.status).toBe(400);
    const page = await answer.text();
    expect(page).toContain("An address has no spaces.");
    expect(page).toContain('value="My phone"');
  });

  it("keeps quiet hours and which runs are told, and refuses what is no zone", async () => {
    const said = { zone: "Europe/Berlin", quietFrom: "22:00", quietUntil: "07:30", "follow colours": "all" };
    expect((await site.post("/notifications", said)).status).toBe(303);
    expect(await site.store.notify.preferences(ownerId)).toEqual({
      zone: "Europe/Berlin",
      quiet: { from: 22 * 60, until: 7 * 60 + 30 },
      urgentBreaksQuiet: false,
      onlyUnwatched: false,
      workflows: { colours: "all" },
    });
    const refused = await site.post("/notifications", { ...said, zone: "Mars/North" });
    expect(refused.status).toBe(400);
    expect(await refused.text()).toContain("That is no time zone.");
  });

  it("tells beside a message when its question is told again, in no row of its own unless only those are asked for", async () => {
    const channelId = (await site.deps.notify.channels.of(ownerId))[0]?.id ?? "";
    const later = Date.now() + 3_600_000;
    const one = (key: string, nextAt: number) => ({
      ...{
        id: `sent ${key}`,
        key,
        runId: null,
        n: 0,
        stepId: null,
        asked: null,
        personId: ownerId,
        channelId,
      },
      ...{ kind: "needs-you" as const, nextAt, because: null, createdAt: Date.now() },
    });
    const all = [one("q", later), ...[1, 2, 3].map((time) => one(reminderKey("q", time), later * time))];
    await site.store.notify.spread([], all, []);
    await site.store.notify.changeDelivery("sent q", "waiting", { state: "sent", nextAt: null }, []);
    const rows = async (path: string) =>
      (await (await site.get(path)).text()).split('<li class="row">').slice(1);
    const shown = await rows("/notifications/sent");
    expect(shown).toHaveLength(1);
    expect(shown[0]?.split("</li>")[0]?.match(/<time/g)).toHaveLength(4);
    expect(shown[0]).toContain("Told again if nobody has answered by");
    expect(await rows("/notifications/sent?state=waiting")).toHaveLength(3);
  });

  it("shows and changes nobody's channels but one's own, admins included", async () => {
    const other = await site.deps.notify.channels.add(
      { personId: "bob", kind: "echo", name: "Bob's", values: { address: "b", token: "right" } },
      { kind: "person", id: "bob", name: "Bob" },
    );
    expect(await (await site.get("/notifications")).text()).not.toContain("Bob&#39;s");
    for (const path of ["", "/test", "/remove"])
      expect((await site.post(`/notifications/channels/${other.id}${path}`, form)).status).toBe(404);
  });

  it("tells on every page of a channel that reaches nobody", async () => {
    const [mine] = await site.deps.notify.channels.of(ownerId);
    await site.deps.notify.channels.broke(mine?.id ?? "", "The token is wrong.");
    expect(await (await site.get("/runs")).text()).toContain("A channel no longer reaches you");
    await site.deps.notify.channels.change(
      mine?.id ?? "",
      { state: "off" },
      { kind: "person", id: ownerId, name: "Ada" },
    );
    expect(await (await site.get("/runs")).text()).not.toContain("A channel no longer reaches you");
  });
});

describe("the bell of a run", () => {
  it("is kept for whoever pressed it, and goes back to what holds for its workflow", async () => {
    const runId = await site.asking();
    await site.post(`/runs/${runId}/bell`, { rings: "yes" });
    expect(await site.store.notify.bells(runId)).toEqual([{ personId: ownerId, rings: true }]);
    expect(await (await site.get(`/runs/${runId}`)).text()).toContain("You are told of this run.");
    await site.post(`/runs/${runId}/bell`, { rings: "" });
    expect(await site.store.notify.bells(runId)).toEqual([]);
  });
});

describe("the API", () => {
  it("does the same, and gives no secret", async () => {
    const added = await site.call("POST", "/api/channels", {
      kind: "echo",
      name: "By program",
      values: { address: "x", token: "right" },
      wants: { live: false },
    });
    expect(added.status).toBe(201);
    const channel = (await added.json()) as { id: string };
    expect(channel).toMatchObject({
      name: "By program",
      state: "on",
      lastTest: { ok: true },
      values: { address: "x" },
    });
    expect(JSON.stringify(channel)).not.toContain("right");
    const off = await site.call("PUT", `/api/channels/${channel.id}`, { state: "off" });
    expect(await off.json()).toMatchObject({ state: "off", wants: { live: false, failed: true } });
    expect((await site.call("DELETE", `/api/channels/${channel.id}`)).status).toBe(200);
    expect((await site.call("POST", `/api/channels/${channel.id}/test`)).status).toBe(404);
  });
});
