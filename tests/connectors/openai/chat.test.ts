import { afterEach, beforeEach, expect, test } from "vitest";
import { createChat } from "#connectors/openai/chat.ts";
import type { Heard } from "#connectors/openai/gather.ts";
import { openaiKind } from "#connectors/openai/kind.ts";
import { heldMs, longestHoldMs } from "../../hostile/held.ts";
import { type ModelServer, said, startModelServer, streamed } from "./model-server.ts";

let server: ModelServer;
beforeEach(async () => {
  server = await startModelServer();
});
afterEach(() => server.close());

const never = new AbortController().signal;
const chat = (more: object = {}) =>
  createChat({ baseUrl: server.baseUrl, key: "sk-secret", model: "small", ...more });
const ask = (more: object = {}, signal = never) =>
  chat(more).askForJson([{ role: "user", content: "Hello" }], { type: "object" }, signal);

test("asks as the API wants it, with the key, and gives back the JSON", async () => {
  server.answers(said('{"tables":[]}'));
  expect((await ask()).json).toEqual({ tables: [] });
  expect(server.asked).toEqual([
    {
      path: "/v1/chat/completions",
      authorization: "Bearer sk-secret",
      body: expect.objectContaining({ model: "small", messages: [{ role: "user", content: "Hello" }] }),
    },
  ]);
});

test("without a key none is sent", async () => {
  server.answers(said("{}"));
  await ask({ key: "" });
  expect(server.asked[0]?.authorization).toBeUndefined();
});

test.each(['```json\n{"a":1}\n```', 'Here you are:\n{"a":1}\nEnjoy.', ' {"a":1} '])(
  "finds the JSON in %j",
  async (content) => {
    server.answers(said(content));
    expect((await ask()).json).toEqual({ a: 1 });
  },
);

test.each([
  '<think>Maybe {"b":2}?</think>\n{"a":1}',
  'Let me see {"b":2} no.\n</think>{"a":1}',
  'Well {"a":1}<think>{"b":2}</think> and no more',
  '<thinking>{"b":2}</thinking>```json\n{"a":1}\n```',
])("what a model thinks aloud in %j is no answer", async (content) => {
  server.answers(said(content));
  expect((await ask()).json).toEqual({ a: 1 });
});

test.each(["no json at all", '{"a":', "[1, 2"])(
  "%j holds no JSON, and what was said is kept",
  async (content) => {
    server.answers(said(content));
    expect(await ask()).toMatchObject({ json: undefined, text: content });
  },
);

interface Wishes {
  stream?: boolean;
  temperature?: number;
  response_format?: { type: string };
}
const wished = () =>
  server.asked.map(({ body }) => {
    const { temperature, response_format: format } = body as Wishes;
    return [temperature ?? "none", format?.type ?? "none"];
  });

test.each<[string, (wishes: Wishes) => string | null, unknown[]]>([
  [
    "no temperature, as newer models of OpenAI",
    ({ temperature }) =>
      temperature === undefined
        ? null
        : "Unsupported value: 'temperature' does not support 0 with this model.",
    ["none", "json_schema"],
  ],
  [
    "no JSON mode but a schema or text, as LM Studio",
    ({ response_format: format }) =>
      format?.type === "json_object" ? "'response_format.type' must be 'json_schema' or 'text'" : null,
    [0, "json_schema"],
  ],
  [
    "no schema but JSON mode",
    ({ response_format: format }) => (format?.type === "json_schema" ? "unknown response_format" : null),
    [0, "json_object"],
  ],
  [
    "no stream, as older ones",
    ({ stream }) => (stream === true ? "stream is not supported" : null),
    [0, "json_schema"],
  ],
  [
    "neither, and says not why",
    ({ temperature, response_format: format }) =>
      temperature === undefined && format === undefined ? null : "Bad Request",
    ["none", "none"],
  ],
])("a server that takes %s is asked as it takes it, and so from then on", async (_, refuses, taken) => {
  server.answers((asked) => {
    const why = refuses(asked as Wishes);
    return why === null ? said('{"a":1}') : problem(400, why);
  });
  const one = chat();
  for (const _ of [1, 2])
    expect(
      (await one.askForJson([{ role: "user", content: "Hello" }], { type: "object" }, never)).json,
    ).toEqual({ a: 1 });
  expect(wished().slice(-2)).toEqual([taken, taken]);
});

const problem = (status: number, message: string, headers: Record<string, string> = {}) => ({
  status,
  headers,
  body: JSON.stringify({ error: { message } }),
});

