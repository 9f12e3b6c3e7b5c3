import { afterEach, beforeEach, expect, test } from "vitest";
import { AppError } from "#core/errors.ts";
import { type MessageKind, type TellingPreferences, usualPreferences } from "#core/notify.ts";
import { ownerId } from "#core/people.ts";
import type { Workflow } from "#core/workflow.ts";
import { flow } from "../engine/world.ts";
import { newStore } from "../store/new-store.ts";
import { setClock } from "../triggers/world.ts";
import { asksFirst, openTelling, type Recorder, recorder, type Telling } from "./world.ts";

/** Quiet from 22:00 to 07:00 UTC; it is 23:20. */
const evening = Date.parse("2026-03-01T23:20:00Z");
const morning = Date.parse("2026-03-02T07:00:00Z");
const asleep: TellingPreferences = {
  ...usualPreferences,
  quiet: { from: 22 * 60, until: 7 * 60 },
  urgentBreaksQuiet: false,
};
const ends = (): Workflow =>
  flow("ends")
    .do("only", "Only step", { run: async () => {} })
    .hands(() => ({ sentence: "All is well." }));
const fails = (): Workflow =>
  flow("fails")
    .do("only", "Only step", {
      run: async () => {
        throw new AppError("rejected", "The disk is full.");
      },
    })
    .hands(() => ({ sentence: "It never comes to this." }));

let clock = setClock(evening);
let phone: Recorder;
let telling: Telling;
const open = async (
  said = asleep,
  can: Partial<Recorder["kind"]["can"]> = {},
  answers: Recorder["answers"] = [],
) => {
  phone = recorder("phone", can, answers);
  const store = await newStore();
  await store.notify.putPreferences(ownerId, said);
  telling = await openTelling([ends(), fails(), asksFirst()], { store, clock, kinds: [phone.kind] });
};
beforeEach(() => {
  clock = setClock(evening);
});
afterEach(() => telling.close());

/** Resolves once all that happened is spread, and nothing is due by now. */
const idle = async (): Promise<void> => {
  const { notify } = telling.store;
  for (;;) {
    const isSpread = (await notify.notices(1)).length === 0;
    if (isSpread && (await notify.due(clock.now(), [], 1)).length === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 3));
  }
};
/** Runs of these workflows come to their ends or questions, and all that there is to tell of them is held. */
const happen = async (...workflows: ("ends" | "fails" | "careful")[]): Promise<string[]> => {
  const ids: string[] = [];
  for (const id of workflows) {
    const runId = await telling.world.start({}, id);
    await telling.world.until(runId, "completed", "failed", "asking");
    ids.push(runId);
  }
  await idle();
  return ids;
};
const settled = (kind: MessageKind, state = "sent") =>
  telling.until((all) => all.some((one) => one.kind === kind && one.state === state));

test("what came in quiet hours is told at their end in one message: what needs somebody first, with counts and links", async () => {
  await open();
  const [done = "", asks = "", bad = ""] = await happen("ends", "careful", "fails", "ends");
  expect(phone.sent).toEqual([]);
  clock.set(morning);
  const all = await settled("digest");
  expect(phone.sent).toHaveLength(1);
  const [digest] = phone.sent;
  expect(digest).toMatchObject({
    kind: "digest",
    urgency: "urgent",
    sentence: "1 run needs you, 1 failed, 2 are completed.",
    buttons: [],
    lines: [
      expect.stringContaining("❗ A flow: subject. Approval required at step 1 of 2: Approve the change."),
      "✗ A flow: subject. It failed at step 1 of 1: Only step. The disk is full.",
      expect.stringMatching(/^✓ A flow: subject\./),
      expect.stringMatching(/^✓ A flow: subject\./),
    ],
  });
  const hrefs = digest?.links.map(({ href }) => new URL(href).pathname);
  expect(hrefs?.slice(0, 3)).toEqual(["/", `/runs/${asks}`, `/runs/${bad}`]);
  expect(hrefs).toContain(`/runs/${done}`);
  const told = all.filter(({ state, kind }) => state === "sent" && kind !== "digest");
  expect(told.map(({ because }) => because)).toEqual(
    told.map(() => "It was told in one message with all else that was held."),
  );
  expect(new Set(told.map(({ kind }) => kind))).toEqual(new Set(["failed", "finished", "live", "needs-you"]));
});

