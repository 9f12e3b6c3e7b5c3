import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { DeployStatus } from "#compat/deploy/status.ts";
import type { TaskMessage } from "#compat/tasks/message.ts";
import { readEvents } from "../web/event-reader.ts";
import { readMessages } from "../web/message-reader.ts";
import { type ServerProcess, startServer, untilRun } from "./server-process.ts";
import { token } from "./token.ts";

const auth = { Authorization: `Bearer ${token}` };

let dataDir: string;
let server: ServerProcess;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "milepost-followers-"));
  server = await startServer(dataDir, { sampleSite: false });
});
afterEach(async () => {
  await server.kill();
  await rm(dataDir, { recursive: true, force: true });
});

const deploy = async (): Promise<string> =>
  (await server.json<{ id: string }>("POST", "/api/deploy", { name: "followed1" })).id;

test("those who follow a deployment over a kill -9 get every event once and in order, and every phase", async () => {
  const runId = await deploy();
  const socket = await readMessages<TaskMessage>(server.origin, `/ws/tasks/${runId}`, auth);
  const stream = await readEvents(server.origin, `/api/runs/${runId}/events`, auth);
  await Promise.all([
    socket.until((messages) => messages.some(({ step }) => step?.id === "deploying")),
    stream.until((events) => events.length >= 15),
  ]);
  await server.kill();
  await Promise.all([socket.closed, stream.ended]);

  server = await startServer(dataDir, { sampleSite: false });
  const socketAgain = await readMessages<TaskMessage>(
    server.origin,
    `/ws/tasks/${runId}?after=${socket.messages.at(-1)?.id}`,
    auth,
  );
  const streamAgain = await readEvents(server.origin, `/api/runs/${runId}/events`, {
    ...auth,
    "Last-Event-ID": String(stream.events.at(-1)?.id),
  });
  const { lastEvent } = await untilRun(server, runId, ({ state }) => state === "completed");
  await Promise.all([
    socketAgain.until((messages) => messages.at(-1)?.id === lastEvent),
    streamAgain.until((events) => events.at(-1)?.id === lastEvent),
  ]);
  const expected = Array.from({ length: lastEvent }, (_, at) => at + 1);
  expect([...socket.messages, ...socketAgain.messages].map(({ id }) => id)).toEqual(expected);
  expect([...stream.events, ...streamAgain.events].map(({ id }) => id)).toEqual(expected);

  const late = await readEvents(server.origin, `/api/status/${runId}`, auth);
  await late.ended;
  const phases = late.events.map(({ data }) => (data as unknown as DeployStatus).phase);
  expect([...new Set(phases)]).toEqual([
    "initializing",
    "creating_project",
    "getting_environment",
    "creating_application",
    "configuring_application",
    "creating_domain",
    "deploying",
    "verifying_health",
    "completed",
  ]);
  for (const one of [socketAgain, streamAgain]) one.close();
});

test("a server that is told to stop does so, whoever follows", async () => {
  const runId = await deploy();
  const socket = await readMessages<TaskMessage>(server.origin, "/ws/tasks", auth);
  const stream = await readEvents(server.origin, `/api/runs/${runId}/events`, auth);
  await server.stop();
  await Promise.all([socket.closed, stream.ended]);
});
