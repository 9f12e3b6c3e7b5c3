import { afterAll, beforeAll, expect, test } from "vitest";
import type { Clock } from "#core/clock.ts";
import { AppError } from "#core/errors.ts";
import type { TaskMessage } from "#web/live/task-message.ts";
import { realClock } from "../engine/world.ts";
import { listen } from "./listen.ts";
import { type MessageReader, readMessages } from "./message-reader.ts";
import { quick } from "./quick.ts";
import { colours, openSite, type Site } from "./site.ts";
import { createTelling } from "./telling.ts";

const { telling, told } = createTelling();
let site: Site;
let server: Awaited<ReturnType<typeof listen>>;
const timers = new Set<{ ms: number; call: () => void }>();
/** Time passes when `pass` says so. */
const clock: Clock = {
  now: realClock.now,
  after: (ms, call) => {
    const timer = { ms, call };
    timers.add(timer);
    return () => timers.delete(timer);
  },
};
const pass = (ms: number) => {
  for (const timer of [...timers]) {
    if (timer.ms !== ms || !timers.delete(timer)) continue;
    timer.call();
  }
};

beforeAll(async () => {
  site = await openSite({ workflows: [colours(), telling, quick], deps: { clock } });
  server = await listen(site);
});
afterAll(async () => {
  server.close();
  await site.close();
});

const follow = (path: string, headers = {}) => readMessages(server.origin, path, headers);
const newest = async (runId: string) => (await site.engine.picture(runId)).lastEvent;
const reaches = (reader: MessageReader, runId: string, n: number) =>
  reader.until((messages) => messages.some((message) => message.task_id === runId && message.id >= n));
const idsOf = (messages: readonly TaskMessage[], runId?: string) =>
  messages.filter((message) => runId === undefined || message.task_id === runId).map(({ id }) => id);
const from = (first: number, last: number) =>
  Array.from({ length: last - first + 1 }, (_, index) => first + index);
const change = async (runId: string) => {
  await site.engine.pause(runId, "Ada");
  await site.engine.resume(runId, "Ada");
};
const metric = async (name: string) =>
  Number(new RegExp(`^${name} (\\d+)$`, "m").exec(await (await site.get("/metrics")).text())?.[1]);
const until = async (holds: () => boolean | Promise<boolean>): Promise<void> => {
  while (!(await holds())) await new Promise((resolve) => setImmediate(resolve));
};

test("one run: every event is one message, in order, first those that were missed, with the types of the task API", async () => {
  const runId = await site.asking();
  const reader = await follow(`/ws/tasks/${runId}`);
  await reader.until((messages) => messages.some(({ type }) => type === "approval_needed"));
  const asked = reader.messages.find((message) => message.type === "approval_needed");
  expect(asked).toMatchObject({
    task_id: runId,
    status: "waiting_approval",
    percent: 0,
    step: { id: "colour", order: 1, status: "approval" },
    approval: { id: "colour", open: true, answer: `/api/runs/${runId}/steps/colour/answer` },
  });
  expect(asked?.type === "approval_needed" && asked.approval.form?.fields[0]).toMatchObject({
    name: "colour",
  });

  await site.engine.answer(runId, "colour", { colour: "red" }, "Ada");
  await reader.until((messages) => messages.some(({ type }) => type === "task_complete"));
  await reaches(reader, runId, await newest(runId));
  expect(reader.messages.map(({ event }) => event)).toEqual(await site.store.events(runId, 0, 1000));
  expect(idsOf(reader.messages)).toEqual(from(1, reader.messages.length));
  const steps = reader.messages.filter(({ type }) => type === "step_complete").map(({ step }) => step?.id);
  expect(steps).toEqual(["colour", "paint"]);
  const done = reader.messages.find(({ type }) => type === "task_complete");
  expect(done).toMatchObject({ status: "completed", percent: 100, result: { sentence: "All is painted." } });
  reader.close();
});