test.each([
  [problem(401, "bad key"), "remote-refused", "does not accept the key", false],
  [problem(404, "no model"), "remote-refused", "knows no model “small”", false],
  [problem(429, "slow down", { "retry-after": "7" }), "remote-busy", "takes no more requests", true],
  [problem(503, "overloaded"), "remote-failed", "failed with status 503", true],
  [problem(500, "oops"), "remote-failed", "failed with status 500", false],
  [problem(400, "no"), "remote-refused", "refused the request with status 400", false],
  [problem(503, "overloaded", { "retry-after": "7" }), "remote-failed", "failed with status 503", true],
  [
    problem(302, "", { location: "http://127.0.0.2/" }),
    "remote-odd",
    "sends us on to http://127.0.0.2/",
    false,
  ],
  [{ body: "<html>" }, "remote-odd", "OpenAI-compatible", false],
  [said('{"a":', { finish_reason: "length" }), "remote-odd", "too long", false],
  [
    said("", { message: { content: null, refusal: "I cannot help with that." } }),
    "remote-refused",
    "refused to answer",
    false,
  ],
  [problem(500, "", { "retry-after": "1" }), "remote-failed", "failed with status 500", true],
  [{ body: "" }, "remote-odd", "empty answer", false],
  [{ body: JSON.stringify({ choices: [] }) }, "remote-odd", "OpenAI-compatible", false],
  [{ body: `"${"x".repeat(5_000_000)}"` }, "remote-odd", "larger than 4 MiB", false],
] as const)("answer %# is told as a sentence", async (answer, code, sentence, canPass) => {
  server.answers(answer);
  await expect(ask()).rejects.toMatchObject({ code, canPass, message: expect.stringContaining(sentence) });
});

test.each([429, 503])("the wait that the server asks for with %i is kept", async (status) => {
  server.answers(problem(status, "slow down", { "retry-after": "7" }));
  await expect(ask()).rejects.toMatchObject({ retryAfterMs: 7_000 });
});

test("a key that the server repeats is masked", async () => {
  server.answers(problem(401, "the key sk-secret is not known"));
  await expect(ask()).rejects.toMatchObject({ detail: "the key ••• is not known" });
});

test("of a streamed answer it is told how much has come, thoughts apart, and what it took in the end", async () => {
  const content = JSON.stringify({ a: "é".repeat(300) });
  server.answers(streamed(content, { thinks: "well ".repeat(100) }));
  const heard: Heard[] = [];
  const answer = await chat().askForJson([{ role: "user", content: "Hi" }], {}, never, {
    heard: (one) => heard.push(one),
  });
  expect(answer).toMatchObject({ json: JSON.parse(content), tokens: 1234 });
  expect(heard.at(-1)).toEqual({ said: content.length, thought: 500 });
  expect(server.asked[0]?.body).toMatchObject({ stream: true, stream_options: { include_usage: true } });
});

test("a stream that falls silent is given up, and says so", async () => {
  server.answers({ ...streamed('{"a":', { ends: null }), holds: true });
  await expect(ask({ timeLimitMs: 100 })).rejects.toMatchObject({
    code: "timed-out",
    message: expect.stringContaining("said nothing more for"),
  });
});

test("a stream that became too long is told like any other answer", async () => {
  server.answers(streamed('{"a":', { ends: "length" }));
  await expect(ask()).rejects.toMatchObject({ message: expect.stringContaining("too long") });
});

test("a server that says nothing is given up, and a cancelled question ends at once", async () => {
  server.answers("nothing");
  await expect(ask({ timeLimitMs: 50 })).rejects.toMatchObject({ code: "timed-out" });
  const stop = new AbortController();
  const asked = ask({}, stop.signal);
  stop.abort();
  await expect(asked).rejects.toMatchObject({ code: "cancelled" });
});

test("nobody there is unreachable, which can pass", async () => {
  await expect(ask({ baseUrl: "http://127.0.0.1:9/v1" })).rejects.toMatchObject({
    code: "unreachable",
    canPass: true,
  });
});

test("testing a connection lists the models and says when the wanted one is missing", async () => {
  server.answers({ body: JSON.stringify({ data: [{ id: "small" }, { id: "large" }] }) });
  const values = { baseUrl: server.baseUrl, model: "small", key: "" };
  expect(await openaiKind.test(values, never)).toMatchObject({ ok: true });
  expect(await openaiKind.test({ ...values, model: "huge" }, never)).toMatchObject({
    ok: false,
    sentence: expect.stringContaining("no model “huge”"),
    facts: [{ label: "Models", value: "small, large" }],
  });
});

test.each([
  [{ baseUrl: "nonsense" }, "baseUrl"],
  [{ baseUrl: "ftp://model.example/v1" }, "baseUrl"],
  [{ baseUrl: "https://a:b@model.example/v1" }, "baseUrl"],
  [{ baseUrl: "http://model.example/v1", key: "sk-1" }, "baseUrl"],
  [{ model: "" }, "model"],
  [{ key: "two words" }, "key"],
])("%o is refused at its field", (values, field) => {
  const all = { baseUrl: "https://model.example/v1", model: "small", key: "", ...values };
  expect(() => openaiKind.check(all)).toThrow(expect.objectContaining({ code: "bad-input", field }));
});

test.each(["<think>", `\`\`\`${" ".repeat(1_000)}`, "```json", "<thinking></think"])(
  "an answer of nothing but %j holds nobody up",
  async (one) => {
    server.answers(said(one.repeat(3_000_000 / one.length)));
    const { longestMs, result } = await heldMs(ask);
    expect(result.json).toBeUndefined();
    expect(longestMs).toBeLessThan(longestHoldMs);
  },
);
