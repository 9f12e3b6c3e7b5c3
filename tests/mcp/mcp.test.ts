import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { approval } from "#core/approval.ts";
import { choice } from "#core/field-choices.ts";
import { secret, text } from "#core/field-kinds.ts";
import { question } from "#core/question.ts";
import type { Scope } from "#core/rights.ts";
import { start } from "#core/start.ts";
import { workflow } from "#core/workflow.ts";
import { createPictures } from "#mcp/pictures.ts";
import { openSite, type Site } from "../web/site.ts";

const named = start({ fields: [text("name", "Name", { required: true })], subject: ({ name }) => name });
const done = { run: async () => "done", weightMs: 1 };
const sentence = () => ({ sentence: "All is done." });

const paint = workflow("paint", "Paint a wall", "Asks for a colour.", named)
  .ask(
    "colour",
    "Which colour?",
    question({
      fields: [
        choice("colour", "Colour", {
          options: [
            { value: "red", label: "Red" },
            { value: "blue", label: "Blue" },
          ],
        }),
      ],
      answer: ({ colour }) => colour,
    }),
  )
  .do("act", "Paint", done)
  .hands(sentence);
const release = (risk: "low" | "medium" | "high") =>
  workflow(`release-${risk}`, `Release with ${risk} risk`, "Asks before it acts.", named)
    .ask(
      "agree",
      "Agree to it",
      approval({ about: () => ({ what: "The old one is replaced.", risk, impact: [] }) }),
    )
    .do("act", "Act", done)
    .hands(sentence);
const sealed = workflow(
  "sealed",
  "Needs a key",
  "Has a secret.",
  start({
    fields: [text("name", "Name", { required: true }), secret("key", "Key", { required: true })],
    subject: ({ name }) => name,
  }),
)
  .do("act", "Act", done)
  .hands(sentence);

let site: Site;
beforeAll(async () => {
  site = await openSite({ workflows: [paint, release("low"), release("medium"), release("high"), sealed] });
});
afterAll(() => site.close());

type Answers = (asked: { message: string; requestedSchema?: unknown }) => {
  action: "accept" | "decline";
  content?: Record<string, string | boolean>;
};
interface As {
  scope?: Scope;
  /** What its person says; without it nobody can be asked. */
  says?: Answers;
  era?: "2025" | "2026";
  name?: string;
  at?: Site;
}
let agents = 0;
/** An agent with the SDK's own client and a token of its own. */
const agent = async ({
  scope = { rights: ["read", "run", "answer"], workflows: null },
  says,
  era = "2026",
  name,
  at = site,
}: As = {}) => {
  agents += 1;
  const ada = { kind: "person", id: "owner", name: "Ada", personId: "owner" } as const;
  const { secret: token } = await at.deps.tokens.create(
    { name: name ?? `agent ${agents}`, scope, lastsMs: null },
    ada,
  );
  const client = new Client(
    { name: "test", version: "1" },
    {
      capabilities: says === undefined ? {} : { elicitation: { form: {} } },
      ...(era === "2026" ? { versionNegotiation: { mode: "auto" } } : {}),
    },
  );
  if (says !== undefined) client.setRequestHandler("elicitation/create", async ({ params }) => says(params));
  const transport = new StreamableHTTPClientTransport(new URL("http://127.0.0.1:3000/mcp"), {
    requestInit: { headers: { Authorization: `Bearer ${token}` } },
    fetch: async (url, init) =>
      at.app.request(String(url), {
        ...init,
        headers: { Host: "127.0.0.1:3000", ...Object.fromEntries(new Headers(init?.headers)) },
      }),
  });
  await client.connect(transport);
  onTestFinished(() => client.close());
  return {
    client,
    token,
    call: async (tool: string, given: Record<string, unknown> = {}) => {
      const {
        content,
        structuredContent,
        isError = false,
      } = await client.callTool({ name: tool, arguments: given });
      const words = (content as { text?: string }[]).map(({ text: one = "" }) => one).join("\n");
      return { words, isError, told: (structuredContent ?? {}) as Record<string, unknown> };
    },
  };
};
const stateOf = async (told: Record<string, unknown>) => (await site.engine.picture(String(told.run))).state;

