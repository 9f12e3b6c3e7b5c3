import { afterEach, expect, test } from "vitest";
import { AppError } from "#core/errors.ts";
import { ownerId } from "#core/people.ts";
import { start } from "#core/start.ts";
import { type Undo, type Workflow, workflow } from "#core/workflow.ts";
import type { Press } from "#notify/decisions.ts";
import { ada } from "../people/ada.ts";
import { openTelling, recorder, type Telling } from "./world.ts";

let telling: Telling;
afterEach(() => telling.close());

interface Removing {
  asks?: boolean;
  fails?: boolean;
  onFailure?: "stop" | "undo";
  undo?(): ReturnType<Undo<Record<string, string>, object, void>>;
}

/** Makes something, asks whether that is right where it is to, and removes it again. */
const makes = ({
  asks = false,
  fails = false,
  onFailure = "stop",
  undo = async () => {},
}: Removing): Workflow => {
  const begun = workflow(
    "makes",
    "Makes",
    "For tests.",
    start({ fields: [], subject: () => "it", onFailure: () => onFailure }),
  ).do("make", "Make it", { run: async () => {}, undo });
  const ok = { about: () => ({ what: "It stays.", risk: "low" as const, impact: [] }) };
  const then = {
    run: async () => {
      if (fails) throw new AppError("rejected", "The disk is full.");
    },
  };
  return (asks ? begun.approve("ok", "Keep it", ok) : begun)
    .do("use", "Use it", then)
    .hands(() => ({ sentence: "It is there." }));
};

const open = async (removing: Removing) => {
  const phone = recorder("phone", { edits: false });
  telling = await openTelling([makes(removing)], { kinds: [phone.kind] });
  const [channel] = await telling.notify.channels.of(ownerId);
  await telling.notify.channels.change(channel?.id ?? "", { wants: { overMs: 0 } }, ada);
  const runId = await telling.world.start();
  return { phone, runId };
};

const told = (phone: { sent: readonly { kind: string; sentence: string }[] }) =>
  phone.sent.filter(({ kind }) => kind !== "needs-you").map(({ kind, sentence }) => [kind, sentence]);

/** Resolves once all that is to be sent of the run was, and as much of it as this. */
const settled = (kind: string) =>
  telling.until((all) =>
    all.some((one) => one.kind === kind && (one.state === "sent" || one.state === "dropped")),
  );

test("a run that failed and removes by itself what it made is told to have failed, once, and while that goes on", async () => {
  let finish = () => {};
  const finished = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const { phone, runId } = await open({ fails: true, onFailure: "undo", undo: () => finished });
  await settled("failed");
  expect(told(phone)).toEqual([
    ["failed", "It failed at step 2 of 2: Use it. The disk is full. What it made is being removed."],
  ]);
  finish();
  await telling.world.until(runId, "failed");
  await quietly();
  expect(phone.sent).toHaveLength(1);
});

test("an undo that fails is told, whether somebody asked for it or not, and what is still there", async () => {
  const undo = () => Promise.reject(new AppError("rejected", "It is in use."));
  const { phone, runId } = await open({ undo });
  await settled("finished");
  await telling.world.engine.undo(runId, "Ada");
  await settled("failed");
  expect(told(phone).at(-1)).toEqual([
    "failed",
    expect.stringMatching(
      /^Completed · undo failed\. Undoing “Make it” failed: It is in use\. Not undone: “Make it”/,
    ),
  ]);
});

test("what had completed and is undone is not told to have been cancelled", async () => {
  const { phone, runId } = await open({});
  await settled("finished");
  await telling.world.engine.undo(runId, "Ada");
  await settled("cancelled");
  expect(told(phone).at(-1)).toEqual([
    "cancelled",
    "It was undone: what it had made is removed. Ada asked for it.",
  ]);
});

test("what an undo could not remove is told, of a run that was undone and of one that failed", async () => {
  const left = "1 row stays, because it was changed since.";
  const { phone, runId } = await open({ undo: async () => ({ stays: left }) });
  await settled("finished");
  await telling.world.engine.undo(runId, "Ada");
  await settled("cancelled");
  const sentence = told(phone).at(-1)?.[1];
  expect(sentence).toBe(`It was undone, but some of what it made is still there: ${left} Ada asked for it.`);
});

test.each([["Owner"], ["somebody else"]])(
  "a rejection by %s is told as a failure to all but them",
  async (name) => {
    const { phone } = await open({ asks: true });
    await settled("needs-you");
    const reject = phone.sent[0]?.buttons.find(({ verb }) => verb === "reject")?.token ?? "";
    const by: Press = { person: { id: ownerId, name, role: "admin" }, channel: "Telegram" };
    expect((await telling.notify.decisions.press(reject, "press", by)).was).toBe("decided");
    await quietly();
    expect(told(phone).map(([kind]) => kind)).toEqual(name === "Owner" ? [] : ["failed"]);
  },
);

/** Resolves once all that happened was told to whom it is told. */
const quietly = async () => {
  for (;;) {
    const { notify } = telling.store;
    const isSpread = (await notify.notices(1)).length === 0;
    if (isSpread && (await notify.due(Date.now(), [], 1)).length === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
};
