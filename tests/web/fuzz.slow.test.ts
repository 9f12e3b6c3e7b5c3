import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { roles } from "#core/people.ts";
import { rights } from "#core/rights.ts";
import type { Listening } from "#main/listen.ts";
import { repairShop } from "../apps/samples.ts";
import { ada } from "../people/ada.ts";
import { type Described, misfits, type Operation, type Schema } from "./described.ts";
import { listen } from "./listen.ts";
import { endless, quick } from "./quick.ts";
import { colours, openSite, readyExport, type Site, whence } from "./site.ts";

let site: Site;
let server: Listening;
/** Everybody who may come, by their headers. */
const who = new Map<string, Record<string, string>>();
/** What is really there, for the parameters of addresses. */
const there: Record<string, string[]> = {};
const loud: unknown[] = [];

beforeAll(async () => {
  const log = { info: () => {}, warn: () => {}, error: (what: object) => loud.push(what) };
  site = await openSite({ workflows: [colours(), quick, endless], log });
  server = await listen(site);
  const { people, signIn, tokens } = site.deps;
  who.set("nobody", {});
  who.set("the owner", { Cookie: site.cookie, "Sec-Fetch-Site": "same-origin" });
  for (const role of roles) {
    const { link } = await people.invite({ name: role, role }, ada);
    who.set(`a session of ${role}`, {
      Cookie: `milepost=${await signIn.useLink(link, whence)}`,
      "Sec-Fetch-Site": "same-origin",
    });
  }
  for (const right of rights) {
    const scope = { rights: [right], workflows: null };
    const { secret } = await tokens.create({ name: right, scope, lastsMs: null }, ada);
    who.set(`a token for ${right}`, { Authorization: `Bearer ${secret}` });
  }
  const runs = await Promise.all([site.asking("one"), site.asking("two"), site.start("three")]);
  const connection = await site.deps.connections.add("echo", "Mine", { address: "a", token: "right" }, ada);
  site.deps.apps.create(repairShop, "run-1");
  there.id = [...runs, "colours", "quick", connection.id, await readyExport(site, "url\n")];
  there.step = ["colour", "paint"];
  there.number = ["1", "2"];
  there.slug = ["repair-shop"];
  there.name = ["colours"];
  there.file = ["repair-shop.zip"];
});
afterAll(async () => {
  server.close();
  await site.close();
});

const odd = fc.oneof(
  fc.string({ unit: "binary", maxLength: 40 }),
  fc.constantFrom(
    "",
    "__proto__",
    "constructor",
    "../..",
    "%00",
    "\u0000",
    "-1",
    "1e999",
    "NaN",
    "null",
    "😀",
  ),
);

/** Values of a schema, now and then others. */
const valuesFor = (doc: Described, schema: Schema, depth = 0): fc.Arbitrary<unknown> => {
  const fitting = (): fc.Arbitrary<unknown> => {
    if (depth > 6) return fc.constant(null);
    const inner = (one: Schema) => valuesFor(doc, one, depth + 1);
    if (schema.$ref !== undefined)
      return inner(doc.components.schemas[schema.$ref.replace("#/components/schemas/", "")] ?? {});
    if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
    const several = schema.anyOf ?? schema.allOf;
    if (several !== undefined) return fc.oneof(...several.map(inner));
    const [type] = [schema.type ?? "any"].flat();
    if (type === "string") return fc.oneof(odd, fc.constantFrom("red", "colours", "1"));
    if (type === "integer" || type === "number") return fc.oneof(fc.integer(), fc.double());
    if (type === "boolean") return fc.boolean();
    if (type === "null") return fc.constant(null);
    if (type === "array") return fc.array(inner(schema.items ?? {}), { maxLength: 3 });
    if (type === "object") {
      const named = Object.entries(schema.properties ?? {}).map(([name, one]) => [name, inner(one)] as const);
      const free = typeof schema.additionalProperties === "object" ? schema.additionalProperties : {};
      return named.length > 0
        ? fc.record(Object.fromEntries(named), { requiredKeys: schema.required ?? [] })
        : fc.dictionary(odd, inner(free), { maxKeys: 3 });
    }
    return fc.jsonValue({ maxDepth: 2 });
  };
  return fc.oneof(
    { weight: 8, arbitrary: fitting() },
    { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 2 }) },
  );
};

const paramOf = (name: string) =>
  fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...(there[name] ?? ["1"])) },
    { weight: 1, arbitrary: odd },
  );

interface Asked {
  by: string;
  path: string;
  method: string;
  body?: string;
  type?: string;
}

const isJson = (kind: string): boolean => /^application\/json\b/.test(kind);

/** Asks and looks only at the beginning of what never ends. */
const ask = async ({ by, path, method, body, type }: Asked) => {
  const ending = new AbortController();
  try {
    const answer = await fetch(server.origin + path, {
      method,
      redirect: "manual",
      signal: ending.signal,
      headers: { ...who.get(by), ...(type === undefined ? {} : { "Content-Type": type }) },
      ...(body === undefined ? {} : { body }),
    });
    const kind = answer.headers.get("Content-Type") ?? "";
    const told = isJson(kind) ? await answer.json() : undefined;
    return { status: answer.status, kind, told };
  } finally {
    ending.abort();
  }
};

