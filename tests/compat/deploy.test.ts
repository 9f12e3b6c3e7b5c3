import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { type DeployStatus, deployStatus } from "#compat/deploy/status.ts";
import { AppError } from "#core/errors.ts";
import type { RunState } from "#core/states.ts";
import { type EventReader, readEvents } from "../web/event-reader.ts";
import { listen } from "../web/listen.ts";
import { colours, openSite, type Site } from "../web/site.ts";
import { createStack } from "./stack.ts";

const { stack, taken, told, holdSteps, goOn } = createStack();
let site: Site;
let server: Awaited<ReturnType<typeof listen>>;

beforeAll(async () => {
  site = await openSite({ workflows: [colours(), stack] });
  server = await listen(site);
});
afterEach(() => {
  goOn();
  told.fail = null;
  told.unreachable = false;
});
afterAll(async () => {
  server.close();
  await site.close();
});

const deploy = async (name: string, values = {}): Promise<string> => {
  const answer = await site.call("POST", "/api/deploy", { name, values });
  expect(answer.status).toBe(202);
  return ((await answer.json()) as { id: string }).id;
};
const status = async (id: string) =>
  (await (
    await site.call("GET", `/api/status/${id}`, undefined, { Accept: "application/json" })
  ).json()) as DeployStatus & { logs: { phase: string; message: string }[] };
const follow = (id: string, headers = {}) => readEvents(server.origin, `/api/status/${id}`, headers);
const statusesOf = ({ events }: EventReader) => events.map(({ data }) => data as unknown as DeployStatus);
const phasesOf = (statuses: readonly DeployStatus[]) =>
  statuses.map(({ phase }) => phase).filter((phase, at, all) => phase !== all[at - 1]);
const over = async (id: string) => {
  const states = ["completed", "failed", "undone", "cancelled"];
  while (!states.includes((await site.engine.picture(id)).state))
    await new Promise((resolve) => setImmediate(resolve));
};

const allPhases = [
  "initializing",
  "creating_project",
  "getting_environment",
  "creating_application",
  "configuring_application",
  "creating_domain",
  "deploying",
  "verifying_health",
  "completed",
];

test("whoever follows sees every phase as it begins, never going back, up to success with URL and resources", async () => {
  const release = holdSteps();
  const id = await deploy("live1");
  const reader = await follow(id);
  expect(reader.headers["content-type"]).toContain("text/event-stream");
  for (const phase of allPhases.slice(0, -1)) {
    await reader.until(() => statusesOf(reader).at(-1)?.phase === phase);
    const polled = await status(id);
    expect([polled.phase, polled.status]).toEqual([phase, "in_progress"]);
    release();
  }
  await reader.ended;
  const statuses = statusesOf(reader);
  expect(phasesOf(statuses)).toEqual(allPhases);
  expect(reader.events.every(({ event }) => event === "progress")).toBe(true);
  const percents = statuses.map(({ progress }) => progress);
  expect(percents).toEqual([...percents].sort((a, b) => a - b));
  expect(statuses.at(-1)).toEqual({
    phase: "completed",
    status: "success",
    progress: 100,
    message: "“live1” is deployed.",
    currentStep: "“live1” is deployed.",
    url: "http://one.localhost",
    resources: { projectId: "p1", environmentId: "e1", applicationId: "a1", domainId: "d1" },
    timestamps: { started: expect.any(String), completed: expect.any(String) },
  });
  const { logs, ...polled } = await status(id);
  expect(polled).toEqual({ id, ...statuses.at(-1) });
  expect(logs[0]).toMatchObject({ phase: "initializing", message: "doing initializing" });
});

test("whoever comes late first gets every phase that was missed, with the resources known at that time", async () => {
  const id = await deploy("late1");
  await over(id);
  const reader = await follow(id);
  await reader.ended;
  const statuses = statusesOf(reader);
  expect(phasesOf(statuses)).toEqual(allPhases);
  const creating = statuses.findLast(({ phase }) => phase === "creating_application");
  expect(creating?.resources).toEqual({ projectId: "p1", environmentId: "e1" });
  expect(creating).not.toHaveProperty("url");
  expect(creating?.status).toBe("in_progress");
  expect(statuses.at(-1)?.status).toBe("success");
});

