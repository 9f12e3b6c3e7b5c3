import { afterEach, describe, expect, it, test } from "vitest";
import { nothingSaid } from "#core/access.ts";
import { AppError } from "#core/errors.ts";
import { ownerId } from "#core/people.ts";
import type { Press } from "#notify/decisions.ts";
import { flow, oneStep } from "../engine/world.ts";
import { ada } from "../people/ada.ts";
import { newStore } from "../store/new-store.ts";
import { asksFirst, openTelling, recorder, type Telling } from "./world.ts";

let telling: Telling;
afterEach(() => telling.close());

const byAda: Press = { person: { id: ownerId, name: "Ada", role: "admin" }, channel: "Telegram" };
const sentOf = (kind: string) => (all: readonly { kind: string; state: string }[]) =>
  all.some((one) => one.kind === kind && one.state === "sent");

test("an approval is told with its risk and answered by a button, and what was told says who did", async () => {
  const phone = recorder("phone");
  const desk = recorder("desk");
  telling = await openTelling([asksFirst()], { kinds: [phone.kind, desk.kind] });
  const runId = await telling.world.start();
  await telling.until(
    (all) => all.filter((one) => one.kind === "needs-you" && one.state === "sent").length === 2,
  );
  const asked = phone.sent.find(({ kind }) => kind === "needs-you");
  expect(asked).toMatchObject({
    urgency: "urgent",
    title: "A flow: subject",
    sentence: "Approval required at step 1 of 2: Approve the change. The site is replaced.",
    facts: [
      { label: "Risk", value: "low" },
      { label: "Touches", value: "The site." },
    ],
    links: [{ href: `https://milepost.example/runs/${runId}` }],
    buttons: [{ verb: "approve" }, { verb: "reject" }],
  });
  const [approve] = asked?.buttons ?? [];
  expect(approve?.token).toMatch(/^[A-Za-z0-9._-]{1,64}$/);
  expect(await telling.notify.decisions.press(approve?.token ?? "", "press", byAda)).toEqual({
    was: "decided",
    sentence: "Approved by Ada in Telegram",
  });
  await telling.world.until(runId, "completed");
  for (const { edits } of [phone, desk]) {
    await telling.until(() => edits.some(({ message }) => message.kind === "needs-you"));
    const { message } = edits.find((one) => one.message.kind === "needs-you") ?? {};
    expect(message?.sentence).toMatch(/^Approved by Ada in Telegram, \d\d:\d\d\.$/);
    expect(message?.buttons).toEqual([]);
  }
});

test("what tells of a question that is answered names it beside the answer", async () => {
  const phone = recorder("phone");
  const paint = flow()
    .ask("colour", "Which colour?", {
      form: () => ({ fields: [{ kind: "text", name: "colour", label: "Colour" }], submit: "Take it" }),
      read: ({ colour }) => String(colour),
      detail: (colour) => colour,
    })
    .hands(() => ({ sentence: "" }));
  telling = await openTelling([paint], { kinds: [phone.kind] });
  const runId = await telling.world.start();
  await telling.until((all) => all.some((one) => one.kind === "needs-you" && one.state === "sent"));
  await telling.world.engine.answer(runId, "colour", { colour: "red" }, "Ada");
  const { edits } = phone;
  await telling.until(() => edits.some(({ message }) => message.kind === "needs-you"));
  const { message } = edits.find((one) => one.message.kind === "needs-you") ?? {};
  expect(message?.sentence).toMatch(/^“Which colour\?”: red, \d\d:\d\d\.$/);
});

test("of two presses at once one wins; the other, and every later one, changes nothing", async () => {
  const phone = recorder("phone");
  telling = await openTelling([asksFirst()], { kinds: [phone.kind] });
  const runId = await telling.world.start();
  await telling.until(sentOf("needs-you"));
  const { buttons = [] } = phone.sent.find(({ kind }) => kind === "needs-you") ?? {};
  const { press } = telling.notify.decisions;
  const both = await Promise.all(buttons.map(({ token }) => press(token, "press", byAda)));
  expect(both.map(({ was }) => was).sort()).toEqual(["decided", "late"]);
  for (const { token } of buttons) expect((await press(token, "press", byAda)).was).toBe("late");
  const { steps } = (await telling.store.run(runId)) ?? { steps: [] };
  expect(steps.filter(({ attempt }) => attempt > 1)).toEqual([]);
});