test("a run that fails says so with the reason, one that is cancelled says that it stopped", async () => {
  const { runId } = await site.engine.start("telling", {}, "Ada");
  const reader = await follow(`/ws/tasks/${runId}`);
  await reader.until((messages) => messages.some(({ step }) => step?.status === "running"));
  told.fail(new AppError("remote-refused", "The other side refuses."));
  await reader.until((messages) => messages.some(({ type }) => type === "task_error"));
  expect(reader.messages.find(({ type }) => type === "task_error")).toMatchObject({
    status: "failed",
    error: { step: "tell", code: "remote-refused", message: "The other side refuses." },
  });
  const other = await site.asking();
  const second = await follow(`/ws/tasks/${other}`);
  await site.engine.cancel(other, "Ada");
  await second.until((messages) => messages.some(({ type }) => type === "task_stopped"));
  expect(second.messages.find(({ type }) => type === "task_stopped")).toMatchObject({ status: "cancelled" });
  reader.close();
  second.close();
});

test("“after” brings what was missed and only that", async () => {
  const runId = await site.asking();
  await change(runId);
  const last = await newest(runId);
  const reader = await follow(`/ws/tasks/${runId}?after=3`);
  await reaches(reader, runId, last);
  await change(runId);
  await reaches(reader, runId, await newest(runId));
  expect(idsOf(reader.messages)).toEqual(from(4, await newest(runId)));
  reader.close();
});

test("all runs: each event of each run from now on, once and in order, of runs that come and go", async () => {
  const old = await site.asking();
  const [one, two] = await Promise.all([follow("/ws/tasks"), follow("/ws/tasks")]);
  const quiet = await newest(old);
  const ids = await Promise.all(
    Array.from({ length: 12 }, async () => (await site.engine.start("quick", {}, "Ada")).runId),
  );
  await change(old);
  for (const runId of ids) {
    await site.engine.settled(runId, 10_000, new AbortController().signal);
    // A run that is over is left; it is followed again when something happens to it.
    await site.engine.finalize(runId, "Ada");
  }
  for (const reader of [one, two]) {
    await reaches(reader, old, await newest(old));
    expect(idsOf(reader.messages, old)).toEqual(from(quiet + 1, await newest(old)));
    for (const runId of ids) {
      const last = await newest(runId);
      await reaches(reader, runId, last);
      expect(idsOf(reader.messages, runId)).toEqual(from(1, last));
    }
    reader.close();
  }
});

test("one who comes back to all runs by “since” has lost nothing, of runs known and unknown, over or not", async () => {
  const known = await site.asking();
  const first = await follow("/ws/tasks");
  await until(() => first.greeting !== null);
  await change(known);
  await reaches(first, known, await newest(known));
  const had = first.messages.at(-1);
  const since = had === undefined ? 0 : had.event.at;
  first.close();
  await first.closed;

  await change(known);
  const { runId: over } = await site.engine.start("quick", {}, "Ada");
  await site.engine.settled(over, 10_000, new AbortController().signal);

  const back = await follow(`/ws/tasks?since=${since}`);
  const { runId: late } = await site.engine.start("quick", {}, "Ada");
  await site.engine.settled(late, 10_000, new AbortController().signal);
  await change(known);
  for (const runId of [over, late, known]) await reaches(back, runId, await newest(runId));
  for (const runId of [over, late]) expect(idsOf(back.messages, runId)).toEqual(from(1, await newest(runId)));
  const seen = new Set([...idsOf(first.messages, known), ...idsOf(back.messages, known)]);
  const begun = Math.min(...idsOf(first.messages, known));
  for (const n of from(begun, await newest(known))) expect(seen.has(n)).toBe(true);
  // Nothing twice within one connection.
  expect(new Set(idsOf(back.messages, known)).size).toBe(idsOf(back.messages, known).length);
  back.close();
});

