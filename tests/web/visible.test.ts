import { afterAll, beforeAll, expect, test } from "vitest";
import { openSite, type Site } from "./site.ts";

let site: Site;
beforeAll(async () => {
  site = await openSite();
});
afterAll(() => site.close());

const turned = "in\u202egpj.exe";
const seen = "in⟨U+202E⟩gpj.exe";

test("pages, lists and polls show signs that turn text round, whoever wrote them", async () => {
  const runId = await site.asking(turned);
  for (const path of [
    `/runs/${runId}`,
    `/runs/${runId}/progress?v=0`,
    "/runs",
    `/runs?search=${encodeURIComponent(turned)}`,
    `/find?words=${encodeURIComponent(turned)}`,
  ]) {
    const headers: Record<string, string> = path.includes("progress") ? { "HX-Request": "true" } : {};
    const html = await (await site.get(path, { headers })).text();
    // Tags may hold it: a field sends back what was typed.
    const text = html.replaceAll(/<[^>]*>/g, "");
    expect(text, path).not.toMatch(/\u202e/);
    expect(text, path).toContain(seen);
  }
});
