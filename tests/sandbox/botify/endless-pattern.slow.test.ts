import { afterAll, beforeAll, expect, test } from "vitest";
import { openSandbox, type Sandbox } from "./world.ts";

let sandbox: Sandbox;
let analysis: string;
const id = (field: string) => `crawl.${analysis}.${field}`;
const rows = (query: object) => sandbox.rows("sample-site", analysis, query);
const count = async (filters: object) =>
  (await rows({ metrics: [{ function: "count", args: [id("url")] }], filters }))[0]?.metrics[0];

beforeAll(async () => {
  sandbox = await openSandbox({ seed: true });
  const { body } = await sandbox.ask("/analyses/this-machine/sample-site/light");
  analysis = (body as { results: { slug: string }[] }).results[0]?.slug ?? "";
});
afterAll(() => sandbox.close());

test("a pattern that would hold the process for years is refused within seconds, and the server goes on", async () => {
  const filters = { field: id("metadata.title.content"), predicate: "re", value: "^(\\w+\\s?)*\\.$" };
  await expect(rows({ dimensions: [id("url")], filters })).rejects.toThrow('"error_code":"1044"');
  const job = await sandbox.jobEnded({
    project: "sample-site",
    analysis,
    query: { dimensions: [id("url")], filters },
  });
  expect(job).toMatchObject({
    job_status: "FAILED",
    error: { message: expect.stringContaining("longer than") },
  });
  expect(await count({ field: id("url"), predicate: "re", value: "/tents/" })).toBeGreaterThan(50);
});