describe.each(["2025", "2026"] as const)("An agent that speaks the protocol of %s", (era) => {
  test("starts a workflow by its tool, waits for it, answers its question, and gets what came of it", async () => {
    const { client, call } = await agent({ era });
    const { tools } = await client.listTools();
    expect(tools.find(({ name }) => name === "start_paint")?.inputSchema).toMatchObject({
      required: ["name"],
      properties: { name: { type: "string" } },
    });
    const started = await call("start_paint", { name: "north" });
    expect(started.told).toMatchObject({ state: "asking", question: { step: "colour", answerable: true } });
    const answered = await call("answer_step", {
      run: started.told.run,
      step: "colour",
      values: { colour: "red" },
    });
    const { told } = await call("get_run", { run: answered.told.run, wait_s: 5 });
    expect(told).toMatchObject({
      state: "completed",
      result: "All is done.",
      address: `http://127.0.0.1:3000/runs/${String(told.run)}`,
    });
    const log = await client.readResource({ uri: `milepost://runs/${String(told.run)}` });
    expect(JSON.stringify(log)).toContain("It is no instruction");
  });

  test("is told of each tool that it takes nothing else, and what it takes when it is given something else", async () => {
    const { client, call } = await agent({ era });
    const { tools } = await client.listTools();
    expect(tools.length).toBeGreaterThan(10);
    expect(tools.filter(({ inputSchema }) => inputSchema.additionalProperties !== false)).toEqual([]);
    const run = await call("start_paint", { name: "south", colr: "red" });
    expect(run).toMatchObject({
      isError: true,
      words: "“Paint a wall” has no field “colr”. It has name. (field: colr)",
    });
    const waited = await call("get_run", { run: "nowhere", wait: 5 });
    expect(waited).toMatchObject({ isError: true, words: expect.stringContaining('"wait"') });
    await call("start_paint", { name: "west", request_id: "once" });
    const other = await call("start_paint", { name: "east", request_id: "once" });
    expect(other).toMatchObject({ isError: true, words: expect.stringContaining("with this request_id") });
  });

  test("is told the sentence that a person would read when something is refused", async () => {
    const { call } = await agent({ era });
    const { words, isError } = await call("get_run", { run: "nowhere" });
    expect({ words, isError }).toEqual({ words: "There is no such run.", isError: true });
  });
});

describe("A client that can put questions to its person", () => {
  test("hands a run's question to that person, and the run goes on with the answer", async () => {
    const asked: string[] = [];
    const { call } = await agent({
      says: ({ message }) => {
        asked.push(message);
        return { action: "accept", content: { colour: "blue" } };
      },
    });
    const { told } = await call("start_paint", { name: "south" });
    expect(asked).toEqual(["Which colour?"]);
    expect(told).toMatchObject({ state: "completed" });
  });

  test("asks its person before anything is ended, and does nothing when that person declines", async () => {
    const answers: ("accept" | "decline")[] = ["decline", "accept"];
    const { call } = await agent({
      says: ({ message }) =>
        message.startsWith("Cancel")
          ? { action: answers.shift() ?? "decline", content: { confirm: true } }
          : { action: "decline" },
    });
    const { told } = await call("start_paint", { name: "west" });
    expect((await call("cancel_run", { run: told.run })).words).toContain("nothing was done");
    expect(await stateOf(told)).toBe("asking");
    await call("cancel_run", { run: told.run });
    expect(await stateOf(told)).toBe("cancelled");
  });
});

test("without one, what ends a run needs a second call with the code of the first, which is good for that run as it stands", async () => {
  const { call } = await agent();
  const { told } = await call("start_paint", { name: "east" });
  const other = await call("start_paint", { name: "centre" });
  const first = await call("cancel_run", { run: told.run });
  expect(first.words).toContain("Nothing was done yet");
  await call("cancel_run", { run: other.told.run, confirm: first.told.confirm });
  expect(await stateOf(other.told)).toBe("asking");
  await (await agent()).call("cancel_run", { run: told.run, confirm: first.told.confirm });
  expect(await stateOf(told)).toBe("asking");
  await call("cancel_run", { run: told.run, confirm: first.told.confirm });
  expect(await stateOf(told)).toBe("cancelled");
  // What cannot be done any more is refused, and not asked about first.
  const late = await call("cancel_run", { run: told.run });
  expect(late.words).toBe("A run that is cancelled cannot be cancelled.");
  expect((await call("skip_step", { run: other.told.run })).words).toBe(
    "No step of this run may be left out now.",
  );
});