test("whoever comes back gets the rest only, and is told when there is no more", async () => {
  const id = await deploy("back1");
  await over(id);
  const whole = await follow(id);
  await whole.ended;
  const half = Math.floor(whole.events.length / 2);
  const rest = await follow(id, { "Last-Event-ID": String(whole.events[half - 1]?.id) });
  await rest.ended;
  expect(rest.events).toEqual(whole.events.slice(half));
  const last = (await site.engine.picture(id)).lastEvent;
  expect((await follow(id, { "Last-Event-ID": String(last) })).status).toBe(204);
});

test("a failure is told with its phase, after everything was rolled back at 95 percent", async () => {
  told.fail = new AppError("remote-failed", "The image cannot be pulled.");
  const id = await deploy("fails1");
  const reader = await follow(id);
  await reader.ended;
  const statuses = statusesOf(reader);
  expect(phasesOf(statuses).slice(-3)).toEqual(["deploying", "rolling_back", "failed"]);
  const rolling = statuses.filter(({ phase }) => phase === "rolling_back");
  expect(new Set(rolling.map(({ progress }) => progress))).toEqual(new Set([95]));
  const percents = statuses.map(({ progress }) => progress);
  expect(percents).toEqual(percents.toSorted((a, b) => a - b));
  expect(statuses.at(-1)).toMatchObject({
    status: "failure",
    message: "Rollback completed",
    error: { phase: "deploying", message: "The image cannot be pulled.", code: "remote-failed" },
  });
});

test("a percent that was told is never taken back, also where the rolling back begins above 95", async () => {
  told.fail = new AppError("remote-failed", "The image cannot be pulled.");
  const id = await deploy("high1");
  await over(id);
  const at = await site.store.run(id);
  if (at === null) throw new Error("it is gone");
  const told99 = (state: RunState) =>
    deployStatus({ ...at, run: { ...at.run, state, percentFloor: 99 } }).progress;
  expect((["running", "undoing", "failed", "undone"] as const).map(told99)).toEqual([99, 99, 99, 99]);
});

test("a failure that is kept, and a cancel, are failures too", async () => {
  told.fail = new AppError("remote-failed", "The image cannot be pulled.");
  const kept = await deploy("keeps1", { keep: true });
  await over(kept);
  expect(await status(kept)).toMatchObject({
    phase: "failed",
    status: "failure",
    error: { phase: "deploying", code: "remote-failed" },
    resources: { projectId: "p1" },
  });
  holdSteps();
  const stopped = await deploy("stops1");
  await site.engine.cancel(stopped, "Ada");
  await over(stopped);
  expect(await status(stopped)).toMatchObject({
    phase: "failed",
    status: "failure",
    error: { code: "cancelled" },
  });
});

test("a deployment is accepted as curl sends it, and refused with a sentence when its body is odd or its name is taken", async () => {
  const sent = (body: string) =>
    site.call("POST", "/api/deploy", body, { "Content-Type": "application/x-www-form-urlencoded" });
  holdSteps();
  const answer = await sent('{"name":"curl1"}');
  const { id } = (await answer.json()) as { id: string };
  expect(answer.headers.get("Location")).toBe(`/api/status/${id}`);
  for (const odd of ["name=curl1", "{}", '{"name":1}', "null"]) expect((await sent(odd)).status).toBe(400);
  expect((await sent('{"name":"x"}')).status).toBe(400);
  const second = await sent('{"name":"curl1"}');
  expect(second.status).toBe(409);
  expect(await second.json()).toMatchObject({ error: { code: "locked", runId: id } });
});

test("a name is checked by the workflow's rules, against runs under way and against what is there", async () => {
  const check = async (name: string) => {
    const answer = await site.call("GET", `/api/check/${name}`);
    expect(answer.status).toBe(200);
    return answer.json();
  };
  expect(await check("free1")).toEqual({ name: "free1", valid: true, available: true, reason: null });
  expect(await check("No")).toMatchObject({
    valid: false,
    available: false,
    reason: "Three to twenty letters.",
  });
  taken.add("there1");
  expect(await check("there1")).toMatchObject({
    valid: true,
    available: false,
    reason: "It exists already.",
  });
  holdSteps();
  const id = await deploy("busy1");
  expect(await check("busy1")).toMatchObject({
    valid: true,
    available: false,
    reason: expect.stringContaining(id),
  });
  told.unreachable = true;
  expect(await check("free1")).toMatchObject({
    valid: true,
    available: null,
    reason: expect.stringContaining("cannot be reached"),
  });
});

test("what is no deployment has no status", async () => {
  expect((await site.call("GET", "/api/status/nothing")).status).toBe(404);
  expect((await site.call("GET", `/api/status/${await site.asking()}`)).status).toBe(404);
});