test("a token is good for its own purpose, verb and question only, and no other text is one", async () => {
  const phone = recorder("phone");
  telling = await openTelling([asksFirst()], { kinds: [phone.kind] });
  await telling.world.start();
  await telling.until(sentOf("needs-you"));
  const [approve, reject] = phone.sent.find(({ kind }) => kind === "needs-you")?.buttons ?? [];
  const { read } = telling.notify.decisions;
  const token = approve?.token ?? "";
  expect(await read(token, "press")).toMatchObject({ verb: "approve" });
  expect(await read(token, "act")).toBeNull();
  expect(await read(token, "page")).toBeNull();
  const [id = "", , mac = ""] = token.split(".");
  expect(await read(`${id}.r.${mac}`, "press")).toBeNull();
  expect(await read(`${id}.a.${(reject?.token ?? "").split(".")[2]}`, "press")).toBeNull();
  for (const odd of ["", ".", "..", `${id}.a.`, `${token}x.y`, "é.a.b"])
    expect(await read(odd, "press")).toBeNull();
});

test("what is of high risk has no buttons, and no press of a forged one is taken", async () => {
  const phone = recorder("phone");
  telling = await openTelling([asksFirst("high")], { kinds: [phone.kind] });
  const runId = await telling.world.start();
  const [sent] = await telling.until(sentOf("needs-you"));
  expect(phone.sent.find(({ kind }) => kind === "needs-you")?.buttons).toEqual([]);
  const token = telling.notify.decisions.tokenFor(sent?.id ?? "", "approve", "press");
  const needsYou = (await telling.store.notify.deliveriesOf(runId)).find(
    ({ kind, state }) => kind === "needs-you" && state === "sent",
  );
  const forged = telling.notify.decisions.tokenFor(needsYou?.id ?? "", "approve", "press");
  expect(token).not.toBe("");
  expect((await telling.notify.decisions.press(forged, "press", byAda)).was).toBe("refused");
  expect((await telling.store.run(runId))?.run.state).toBe("asking");
});

test("a failure is told with its step and reason, and what completes after it was tried again too", async () => {
  const phone = recorder("phone");
  let isWell = false;
  const shaky = oneStep({
    run: async () => {
      if (!isWell) throw new AppError("rejected", "The disk is full.");
    },
  });
  telling = await openTelling([shaky], { kinds: [phone.kind] });
  const runId = await telling.world.start();
  await telling.until(sentOf("failed"));
  expect(phone.sent.find(({ kind }) => kind === "failed")?.sentence).toBe(
    "It failed at step 1 of 1: Only step. The disk is full.",
  );
  isWell = true;
  await telling.world.engine.retry(runId, "Ada");
  await telling.until(sentOf("finished"));
  expect(phone.sent.find(({ kind }) => kind === "finished")?.sentence).toBe("Done.");
});

test("what is not sent after all keeps nothing else waiting", async () => {
  const phone = recorder("phone", { leastGapMs: 3_600_000 });
  let isWell = true;
  const shaky = oneStep({
    run: async () => {
      if (!isWell) throw new AppError("rejected", "The disk is full.");
    },
  });
  telling = await openTelling([shaky], { kinds: [phone.kind] });
  const [channel] = await telling.notify.channels.of(ownerId);
  await telling.notify.channels.change(channel?.id ?? "", { wants: { live: false, overMs: 3_600_000 } }, ada);
  await telling.world.start();
  await telling.until((all) => all.some(({ kind, state }) => kind === "finished" && state === "dropped"));
  isWell = false;
  await telling.world.start();
  await telling.until(sentOf("failed"));
  expect(phone.sent).toHaveLength(1);
});

test("a sender that hangs delays no step, and no other channel", async () => {
  const stuck = recorder("stuck", {}, ["hangs", "hangs", "hangs"]);
  const phone = recorder("phone");
  telling = await openTelling([oneStep({ run: async () => {} })], { kinds: [stuck.kind, phone.kind] });
  for (let n = 0; n < 5; n++) await telling.world.until(await telling.world.start(), "completed");
  await telling.until(() => phone.sent.filter(({ kind }) => kind === "finished").length === 5);
  expect(stuck.sent).toHaveLength(1);
});