describe("What an agent must not answer, it cannot", () => {
  test("approvals of risk, and those of a run that it started itself", async () => {
    const { call } = await agent();
    const high = await call("start_release-high", { name: "shop" });
    expect((await call("answer_step", { run: high.told.run, step: "agree" })).words).toContain("high risk");
    const own = await call("start_release-low", { name: "blog" });
    expect((await call("answer_step", { run: own.told.run, step: "agree" })).words).toContain(
      "cannot approve",
    );
    expect([await stateOf(high.told), await stateOf(own.told)]).toEqual(["asking", "asking"]);
    const { call: another } = await agent();
    await another("answer_step", { run: own.told.run, step: "agree" });
    expect((await another("get_run", { run: own.told.run, wait_s: 5 })).told).toMatchObject({
      state: "completed",
    });
    const { history } = await site.engine.picture(String(own.told.run));
    expect(JSON.stringify(history)).toContain(`Approved by agent ${agents} (Owner), an agent`);
  });

  test("approvals of medium risk, unless it is said that agents of its person may, for that workflow", async () => {
    const ada = { kind: "person", id: "owner", name: "Ada" } as const;
    const medium = (await site.engine.start("release-medium", { name: "shop" }, "Ada")).runId;
    const high = (await site.engine.start("release-high", { name: "shop" }, "Ada")).runId;
    for (const id of [medium, high]) await site.engine.settled(id, 2_000, AbortSignal.timeout(5_000));
    const { call } = await agent();
    const refused = await call("get_run", { run: medium });
    expect(refused.told.question).toMatchObject({ answerable: false });
    expect((await call("answer_step", { run: medium, step: "agree" })).words).toContain("medium risk");
    for (const id of ["release-medium", "release-high"]) {
      const object = { kind: "workflow", id, title: id } as const;
      await site.deps.access.say(object, { agents: { roles: [], people: [] } }, ada);
    }
    expect((await call("answer_step", { run: high, step: "agree" })).words).toContain("high risk");
    expect((await call("get_run", { run: medium })).told.question).toMatchObject({ answerable: true });
    await call("answer_step", { run: medium, step: "agree" });
    expect((await call("get_run", { run: medium, wait_s: 5 })).told).toMatchObject({ state: "completed" });
    expect(await stateOf({ run: high })).toBe("asking");
  });

  test("and secrets: a workflow that needs one is started by a person", async () => {
    const { client, call } = await agent();
    const { tools } = await client.listTools();
    const tool = tools.find(({ name }) => name === "start_sealed");
    expect(Object.keys(tool?.inputSchema.properties ?? {})).not.toContain("key");
    expect((await call("start_sealed", { name: "x" })).words).toContain("must not pass through an agent");
  });
});

test("a token does what it is for and no more: other workflows are not there, and nothing is changed with one for reading", async () => {
  const others = (await site.engine.start("paint", { name: "cellar" }, "Ada")).runId;
  const narrow = await agent({
    scope: { rights: ["read", "run", "answer"], workflows: ["release-low"] },
    era: "2025",
  });
  const startable = (await narrow.client.listTools()).tools.filter(({ name }) => name.startsWith("start_"));
  expect(startable.map(({ name }) => name)).toEqual(["start_release-low", "start_over_run"]);
  expect((await narrow.call("list_workflows")).words).not.toContain("paint");
  const { told: own } = await narrow.call("start_release-low", { name: "own" });
  const listed = (await narrow.call("list_runs", { limit: 50 })).told.runs as {
    run: string;
    title: string;
  }[];
  expect(listed.map(({ run }) => run)).toContain(own.run);
  expect(listed.filter(({ title }) => title !== "Release with low risk")).toEqual([]);
  expect((await narrow.call("list_runs", { workflow: "paint" })).told.runs).toEqual([]);
  for (const [tool, given] of [
    ["get_run", {}],
    ["get_logs", {}],
    ["answer_step", { step: "colour", values: { colour: "red" } }],
    ["pause_run", {}],
    ["cancel_run", {}],
    ["undo_run", {}],
  ] as const)
    expect([tool, await narrow.call(tool, { run: others, ...given })]).toEqual([
      tool,
      expect.objectContaining({ isError: true, words: "There is no such run." }),
    ]);
  for (const of of ["", "/log"])
    await expect(narrow.client.readResource({ uri: `milepost://runs/${others}${of}` })).rejects.toThrow(
      "There is no such run.",
    );
  const { client, call } = await agent({ scope: { rights: ["read"], workflows: null } });
  const { tools } = await client.listTools();
  expect(tools.filter(({ name }) => name.startsWith("start_"))).toEqual([
    expect.objectContaining({ name: "start_over_run" }),
  ]);
  const runId = (await site.engine.start("paint", { name: "attic" }, "Ada")).runId;
  await site.engine.settled(runId, 2_000, AbortSignal.timeout(5_000));
  expect((await call("pause_run", { run: runId })).isError).toBe(true);
  expect(await stateOf({ run: runId })).toBe("asking");
});

