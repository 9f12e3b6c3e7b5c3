import { afterAll, beforeAll, expect, test } from "vitest";
import { start } from "#core/start.ts";
import { workflow } from "#core/workflow.ts";
import { textOf } from "../views/read-html.ts";
import { openSite, type Site } from "./site.ts";

const talks = workflow("talks", "Talks", "Logs.", start({ subject: () => "talks" }))
  .do("build", "Build", {
    run: async ({ log }) => {
      for (let n = 1; n <= 2_500; n += 1) log(`\u001b[32mlayer\u001b[0m ${n} done`);
    },
  })
  .do("test", "Test", { run: async ({ log }) => log("<b> Layer 7 tested", "warn") })
  .hands(() => ({ sentence: "Done." }));

let site: Site;
let runId: string;
beforeAll(async () => {
  site = await openSite({ workflows: [talks] });
  ({ runId } = await site.engine.start("talks", {}, "Ada"));
  await site.engine.settled(runId, 10_000, new AbortController().signal);
});
afterAll(() => site.close());

const page = async (query: string) => {
  const answer = await site.get(`/runs/${runId}/log${query}`);
  expect(answer.status).toBe(200);
  return answer.text();
};
const lines = (html: string) =>
  [...html.matchAll(/<li id="log-\d+".*?<\/li>/gs)].map(([item]) => textOf(item).replaceAll("\0", ""));

test("the whole log is searched, without JavaScript, by what people read: whatever the case and across colours", async () => {
  const found = lines(await page("?search=LAYER+7"));
  expect(found).toHaveLength(1 + 10 + 100 + 1);
  expect(found[0]).toContain("layer 7 done");
  expect(found.at(-1)).toContain("<b> Layer 7 tested");
  expect(await page("?search=nothing+like+it")).toContain("No line was found.");
});

test("the lines of one step can be looked at alone, and the form says what was asked", async () => {
  const html = await page("?search=layer&step=test");
  expect(lines(html)).toHaveLength(1);
  expect(html).toContain('value="layer"');
  expect(html).toMatch(/<option value="test" selected/);
});

test("of very many lines the newest are shown, and how many there are is told", async () => {
  const html = await page("");
  expect(lines(html)).toHaveLength(1_000);
  expect(textOf(html)).toContain("2,501 lines, the newest 1000 shown");
});

test("the run's page shows the same lines in the same colours, with the filter that leads here", async () => {
  const html = await (await site.get(`/runs/${runId}`)).text();
  expect(html).toContain('<span class="ansi-green">layer</span> 2500 done');
  expect(html).toContain("&lt;b&gt; Layer 7 tested");
  expect(html).toContain(`action="/runs/${runId}/log"`);
});
