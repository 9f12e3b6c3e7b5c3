import { afterEach, beforeEach, expect, test } from "vitest";
import { text } from "#core/field-kinds.ts";
import { start } from "#core/start.ts";
import { workflow } from "#core/workflow.ts";
import { openSite, type Site } from "./site.ts";

const hostile = "<script>alert(1)</script> # [x](javascript:1) `*_";
const builds = workflow(
  "builds",
  "Builds",
  "For tests.",
  start({
    fields: [text("patient", "Patient", { private: true }), text("name", "Name")],
    subject: ({ patient, name }) => `${name} for ${patient}`,
  }),
)
  .approve("ok", "Build it", {
    about: () => ({ what: "It is built.", risk: "low", impact: [] }),
  })
  .do("build", "Build", {
    run: async () => "built",
    undo: async () => {},
    detail: (result) => `${result}: ${hostile}`,
  })
  .hands(() => ({ sentence: "It stands.", facts: [{ label: "Where", value: "at home" }] }));

let site: Site;
let id: string;
beforeEach(async () => {
  site = await openSite({ workflows: [builds] });
  const settled = () => site.engine.settled(id, 5_000, new AbortController().signal);
  id = (await site.engine.start("builds", { patient: "Ernestine", name: "Bed" }, "Ada")).runId;
  await settled();
  await site.engine.answer(id, "ok", { comment: "Go on." }, "Grace");
  await settled();
});
afterEach(() => site.close());

const said = [
  "Builds #1",
  "Bed for •••",
  "Ada",
  "Build it",
  "It stands.",
  "at home",
  "Grace",
  "Go on",
  "on the page",
  "What was made",
  "Approvals",
];

test("a report tells what, by whom, each step, what was made and who approved, as a page, as Markdown and as text, and nothing private", async () => {
  for (const form of ["report", "report.md", "report.txt"]) {
    const answer = await site.get(`/runs/${id}/${form}`);
    const told = (await answer.text()).replaceAll("\\", "").split("## Log")[0] ?? "";
    for (const word of said) expect([form, word, told.includes(word)]).toEqual([form, word, true]);
    expect([form, told.includes("Ernestine")]).toEqual([form, false]);
  }
});

test("what stands in a report is text there: no markup of others, no script, nothing to press on paper", async () => {
  const page = await (await site.get(`/runs/${id}/report`)).text();
  expect(page).not.toMatch(/<script|<form|<button/);
  expect(page).toContain("&lt;script&gt;");
  const markdown = await site.get(`/runs/${id}/report.md`);
  expect(markdown.headers.get("Content-Type")).toBe("text/markdown; charset=utf-8");
  const text = await markdown.text();
  expect(text).toContain("\\<script\\>alert(1)\\</script\\> \\# \\[x\\](javascript:1) \\`\\*\\_");
  expect(text.split("\n").filter((line) => line.startsWith("# "))).toHaveLength(1);
});