test("where there are too many workflows for a tool each, one tool starts those that a token is for, and no other", async () => {
  const many = await openSite({
    workflows: Array.from({ length: 22 }, (_, at) =>
      workflow(`flow-${at}`, `Flow ${at}`, "Is done at once.", named).do("act", "Act", done).hands(sentence),
    ),
  });
  onTestFinished(() => many.close());
  const scope: Scope = {
    rights: ["read", "run"],
    workflows: Array.from({ length: 21 }, (_, at) => `flow-${at}`),
  };
  const { call } = await agent({ scope, at: many });
  expect((await call("start_run", { workflow: "flow-3", values: { name: "x" } })).isError).toBe(false);
  const refused = await call("start_run", { workflow: "flow-21", values: { name: "x" } });
  expect(refused).toMatchObject({ isError: true, words: expect.stringContaining("no workflow “flow-21”") });
  expect((await many.engine.runs({ limit: 9 })).rows.map(({ workflowId }) => workflowId)).toEqual(["flow-3"]);
});

test("a thousand agents that follow a run at once cost a look at it for each of its changes, not for each of them", async () => {
  const runId = (await site.engine.start("paint", { name: "hall" }, "Ada")).runId;
  await site.engine.settled(runId, 2_000, AbortSignal.timeout(5_000));
  let looks = 0;
  const { engine } = site;
  const picture: typeof engine.picture = (...asked) => {
    looks += 1;
    return engine.picture(...asked);
  };
  let now = 1_000;
  const pictures = createPictures({ engine: { ...engine, picture }, clock: { now: () => now } });
  const follow = () => Promise.all(Array.from({ length: 1_000 }, () => pictures(runId)));
  expect(new Set(await follow()).size).toBe(1);
  expect(looks).toBe(1);
  await engine.pause(runId, "Ada");
  const [after] = await follow();
  expect([after?.state, looks]).toEqual(["paused", 2]);
  now += 2_000;
  await follow();
  expect(looks).toBe(3);
  await expect(Promise.all([pictures("nowhere"), pictures("nowhere")])).rejects.toThrow(
    "There is no such run.",
  );
});

test("the same request_id is the same run", async () => {
  const { call } = await agent();
  const [one, other] = [
    await call("start_paint", { name: "twice", request_id: "r1" }),
    await call("start_paint", { name: "twice", request_id: "r1" }),
  ];
  expect(other.told.run).toBe(one.told.run);
});

test("a client that follows tasks gets one at once, sees its question, answers it, and gets the result", async () => {
  const { token } = await agent();
  const version = "2026-07-28";
  const ask = async (method: string, params: Record<string, unknown>) => {
    const envelope = {
      "io.modelcontextprotocol/protocolVersion": version,
      "io.modelcontextprotocol/clientInfo": { name: "test", version: "1" },
      "io.modelcontextprotocol/clientCapabilities": { extensions: { "io.modelcontextprotocol/tasks": {} } },
    };
    const answer = await site.call(
      "POST",
      "/mcp",
      { jsonrpc: "2.0", id: 1, method, params: { ...params, _meta: envelope } },
      {
        Authorization: `Bearer ${token}`,
        Accept: "application/json, text/event-stream",
        "MCP-Protocol-Version": version,
        "Mcp-Method": method,
        "Mcp-Name": String(params.name ?? params.taskId),
      },
    );
    const { result } = (await answer.json()) as { result: Record<string, unknown> };
    return result;
  };
  const task = await ask("tools/call", { name: "start_paint", arguments: { name: "task" } });
  expect(task).toMatchObject({ resultType: "task" });
  const taskId = String(task.taskId);
  const rests = () => site.engine.settled(taskId, 2_000, AbortSignal.timeout(5_000));
  await rests();
  const asking = await ask("tasks/get", { taskId });
  expect(asking).toMatchObject({ status: "input_required" });
  const [key = ""] = Object.keys(asking.inputRequests as object);
  const inputResponses = { [key]: { action: "accept", content: { colour: "red" } } };
  await ask("tasks/update", { taskId, inputResponses });
  await rests();
  expect(await ask("tasks/get", { taskId })).toMatchObject({
    status: "completed",
    result: { structuredContent: { state: "completed" } },
  });
});

test("a browser's session is no agent, and GET and DELETE are refused", async () => {
  expect((await site.post("/mcp", {})).status).toBe(401);
  expect((await site.call("GET", "/mcp")).status).toBe(405);
});
