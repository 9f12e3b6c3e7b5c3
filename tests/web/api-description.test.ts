import { afterAll, beforeAll, expect, test } from "vitest";
import { type Described, misfits } from "./described.ts";
import { endless, quick } from "./quick.ts";
import { colours, openSite, readyExport, type Site } from "./site.ts";

let site: Site;
beforeAll(async () => {
  site = await openSite({ workflows: [colours(true), quick, endless] });
});
afterAll(() => site.close());

const startRun = (id: string, body: unknown = {}, headers = {}) =>
  site.call("POST", `/api/workflows/${id}/runs`, body, headers);
const description = async () => (await (await site.call("GET", "/api/openapi.json")).json()) as Described;

test("the description lists every address of the API, and its page can be read", async () => {
  const doc = (await (await site.call("GET", "/api/openapi.json")).json()) as {
    paths: object;
    openapi: string;
  };
  expect(doc.openapi).toBe("3.1.0");
  const described = new Set(Object.keys(doc.paths).map((path) => path.replaceAll(/\{(\w+)\}/g, ":$1")));
  const served = site.app.routes
    .filter(({ path, method }) => path.startsWith("/api/") && method !== "ALL")
    .map(({ path }) => path)
    .filter((path) => path !== "/api/openapi.json" && path !== "/api/docs");
  expect([...new Set(served)].sort()).toEqual([...described].sort());
  const page = await (await site.get("/api/docs")).text();
  for (const path of Object.keys(doc.paths)) expect(page).toContain(path);
});

test("the description is whole: every operation has its parameters and answers, and every reference leads somewhere", async () => {
  const doc = await description();
  expect(doc.info).toMatchObject({ title: "Milepost", version: expect.any(String) });
  for (const requirement of doc.security)
    for (const name of Object.keys(requirement)) expect(doc.components.securitySchemes).toHaveProperty(name);
  const references = [...JSON.stringify(doc).matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)];
  expect(references.length).toBeGreaterThan(10);
  for (const [, name] of references) expect(Object.keys(doc.components.schemas)).toContain(name);
  // Where null is possible, the one who refers to it says so.
  for (const [name, schema] of Object.entries(doc.components.schemas))
    expect([name, schema.type]).toEqual([name, "object"]);
  for (const [path, item] of Object.entries(doc.paths))
    for (const [method, operation] of Object.entries(item)) {
      const inPath = (operation.parameters ?? []).filter((one) => one.in === "path");
      expect([path, inPath.map((one) => one.name)]).toEqual([
        path,
        [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name),
      ]);
      expect(inPath.every((one) => one.required === true)).toBe(true);
      expect([path, method, operation.summary]).toEqual([path, method, expect.stringMatching(/^[A-Z]/)]);
      expect(Object.keys(operation.responses).some((status) => status.startsWith("2"))).toBe(true);
      for (const answer of Object.values(operation.responses)) expect(answer.description).toBeTruthy();
    }
});

test("the description says for each workflow, from its fields, what starts it, and so does the workflow", async () => {
  const doc = await description();
  const sent = (path: string) => doc.paths[path]?.post?.requestBody?.content["application/json"]?.schema;
  const values = sent("/api/workflows/{id}/runs")?.properties?.values?.$ref?.split("/").at(-1) ?? "";
  expect(doc.components.schemas[values]?.anyOf).toEqual(
    ["colours", "quick", "endless"].map((id) => ({ $ref: `#/components/schemas/values-${id}` })),
  );
  const described = doc.components.schemas["values-colours"];
  expect(described).toMatchObject({ properties: { name: { type: "string" } }, required: ["name"] });
  const { input } = (await (await site.call("GET", "/api/workflows/colours")).json()) as { input: object };
  expect(described).toMatchObject(input);
  // A question's answer is no start.
  expect(sent("/api/runs/{id}/steps/{step}/answer")?.properties?.values?.$ref).toBe(
    "#/components/schemas/Values",
  );
});

test("what the API answers is what its description says, whatever the state of the run", async () => {
  const doc = await description();
  const fits = async (method: "get" | "post", path: string, answer: Response) => {
    const responses = doc.paths[path]?.[method]?.responses ?? {};
    expect([path, Object.keys(responses)]).toEqual([path, expect.arrayContaining([String(answer.status)])]);
    const schema = responses[answer.status]?.content?.["application/json"]?.schema;
    expect(schema).toBeDefined();
    expect([path, misfits(doc, schema ?? {}, await answer.json())]).toEqual([path, []]);
  };
  const start = "/api/workflows/{id}/runs";
  const wait = { Prefer: "wait=60" };
  await fits("get", "/api/workflows", await site.call("GET", "/api/workflows"));
  await fits("get", "/api/workflows/{id}", await site.call("GET", "/api/workflows/colours"));
  await fits("post", start, await startRun("quick", {}, wait));
  await fits("post", start, await startRun("endless"));
  await fits("post", start, await startRun("colours", "{"));
  const asking = await startRun("colours", { values: { name: "described" } }, wait);
  const { id } = (await asking.clone().json()) as { id: string };
  await fits("post", start, asking);
  await fits("post", start, await startRun("colours", { values: { name: "described" } }));
  const answerPath = "/api/runs/{id}/steps/{step}/answer";
  const answer = (colour: string) =>
    site.call("POST", `/api/runs/${id}/steps/colour/answer`, { values: { colour } });
  await fits("post", answerPath, await answer("mauve"));
  await fits("post", answerPath, await answer("red"));
  await fits("get", "/api/runs", await site.call("GET", "/api/runs"));
  await fits("get", "/api/runs/{id}", await site.call("GET", `/api/runs/${id}`));
  await fits("get", "/api/runs/{id}", await site.call("GET", "/api/runs/nothing"));
  await fits("get", "/api/runs/{id}/logs", await site.call("GET", `/api/runs/${id}/logs`));
  await fits("post", "/api/runs/{id}/rewind", await site.call("POST", `/api/runs/${id}/rewind`));
  await fits(
    "get",
    "/api/exports/{id}",
    await site.call("GET", `/api/exports/${await readyExport(site, "")}`),
  );
  await fits("get", "/api/exports", await site.call("GET", "/api/exports"));
});
