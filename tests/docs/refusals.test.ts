import { expect, test } from "vitest";
import { textOf } from "./code-blocks.ts";
import { withRefusals } from "./refusal-lists.ts";
import { refusals } from "./refusals.ts";

const page = textOf("keep/troubleshoot.md");
const all = refusals();

test("every sentence with which something is refused stands in troubleshoot.md; “npm run docs” writes them", () => {
  expect(page).toBe(withRefusals(page, all));
});

test("every code of an error has a row that says what to do", () => {
  const codes = new Set(all.map(({ code }) => code).flatMap((code) => code.split(", ")));
  const told = page.slice(page.indexOf("## What each code means"), page.indexOf("## Starting"));
  for (const code of codes)
    if (code !== "start" && code !== "as it was") expect(told).toContain(`\`${code}\``);
});

test("sentences are found wherever they are made: given at once, chosen, put together, looked up, or handed to a function", () => {
  const sentences = new Set(all.map(({ sentence }) => sentence));
  for (const one of [
    "There is no such page.",
    'MILEPOST_URL must be an address such as https://milepost.example.org or https://example.org/milepost/, not "…".',
    "This request cannot be read: its body is not valid JSON.",
    "The API key is missing or holds spaces or other characters that no key has. Copy it again.",
    "“…” is OpenClaw's own. Choose another name.",
    "A name has 3 to 32 lower case letters, digits and hyphens, begins with a letter and does not end with a hyphen.",
  ])
    expect(sentences).toContain(one);
});