const requestFor = (doc: Described, path: string, method: string, operation: Operation) => {
  const parameters = operation.parameters ?? [];
  const ofPath = parameters.filter((one) => one.in === "path").map(({ name }) => name);
  const ofQuery = parameters.filter((one) => one.in === "query");
  const body = operation.requestBody?.content["application/json"]?.schema;
  return fc
    .record({
      by: fc.constantFrom(...who.keys()),
      params: fc.record(Object.fromEntries(ofPath.map((name) => [name, paramOf(name)]))),
      query: fc.record(
        Object.fromEntries(ofQuery.map(({ name, schema }) => [name, valuesFor(doc, schema)])),
        {
          requiredKeys: [],
        },
      ),
      body: body === undefined ? fc.constant(undefined) : valuesFor(doc, body),
    })
    .map(({ by, params, query, body: sent }): Asked => {
      const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
        encodeURIComponent((params[name] ?? "").toWellFormed()).replace(/^\.+$/, "none"),
      );
      const asked = new URLSearchParams(
        Object.entries(query).map(
          ([name, value]) => [name, String(value).toWellFormed()] as [string, string],
        ),
      );
      return {
        by,
        path: `${filled}?${asked}`,
        method,
        ...(sent === undefined ? {} : { body: JSON.stringify(sent), type: "application/json" }),
      };
    });
};

test("whoever calls the API with whatever, each answer is one that its description has, in status and in shape", async () => {
  const doc = (await (await site.call("GET", "/api/openapi.json")).json()) as Described;
  const faults = new Set<string>();
  for (const [path, operations] of Object.entries(doc.paths))
    for (const [method, operation] of Object.entries(operations))
      for (const asked of fc.sample(requestFor(doc, path, method.toUpperCase(), operation), {
        numRuns: 10,
        seed: 20_261_129,
      })) {
        const { status, kind, told } = await ask(asked);
        // Without a parameter it is another address.
        if (/\/(\?|\/)/.test(asked.path)) continue;
        const described = operation.responses[status];
        const schema = described?.content?.["application/json"]?.schema;
        if (described === undefined) faults.add(`${asked.method} ${path}: ${status} is not described`);
        else if (schema !== undefined && isJson(kind))
          for (const fault of misfits(doc, schema, told))
            faults.add(`${asked.method} ${path} ${status}: ${fault}`);
      }
  expect([...faults]).toEqual([]);
  expect(loud).toEqual([]);
});

/** What is there for everybody, signed in or not: a browser asks for some of it without its cookies. */
const open =
  /^\/(sign-in|static|healthz|readyz|docs|push-worker\.js|manifest\.webmanifest|app-icon|\.well-known|oauth\/revoke)/;

test("whoever asks for whatever address, forms and streams too, nothing fails, and nobody who is not signed in is let in", async () => {
  const mounted = site.app.routes.filter(({ path }) => path !== "/*");
  const addresses = new Set(
    mounted.flatMap(({ method, path }) =>
      (method === "ALL" ? ["GET", "POST", "PUT", "DELETE"] : [method]).map((one) => `${one} ${path}`),
    ),
  );
  const form = fc.dictionary(
    fc.oneof(fc.constantFrom("name", "colour", "token", "kind", "address", "to", "slug", "role", "may"), odd),
    fc.oneof(odd, fc.constantFrom("red", "echo", "admin", "repair-shop")),
    { maxKeys: 6 },
  );
  const failed: string[] = [];
  for (const address of addresses) {
    const [method = "", pattern = ""] = address.split(" ");
    const names = [...pattern.matchAll(/:(\w+)/g)].map(([, name = ""]) => name);
    const requests = fc.record({
      params: fc.record(Object.fromEntries(names.map((name) => [name, paramOf(name)]))),
      rest: fc.constantFrom("", "customers", "customers/new", "db/customers", "x/y"),
      form,
    });
    const samples = fc.sample(requests, { numRuns: who.size, seed: 20_261_129 });
    for (const [at, { params, rest, form: sent }] of samples.entries()) {
      const by = [...who.keys()][at % who.size] ?? "nobody";
      const path = pattern
        .replaceAll(/:(\w+)(\{[^/]*\})?/g, (_, name: string) =>
          encodeURIComponent((params[name] ?? "1").toWellFormed()).replace(/^\.*$/, "none"),
        )
        .replace(/\*$/, rest);
      // It signs the one who asks out, and the rest would be asked by nobody.
      if (/\/(sign-out|end|end-others|remove)$/.test(pattern)) continue;
      const body = new URLSearchParams(
        Object.entries(sent).map(
          ([name, value]) => [name.toWellFormed(), value.toWellFormed()] as [string, string],
        ),
      );
      const { status } = await ask({
        ...{ by, path, method },
        ...(method === "GET" ? {} : { body: String(body), type: "application/x-www-form-urlencoded" }),
      });
      if (status >= 500) failed.push(`${by}: ${method} ${path}: ${status}`);
      if (by === "nobody" && status < 300 && !open.test(pattern))
        failed.push(`nobody is let in: ${method} ${path}: ${status}`);
    }
  }
  expect(failed).toEqual([]);
  expect(loud).toEqual([]);
});
