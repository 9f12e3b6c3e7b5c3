import { afterEach, expect, test } from "vitest";
import { nothingSaid } from "#core/access.ts";
import type { Connection } from "#core/connection.ts";
import { usualPreferences, usualWants } from "#core/notify.ts";
import type { Sign } from "#core/time-left/signs.ts";
import { emailChannel } from "#notify/channels/email.ts";
import { defaultMailId, offerMail } from "#notify/default-mail.ts";
import { verdictOn } from "#notify/held.ts";
import { openSlowLooks } from "#notify/slow-looks.ts";
import { oneStep, silent } from "../engine/world.ts";
import { ada } from "../people/ada.ts";
import { newStore } from "../store/new-store.ts";
import { setClock } from "../triggers/world.ts";
import { createHandTimers } from "../web/hand-timers.ts";
import { asksFirst, notifyOver, openTelling, recorder, type Telling } from "./world.ts";

const hour = 3_600_000;
const minute = 60_000;
let telling: Telling | null = null;
afterEach(async () => {
  await telling?.close();
  telling = null;
});

/** Resolves once nothing is due by now. */
const idle = async ({ store }: Telling, now: number): Promise<void> => {
  for (;;) {
    const isSpread = (await store.notify.notices(1)).length === 0;
    if (isSpread && (await store.notify.due(now, [], 1)).length === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 3));
  }
};

test("a question that nobody answers is told again after one hour, eight and a day, and then no more", async () => {
  const noon = Date.parse("2026-03-02T12:00:00Z");
  const clock = setClock(noon);
  const phone = recorder("phone", { edits: false });
  telling = await openTelling([asksFirst()], { clock, kinds: [phone.kind] });
  await telling.world.until(await telling.world.start(), "asking");
  await idle(telling, noon);
  const told: number[] = [];
  for (let at = 0; at <= 60 * hour; at += hour / 2) {
    clock.set(noon + at);
    await idle(telling, noon + at);
    while (told.length < phone.sent.length) told.push(at / hour);
  }
  expect(told).toEqual([0, 1, 8, 24]);
  expect(phone.sent.at(-1)?.sentence).toContain("It has waited since 12:00.");
});

test("once it is answered it is told again to nobody", async () => {
  const noon = Date.parse("2026-03-02T12:00:00Z");
  const clock = setClock(noon);
  const phone = recorder("phone", { edits: false });
  telling = await openTelling([asksFirst()], { clock, kinds: [phone.kind] });
  const runId = await telling.world.start();
  await telling.until((all) => all.some(({ kind, state }) => kind === "needs-you" && state === "sent"));
  await telling.world.engine.answer(runId, "ok", {}, "Ada", { press: "approve" });
  await telling.world.until(runId, "completed");
  clock.set(noon + 30 * hour);
  await idle(telling, noon + 30 * hour);
  expect(phone.sent.filter(({ kind }) => kind === "needs-you")).toHaveLength(1);
});

test("a run that takes longer than usual is told of once for each step, and one that is only silent not at all", async () => {
  const { clock, pass } = createHandTimers();
  const phone = recorder("phone", { edits: false });
  const stuck = oneStep({
    run: ({ signal }) => new Promise<void>((_, no) => signal.addEventListener("abort", no)),
  });
  telling = await openTelling([stuck], { kinds: [phone.kind] });
  const { store, world } = telling;
  const runId = await world.start();
  await world.when(runId, ({ run }) => run.state === "running");
  let signs: Sign[] = [];
  let looks = 0;
  const sign = (kind: Sign["kind"], stepId: string | null): Sign => ({
    ...{ kind, stepId, sentence: "Slower than 9 of 10 past runs.", since: null, nextLookAt: null },
  });
  let ids = 0;
  const { promise: looked, resolve } = Promise.withResolvers<void>();
  const close = openSlowLooks({
    ...{ store, clock, log: silent, access: nothingSaid, kinds: [phone.kind], look: () => undefined },
    engine: {
      // It stands on the second page of those that are under way.
      runs: async ({ after, ...asked }) =>
        after === undefined ? { rows: [], next: "2" } : { ...(await world.engine.runs(asked)), next: null },
      picture: async (id) => {
        looks += 1;
        if (looks === 4) resolve();
        return { ...(await world.engine.picture(id)), signs };
      },
    },
    zone: () => "UTC",
    newId: () => `slow${++ids}`,
    now: clock.now,
  });
  const slow = async () => (await store.notify.deliveriesOf(runId)).filter(({ kind }) => kind === "slow");
  const look = async (given: Sign[]) => {
    signs = given;
    const before = looks;
    while (looks === before) {
      pass(minute);
      await new Promise((done) => setTimeout(done, 2));
    }
  };
  await look([sign("silent", "only")]);
  await look([sign("slow", "only")]);
  await look([sign("slow", "only")]);
  await look([sign("slow", null)]);
  await looked;
  await close();
  expect((await slow()).map(({ stepId }) => stepId)).toEqual(["only", null]);
});

test("whoever has an address is given a channel to it once there is a mail server, once, and never again after they switched it off", async () => {
  const store = await newStore();
  const mail: Connection[] = [];
  const world = { engine: {} } as Parameters<typeof notifyOver>[0];
  const { channels } = notifyOver(world, store, [{ ...emailChannel, through: null }]);
  const person = (id: string, email: string | null) =>
    store.accounts.addPerson({
      ...{ id, name: id, email, role: "operator", roleBefore: null, createdAt: 1, joinedAt: 1 },
    });
  await person("ann", "ann@example.org");
  await person("bob", null);
  await person("odd", "no address");
  const offer = () =>
    offerMail({ channels, accounts: store.accounts, connections: { list: async () => mail } });
  await offer();
  expect(await channels.of(null)).toEqual([]);
  mail.push({} as Connection);
  await offer();
  const made = await channels.of(null);
  expect(made.map(({ id, personId }) => [id, personId])).toEqual([[defaultMailId("ann"), "ann"]]);
  expect(made[0]?.wants).toMatchObject({ "needs-you": true, failed: true, live: false, overMs: 10 * minute });
  await channels.change(defaultMailId("ann"), { state: "off" }, ada);
  await offer();
  expect((await channels.of(null)).map(({ state }) => state)).toEqual(["off"]);
  await store.close();
});

test("that mail tells of what took longer than ten minutes, and of nothing shorter", async () => {
  telling = await openTelling([oneStep({ run: async () => {} })], { kinds: [] });
  const runId = await telling.world.start();
  const at = await telling.world.until(runId, "completed");
  const wants = { ...usualWants, ...emailChannel.usualWants };
  const verdict = (tookMs: number) =>
    verdictOn({
      delivery: { kind: "finished", stepId: null, asked: null, createdAt: 0 },
      at: { ...at, run: { ...at.run, createdAt: 0, endedAt: tookMs } },
      ...{ wants, said: usualPreferences, isWatched: false, expectedMs: null, now: tookMs },
    });
  expect(verdict(9 * minute)).toEqual({ drop: "It took less time than you want to be told of." });
  expect(verdict(11 * minute)).toBe("send");
});
