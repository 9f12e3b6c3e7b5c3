import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { routes } from "#core/routes.ts";
import type { Described, Schema } from "./described.ts";
import { openSite, type Site } from "./site.ts";

let site: Site;
let doc: Described;
beforeAll(async () => {
  site = await openSite();
  doc = (await (await site.call("GET", "/api/openapi.json")).json()) as Described;
});
afterAll(() => site.close());

/** One word for each idea, and what else it might have been called. `promised`: what was told to be there by another name. */
interface Word {
  idea: string;
  word: string;
  others: RegExp;
  promised?: readonly string[];
}

const ours: readonly Word[] = [
  { idea: "where something stands", word: "state", others: /^(status|phase|stage|.*Status)$/ },
  { idea: "how far a run is", word: "percent", others: /^(progressPercent|percentage|complete(ness)?)$/ },
  {
    idea: "the id of a run elsewhere",
    word: "runId",
    others: /^(task|taskId|owner|ownerRunId|execution.*)$/,
  },
  { idea: "the id of a step elsewhere", word: "stepId", others: /^(step|stepName)$/ },
  { idea: "the id of an export elsewhere", word: "exportId", others: /^(fileOf|fileId)$/ },
  { idea: "the id of a workflow", word: "workflowId", others: /^(definition.*|definitionId|workflowName)$/ },
  {
    idea: "when",
    word: "…At, at, since, from, to",
    others: /(^|[a-z])(Time|Date|Timestamp)$|^(time|date|timestamp|started|created|updated)$/,
  },
  {
    idea: "how long",
    word: "…Ms",
    others: /(Seconds|Minutes|Duration|Secs|Millis)$|^(seconds|duration|elapsed|eta)$/,
    promised: ["eta"],
  },
  { idea: "how large", word: "…Bytes or bytes", others: /^(size|length|.*Size)$/ },
  { idea: "a name of two words", word: "camelCase", others: /_/, promised: ["eta_seconds"] },
  {
    idea: "a sentence about a failure",
    word: "message",
    others: /^(msg|reason|errorMessage|failure)$/,
  },
  { idea: "why something is so", word: "because", others: /^(reason|why|cause)$/ },
  {
    idea: "how often it was tried",
    word: "attempt",
    others: /^(try|tries|retries|tryCount|attempts)$/,
  },
  { idea: "what a person may do", word: "may", others: /^(can|allowed|permissions|actions)$/ },
];

/** The addresses of the systems that Milepost replaces keep their words; what Milepost adds there goes by these. */
const theirs: readonly Word[] = [
  { idea: "where something stands", word: "status", others: /^(state|phase|outcome|stage)$/ },
  { idea: "when", word: "…_at", others: /(At|_time|_date)$|^(started|ended|created)$/ },
  { idea: "when it was over", word: "completed_at", others: /^(ended|finished|done)_at$/ },
  { idea: "how long", word: "…_ms or …_seconds", others: /(Ms|Seconds|_duration)$|^(duration|eta)$/ },
  { idea: "a name of two words", word: "snake_case", others: /[a-z][A-Z]/ },
];

const templates = (all: object): string[] =>
  Object.values(all).map(({ template, pattern }) => template ?? pattern.replaceAll(/:(\w+)/g, "{$1}"));

/** Every name in a schema and in what it refers to, each with where it stands. */
const namesIn = (schema: Schema, at: string, seen = new Set<string>()): [string, string][] => {
  if (schema.$ref !== undefined) {
    const name = schema.$ref.replace("#/components/schemas/", "");
    // What workflows ask and what JSON Schema says is not of our naming.
    if (seen.has(name) || /^(values-|Values$|JsonSchema$|Form$|Error$)/.test(name)) return [];
    seen.add(name);
    return namesIn(doc.components.schemas[name] ?? {}, name, seen);
  }
  const inside = (one: Schema | boolean | undefined, name: string) =>
    typeof one === "object" ? namesIn(one, `${at}.${name}`, seen) : [];
  return [
    ...Object.entries(schema.properties ?? {}).flatMap(([name, one]): [string, string][] => [
      [name, `${at}.${name}`],
      ...inside(one, name),
    ]),
    ...[...(schema.anyOf ?? []), ...(schema.allOf ?? [])].flatMap((one) => namesIn(one, at, seen)),
    ...inside(schema.items, "[]"),
    ...inside(schema.additionalProperties, "*"),
  ];
};

const namesAt = (isOne: (path: string) => boolean): [string, string][] =>
  Object.entries(doc.paths)
    .filter(([path]) => isOne(path))
    .flatMap(([path, item]) =>
      Object.values(item).flatMap(({ parameters = [], requestBody, responses }) => [
        ...parameters
          .filter((one) => one.in === "query")
          .map(({ name }): [string, string] => [name, `${path}?${name}`]),
        ...[requestBody, ...Object.values(responses)].flatMap((one) =>
          namesIn(one?.content?.["application/json"]?.schema ?? {}, path),
        ),
      ]),
    );

const odd = (names: readonly [string, string][], words: readonly Word[]): string[] =>
  names.flatMap(([name, at]) =>
    words
      .filter(({ others, promised = [] }) => others.test(name) && !promised.includes(name))
      .map(({ idea, word }) => `${at}: ${idea} is called “${word}”`),
  );

const compatible = templates(routes.compat);

test("the JSON of the API has one word for each idea", () => {
  const names = namesAt((path) => !compatible.includes(path));
  expect(names.length).toBeGreaterThan(150);
  expect([...new Set(odd(names, ours))]).toEqual([]);
});

test("the events that streams and WebSockets tell have the same words as the API", () => {
  // They are told as they are kept, so their names stand in their type.
  const source = readFileSync(new URL("../../src/core/event.ts", import.meta.url), "utf8");
  const names = [...source.matchAll(/\b(\w+)\??:/g)].map(([, name = ""]): [string, string] => [
    name,
    "an event",
  ]);
  expect(names.map(([name]) => name)).toEqual(
    expect.arrayContaining(["tookMs", "nextAt", "substeps", "runId"]),
  );
  expect([...new Set(odd(names, ours))]).toEqual([]);
});

test("what the addresses of tasks tell goes by the words of the task API", () => {
  const names = namesAt((path) => path.startsWith("/api/tasks"));
  expect(names.length).toBeGreaterThan(30);
  expect([...new Set(odd(names, theirs))]).toEqual([]);
});

test("a word of another system is noticed wherever it stands", () => {
  const schema: Schema = { properties: { task: { items: { properties: { status: {}, duration: {} } } } } };
  expect(odd(namesIn(schema, "x"), ours)).toHaveLength(3);
});
