import { afterAll, beforeAll, expect, test } from "vitest";
import { AppError } from "#core/errors.ts";
import { start } from "#core/start.ts";
import type { Store } from "#core/store.ts";
import { workflow } from "#core/workflow.ts";
import { newStore } from "../store/new-store.ts";
import { textOf } from "../views/read-html.ts";
import { openSite, type Site } from "./site.ts";

let site: Site;
let refuses = false;
let effects = 0;
let looks = "on";
const released = Promise.withResolvers<void>();

/** A disk that is full for a while: nothing can be written, everything can be read. */
const fullAtTimes = (store: Store): Store => ({
  ...store,
  change: async (...given) => {
    if (refuses) throw new Error("database or disk is full");
    return store.change(...given);
  },
  claim: async (...given) => {
    if (refuses) throw new AppError("disk-full", "The disk is full.");
    return store.claim(...given);
  },
});

beforeAll(async () => {
  const flow = workflow("flow", "Flow", "For tests.", start({ subject: () => "it" }))
    .do("only", "Only step", {
      run: async () => {
        await released.promise;
        effects += 1;
      },
    })
    .hands(() => ({ sentence: "Done." }));
  const waits = workflow("waits", "Waits", "For tests.", start({ subject: () => "it" }))
    .wait("look", "Look", {
      everyMs: 20,
      maxEveryMs: 20,
      timeoutMs: 600_000,
      look: async () => (looks === "done" ? { done: null } : { waiting: "on it" }),
    })
    .hands(() => ({ sentence: "Done." }));
  site = await openSite({ workflows: [flow, waits], store: fullAtTimes(await newStore()) });
});
afterAll(() => site.close());

const poll = (address: string) => site.get(address, { headers: { "HX-Request": "true" } });
const nextPoll = (html: string): string =>
  /hx-get="([^"]*\/progress[^"]*)"/.exec(html)?.[1]?.replaceAll("&amp;", "&") ?? "";
const until = async (holds: () => Promise<boolean> | boolean) => {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 5));
};

test("says at the next poll that what happened could not be written down, and no longer once it could", async () => {
  const { runId } = await site.engine.start("flow", {}, "Ada");
  await until(async () => (await site.engine.picture(runId)).steps[0]?.state === "running");
  // The version whose step was begun is still held: nothing more is written until the step ends.
  const before = await (await site.get(`/runs/${runId}`)).text();
  expect(before).not.toContain("unrecorded-card");
  expect((await poll(nextPoll(before))).status).toBe(204);

  refuses = true;
  released.resolve();
  await until(() => site.engine.unrecorded(runId) !== null);
  const said = await poll(nextPoll(before));
  expect(said.status).toBe(200);
  const html = await said.text();
  expect(textOf(html)).toContain("What happens cannot be written down now");
  expect(textOf(html)).toContain("The database could not be written");
  const { unrecorded } = (await (await site.call("GET", `/api/runs/${runId}`)).json()) as {
    unrecorded: { because: string };
  };
  expect(unrecorded.because).toContain("could not be written");
  // Nothing new to say until it is written.
  expect((await poll(nextPoll(html))).status).toBe(204);

  refuses = false;
  await until(async () => (await site.engine.picture(runId)).state === "completed");
  const after = await (await poll(nextPoll(html))).text();
  expect(after).toContain('data-state="completed"');
  expect(after).toContain('id="run-cards"');
  expect(after).not.toContain("unrecorded-card");
  expect(effects).toBe(1);
});

test("says so of a run that waits, too, which nobody may look on with, and not of one that is over", async () => {
  const { runId: over } = await site.engine.start("flow", {}, "Ada");
  await until(async () => (await site.engine.picture(over)).state === "completed");
  const { runId } = await site.engine.start("waits", {}, "Ada");
  await until(async () => (await site.engine.picture(runId)).state === "waiting");
  refuses = true;
  await until(() => site.engine.unrecorded(runId) !== null);
  const html = await (await site.get(`/runs/${runId}`)).text();
  expect(textOf(html)).toContain("What happens cannot be written down now");
  expect(textOf(html)).toContain("The disk is full.");
  expect((await poll(nextPoll(html))).status).toBe(204);
  expect(await (await site.get(`/runs/${over}`)).text()).not.toContain("unrecorded-card");

  refuses = false;
  looks = "done";
  await until(async () => (await site.engine.picture(runId)).state === "completed");
  expect(await (await poll(nextPoll(html))).text()).not.toContain("unrecorded-card");
});
