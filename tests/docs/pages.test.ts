import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { routes } from "#core/routes.ts";
import { explained } from "#views/parts/docs-link.tsx";
import { drawMarkdown } from "#web/docs/draw-markdown.ts";
import { readPage } from "#web/docs/read-page.ts";
import { openSite, type Site } from "../web/site.ts";
import { pages, textOf } from "./code-blocks.ts";

let site: Site;
beforeAll(async () => {
  site = await openSite();
});
afterAll(() => site.close());

const look = (path: string) => site.get(path, { cookie: null });
const pathOf = (page: string) => (page === "README.md" ? "" : page.replace(/\.md$/, ""));

test("every page is shown to everybody, and each of its links leads to a page and a part that are there", async () => {
  for (const page of pages()) {
    const answer = await look(page === "README.md" ? routes.docs.href() : `/docs/${pathOf(page)}`);
    expect([page, answer.status]).toEqual([page, 200]);
    const { html } = (await readPage(pathOf(page))) ?? { html: "" };
    for (const [, path = "", anchor] of html.matchAll(/href="\/docs\/?([^"#]*)(?:#([^"]*))?"/g)) {
      const there = await readPage(path);
      expect([page, path, there !== null]).toEqual([page, path, true]);
      if (anchor !== undefined)
        expect([page, anchor, there?.html.includes(`id="${anchor}"`)]).toEqual([page, anchor, true]);
    }
    for (const [, anchor] of html.matchAll(/href="#([^"]*)"/g)) expect(html).toContain(`id="${anchor}"`);
  }
});

test("the contents lead to every page, and so does README to what it names", async () => {
  const contents = textOf("README.md");
  for (const page of pages().filter((one) => one !== "README.md")) expect(contents).toContain(`(${page})`);
  const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8");
  const named = [...readme.matchAll(/\]\((docs\/\S+?\.md)\)/g)].map(([, path = ""]) => path.slice(5));
  expect(pages()).toEqual(expect.arrayContaining(named));
  expect(readme.split("\n").length).toBeLessThanOrEqual(61);
});

test("the pictures of README are there, one for light and one for dark, of one size", () => {
  const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8");
  const named = [...readme.matchAll(/"(docs\/run-\w+\.png)"/g)].map(([, path = ""]) => path).sort();
  expect(named).toEqual(["docs/run-dark.png", "docs/run-light.png"]);
  const sizes = named.map((path) => {
    const bytes = readFileSync(new URL(`../../${path}`, import.meta.url));
    expect([path, bytes.toString("latin1", 1, 4)]).toEqual([path, "PNG"]);
    return [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
  });
  expect(sizes[0]).toEqual(sizes[1]);
});

test("each place of Milepost leads to a page that explains it", async () => {
  for (const { page, title } of Object.values(explained)) expect((await readPage(page))?.title).toBe(title);
  for (const path of ["/", "/runs", "/exports", "/apps", "/connections", "/settings", "/nowhere"])
    expect([path, await (await site.get(path)).text()]).toEqual([
      path,
      expect.stringContaining("How this works:"),
    ]);
});

test("whoever is signed in stays so, and what is no page is not found, however it is written", async () => {
  expect(await (await site.get("/docs/start/install")).text()).toContain("Sign out");
  for (const path of [
    "nothing",
    "..%2f..%2fpackage",
    "%2e%2e%2fpackage",
    "deploy/..%2fbiome.json",
    "start/install.md",
  ])
    expect([path, (await look(`/docs/${path}`)).status]).toEqual([path, 404]);
});

test("HTML in a page is shown as text, and a link that no page of ours shows is refused", () => {
  const { html } = drawMarkdown("# A\n\n<script>1</script> a <b>b</b> `<i>`", "docs/a.md");
  expect(html).not.toMatch(/<(script|b|i)>/);
  expect(() => drawMarkdown("[x](javascript:1)", "docs/a.md")).toThrow("which no page shows");
});

test("tables have names of their own, by which they are told apart, and an empty corner is no heading", () => {
  const table = "|  | b |\n|---|---|\n| x | y |\n";
  const { html } = drawMarkdown(
    `# A\n\n${table}\n## One\n\n${table}\n${table}\n## Two\n\n${table}`,
    "docs/a.md",
  );
  const names = [...html.matchAll(/<section[^>]* aria-label="([^"]*)"/g)].map(([, name]) => name);
  expect(names).toHaveLength(4);
  expect(new Set(names).size).toBe(4);
  expect(html).not.toContain("<th></th>");
});

test("a file that goes with the pages is shown as it is", async () => {
  expect(await (await look("/docs/deploy/Caddyfile")).text()).toContain("reverse_proxy 127.0.0.1:3000");
});