test("what is the only thing comes as its own message, with its buttons", async () => {
  await open();
  await happen("careful");
  clock.set(morning);
  await settled("needs-you");
  await settled("digest", "dropped");
  expect(phone.sent.map(({ kind, buttons }) => [kind, buttons.length])).toEqual([["needs-you", 2]]);
});

test("what was answered, or went on, before quiet hours were over is told no more", async () => {
  await open();
  const [asks = "", again = ""] = await happen("careful", "careful", "ends");
  const ada = { kind: "person", id: ownerId, name: "Ada" } as const;
  await telling.world.engine.cancel(asks, ada.name);
  await telling.world.engine.cancel(again, ada.name);
  await telling.world.until(asks, "cancelled");
  await telling.world.until(again, "cancelled");
  clock.set(morning);
  await settled("finished");
  expect(phone.sent.map(({ kind }) => kind)).not.toContain("needs-you");
  expect(phone.sent.map(({ kind }) => kind)).not.toContain("digest");
});

test("a question that is asked all night long is one line, however often it would have been told again", async () => {
  await open();
  await happen("careful", "ends");
  for (const hours of [1.5, 7.5]) {
    clock.set(evening + hours * 3_600_000);
    await idle();
  }
  clock.set(morning + 1);
  await settled("digest");
  expect(phone.sent.map(({ sentence }) => sentence)).toEqual(["1 run needs you, 1 is completed."]);
});

test("what needs somebody comes in quiet hours where they said so, and all else after them", async () => {
  await open({ ...asleep, urgentBreaksQuiet: true });
  const runId = await telling.world.start({}, "careful");
  await settled("needs-you");
  expect(phone.sent.map(({ kind }) => kind)).toEqual(["needs-you"]);
  await telling.world.engine.cancel(runId, "Bob");
  await happen("fails", "ends");
  clock.set(morning);
  await settled("digest");
  expect(phone.sent.slice(1).map(({ sentence }) => sentence)).toEqual([
    "1 failed, 1 was cancelled, 1 is completed.",
  ]);
});

test("whoever ends their quiet hours early is told at once what they held", async () => {
  await open();
  await happen("ends", "fails");
  await telling.notify.prefer(ownerId, usualPreferences);
  await settled("digest");
  expect(phone.sent.map(({ kind }) => kind)).toEqual(["digest"]);
});

test("a digest of which nobody knows whether it arrived is sent again with what it was to tell; nothing of it is lost", async () => {
  await open(asleep, {}, [{ was: "later", because: "Come back later.", afterMs: 1_000 }]);
  await happen("ends", "fails");
  clock.set(morning);
  await telling.until((all) => all.some(({ kind, attempts }) => kind === "digest" && attempts === 1));
  clock.set(morning + 60_000);
  await settled("digest");
  expect(phone.sent.map(({ sentence }) => sentence)).toEqual([
    "1 failed, 1 is completed.",
    "1 failed, 1 is completed.",
  ]);
});

test("a program is told one thing after the other, also after quiet hours", async () => {
  await open(asleep, { oneByOne: true, edits: false });
  await Promise.all([telling.world.start({}, "ends"), telling.world.start({}, "fails")]);
  await telling.until(
    (all) => all.filter(({ because }) => because === "These are your quiet hours.").length === 2,
  );
  clock.set(morning);
  await settled("finished");
  await settled("failed");
  expect(phone.sent.map(({ kind }) => kind).sort()).toEqual(["failed", "finished"]);
});

test("a channel that is switched off meanwhile is sent nothing, and nothing stays held", async () => {
  await open();
  await happen("ends", "fails");
  const [channel] = await telling.store.notify.channels();
  if (channel !== undefined) await telling.store.notify.putChannel({ ...channel, state: "off" });
  clock.set(morning);
  const all = await settled("digest", "dropped");
  expect(all.filter(({ state }) => state === "held")).toEqual([]);
  expect(phone.sent).toEqual([]);
});