describe("a send of which nobody knows whether it arrived", () => {
  const cut = { was: "ambiguous", because: "The line was cut." } as const;

  it("is sent once more where somebody has to act", async () => {
    const phone = recorder("phone", { edits: false }, [cut]);
    telling = await openTelling([asksFirst()], { kinds: [phone.kind] });
    await telling.world.start();
    const [waiting] = await telling
      .until((all) =>
        all.some(
          ({ kind, attempts, state }) => kind === "needs-you" && attempts === 1 && state === "waiting",
        ),
      )
      .then((all) => all.filter(({ attempts }) => attempts === 1));
    expect(waiting?.because).toBe("The line was cut.");
    expect(waiting?.nextAt).toBeGreaterThan(waiting?.createdAt ?? 0);
  });

  it("is left alone where it only tells what came out, and said to have perhaps arrived", async () => {
    const phone = recorder("phone", { edits: false }, [cut]);
    telling = await openTelling([oneStep({ run: async () => {} })], { kinds: [phone.kind] });
    await telling.world.start();
    const [failed] = await telling.until((all) => all.some(({ state }) => state === "failed"));
    expect(failed).toMatchObject({
      kind: "finished",
      nextAt: null,
      because: "The line was cut. It may have arrived, so it was not sent again.",
    });
  });
});

test("a channel that reaches nobody any more is switched off, told by another one, and used again once a test gets through", async () => {
  const gone = recorder("gone", {}, [{ was: "dead", because: "Forbidden: bot was blocked by the user" }]);
  const phone = recorder("phone");
  telling = await openTelling([asksFirst()], { kinds: [gone.kind, phone.kind] });
  await telling.world.start();
  await telling.until(sentOf("broken"));
  expect(phone.sent.find(({ kind }) => kind === "broken")?.sentence).toBe(
    "“gone” (gone) no longer reaches you: Forbidden: bot was blocked by the user",
  );
  const [broken] = (await telling.notify.channels.of(ownerId)).filter(({ kind }) => kind === "gone");
  expect(broken).toMatchObject({ state: "broken", because: "Forbidden: bot was blocked by the user" });
  const tested = await telling.notify.channels.test(broken?.id ?? "", new AbortController().signal);
  expect(tested).toMatchObject({ state: "on", because: null, lastTest: { ok: true } });
});

test("what waits for its next try is sent at once by whoever says so, and what waits for its time is not", async () => {
  const busy = recorder("busy", { edits: false }, [
    { was: "later", because: "Not now.", afterMs: 3_600_000 },
  ]);
  telling = await openTelling([asksFirst()], { kinds: [busy.kind] });
  await telling.world.start();
  const all = await telling.until((some) => some.some(({ because }) => because === "Not now."));
  const first = all.find(({ because }) => because === "Not now.");
  const reminder = all.find(({ because }) => because !== "Not now.");
  if (first === undefined || reminder === undefined) throw new Error("a question has reminders");
  await expect(telling.notify.tryAgain(reminder)).rejects.toMatchObject({ code: "not-allowed-now" });
  await telling.notify.tryAgain(first);
  await telling.until((some) => some.some(({ id, state }) => id === first.id && state === "sent"));
  await expect(telling.notify.tryAgain(first)).rejects.toMatchObject({ code: "not-allowed-now" });
});

test("whoever has the page open is told of nothing they see, and of a question once they look away", async () => {
  const phone = recorder("phone");
  telling = await openTelling([asksFirst()], { kinds: [phone.kind] });
  const { watching } = telling.notify;
  const runId = await telling.world.start();
  watching.saw(ownerId, runId);
  const [held] = await telling
    .until((all) => all.some(({ because }) => because === "You have its page open."))
    .then((all) => all.filter(({ because }) => because === "You have its page open."));
  expect(held?.state).toBe("waiting");
  expect(phone.sent.filter(({ kind }) => kind === "needs-you")).toEqual([]);
});

test("where nobody can be told, a run's commit writes nothing for it", async () => {
  const store = await newStore();
  telling = await openTelling([oneStep({ run: async () => {} })], {
    store,
    kinds: [],
    channels: false,
  });
  await telling.world.until(await telling.world.start(), "completed");
  expect(await store.notify.notices(10)).toEqual([]);
});

test("somebody is told of a run of another's only where they said so, and not where it is hidden from them", async () => {
  const phone = recorder("phone");
  telling = await openTelling([asksFirst()], { kinds: [phone.kind], channels: false });
  const person = {
    id: "bob",
    name: "Bob",
    email: null,
    role: "operator",
    roleBefore: null,
    createdAt: 1,
    joinedAt: 1,
  } as const;
  await telling.store.accounts.addPerson(person);
  await telling.notify.channels.add({ personId: "bob", kind: "phone", name: "Bob's", values: {} }, ada);
  const quiet = await telling.world.start();
  const told = await telling.world.start();
  await telling.store.notify.putBell(told, "bob", true);
  await telling.world.engine.cancel(told, "Ada");
  await telling.until(sentOf("cancelled"));
  expect(phone.sent.map(({ thread }) => thread?.id)).not.toContain(quiet);
  expect(nothingSaid.of("workflow", "careful")).toBeNull();
});