test("one who takes nothing is closed with 1013, the others hear on, and it resumes where it was", async () => {
  const { runId } = await site.engine.start("telling", {}, "Ada");
  const [slow, quickOne] = await Promise.all([follow(`/ws/tasks/${runId}`), follow(`/ws/tasks/${runId}`)]);
  const running = (messages: readonly TaskMessage[]) =>
    messages.some(({ step }) => step?.status === "running");
  await Promise.all([slow.until(running), quickOne.until(running)]);
  slow.stall();
  const dropped = await metric("milepost_web_sockets_dropped_total");
  let logs = 0;
  while ((await metric("milepost_web_sockets_dropped_total")) === dropped) {
    for (let count = 0; count < 400; count += 1) told.log("x".repeat(3_900));
    logs += 1;
    await quickOne.until((messages) => messages.filter(({ event }) => event.type === "log").length >= logs);
  }
  await reaches(quickOne, runId, await newest(runId));
  expect(idsOf(quickOne.messages)).toEqual(from(1, quickOne.messages.at(-1)?.id ?? 0));
  slow.resume();
  expect(await slow.closed).toBe(1013);
  const back = await follow(`/ws/tasks/${runId}?after=${slow.messages.at(-1)?.id ?? 0}`);
  await reaches(back, runId, await newest(runId));
  expect([...idsOf(slow.messages), ...idsOf(back.messages)]).toEqual(from(1, await newest(runId)));
  told.end();
  quickOne.close();
  back.close();
});

test("one that answers no ping is gone at the next beat; one that answers stays", async () => {
  const runId = await site.asking();
  await until(async () => (await metric("milepost_web_sockets")) === 0);
  const dead = await follow(`/ws/tasks/${runId}`);
  const alive = await follow(`/ws/tasks/${runId}`);
  expect(await metric("milepost_web_sockets")).toBe(2);
  dead.stall();
  const dropped = await metric("milepost_web_sockets_dropped_total");
  await until(async () => {
    // The one that lives has answered by the time that something sent after its ping has arrived.
    await change(runId);
    await reaches(alive, runId, await newest(runId));
    await new Promise((resolve) => setTimeout(resolve, 20));
    pass(15_000);
    return (await metric("milepost_web_sockets_dropped_total")) > dropped;
  });
  expect(await metric("milepost_web_sockets")).toBe(1);
  alive.close();
  dead.close();
  await until(async () => (await metric("milepost_web_sockets")) === 0);
});

test("a socket is closed now and then, so that a session that was ended sees nothing more", async () => {
  const reader = await follow(`/ws/tasks/${await site.asking()}`, {
    Authorization: "",
    Cookie: site.cookie,
    Origin: server.origin,
  });
  pass(30 * 60_000);
  expect(await reader.closed).toBe(1012);
});

test("a socket of no run, without a token, from an odd number or by plain HTTP is refused", async () => {
  const runId = await site.asking();
  await expect(follow("/ws/tasks/nothing")).rejects.toThrow("404");
  await expect(follow(`/ws/tasks/${runId}`, { Authorization: "Bearer wrong" })).rejects.toThrow("401");
  await expect(follow(`/ws/tasks/${runId}?after=x`)).rejects.toThrow("400");
  await expect(follow("/ws/tasks?since=x")).rejects.toThrow("400");
  expect((await site.call("GET", `/ws/tasks/${runId}`)).status).toBe(400);
});

test("a page of another site cannot open a socket with our cookie, and a rebound name cannot either", async () => {
  const runId = await site.asking();
  const cookie = { Authorization: "", Cookie: site.cookie };
  const own = { ...cookie, Origin: server.origin };
  for (const path of ["/ws/tasks", `/ws/tasks/${runId}`]) {
    (await follow(path, own)).close();
    await expect(follow(path, { ...own, Origin: "https://evil.example" })).rejects.toThrow("403");
    await expect(follow(path, { ...own, Origin: "null" })).rejects.toThrow("403");
    await expect(follow(path, cookie)).rejects.toThrow("403");
    await expect(
      follow(path, { ...cookie, Host: "evil.example", Origin: "http://evil.example" }),
    ).rejects.toThrow("403");
    await expect(follow(path, { Authorization: "", Origin: server.origin })).rejects.toThrow("401");
  }
});
