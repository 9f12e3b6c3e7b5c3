import { expect, test } from "vitest";
import { visibleHtml } from "#views/visible-html.ts";

const turned = "in\u202egpj.exe";
const seen = "in⟨U+202E⟩gpj.exe";

test("signs that turn text round are seen where it is read or heard, and kept where a field sends it back", () => {
  const page = (text: string, sent: string) =>
    `<p title="${text}">${text}</p><button aria-label="Start “${text}”"></button><input placeholder="${text}" value="${sent}"><textarea aria-label="Note">${sent}</textarea><b>${text}</b>`;
  expect(visibleHtml(page(turned, turned))).toBe(page(seen, turned));
});
