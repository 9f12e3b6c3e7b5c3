import { expect, it } from "vitest";
import { RunBar } from "#views/run/bar.tsx";
import { runWord } from "#views/words.ts";
import { pages } from "./pages.tsx";
import { tagsOf, textOf } from "./read-html.ts";
import { summary } from "./samples/lists.ts";
import { pictures } from "./samples/pictures.ts";

// What once stood on pages and was not so, or told nobody anything, walked on every page in every state.

const htmlOf = (name: string) => String(pages[name]);
const each = (say: (html: string, text: string) => unknown) =>
  Object.keys(pages).flatMap((name) => {
    const html = htmlOf(name);
    const found = say(html, textOf(html));
    return Array.isArray(found) ? found.map((one) => `${name}: ${one}`) : [];
  });

it("claims nothing that only the browser knows: that a file lands, saves itself, is in a folder", () => {
  const claims =
    /\b(lands? in|saves? the file by itself|in your (download|downloads) folder|was downloaded)\b/i;
  expect(each((_, text) => claims.exec(text)?.slice(0, 1) ?? [])).toEqual([]);
});

it("tells no time as nothing: what took less than it can say is under that", () => {
  expect(each((_, text) => /(?<![\d.])0(\.0)? s\b/.exec(text)?.slice(0, 1) ?? [])).toEqual([]);
});

it("leads back by names, never by ids", () => {
  const crumbs = (html: string) =>
    [...html.matchAll(/<p class="crumbs">(.*?)<\/p>/gs)].flatMap(([, inside = ""]) =>
      textOf(inside)
        .replaceAll("\u0000", "/")
        .split("/")
        .map((one) => one.trim())
        .filter((one) => /^([a-z0-9]+-)+[a-z0-9]+$|^[0-9a-f]{32}$/.test(one)),
    );
  expect(each((html) => crumbs(html))).toEqual([]);
  expect(crumbs('<p class="crumbs"><a href="/">botify-export</a></p>')).toEqual(["botify-export"]);
});

it("calls people and programs by their names, never “Preset token”", () => {
  expect(each((_, text) => (/preset token/i.test(text) ? ["preset token"] : []))).toEqual([]);
});

it("shows each value of a connection with its name", () => {
  const about = textOf(htmlOf("connections"))
    .split("\u0000")
    .filter((one) => one.includes(" · "));
  expect(about.length).toBeGreaterThan(0);
  for (const values of about) for (const value of values.split(" · ")) expect(value).toMatch(/^[^:]+: ./);
});

it("tells nobody that they are needed who cannot answer: by a link, or as a viewer on home", () => {
  const needed = /needs you|waiting for you/i;
  const byLink = textOf(htmlOf("shared-asking"));
  expect(byLink).toContain("Needs an answer");
  expect(htmlOf("shared-asking")).not.toMatch(needed);
  expect(htmlOf("run-asking")).toMatch(needed);
  const { asking } = pictures;
  const head = (mayAnswer: boolean) =>
    String(<RunBar picture={{ ...asking, steps: asking.steps.map((step) => ({ ...step, mayAnswer })) }} />);
  const labels = [">Answer<", ">See the question<"];
  expect(labels.map((label) => head(true).includes(label))).toEqual([true, false]);
  expect(labels.map((label) => head(false).includes(label))).toEqual([false, true]);
  const row = (cancel: boolean) =>
    summary("asking", { may: { cancel, clone: false, delete: false, answer: cancel } });
  const others = { ...row(true), may: { ...row(true).may, answer: false }, asks: { changers: [] } };
  expect([row(true), row(false), others].map((one) => runWord(one).word)).toEqual([
    "Needs you",
    "Needs an answer",
    "Needs an answer",
  ]);
});

it("tells beside every time that ticks the moment itself", () => {
  const ticking = each((html) =>
    tagsOf(html)
      .filter(({ attributes }) => ["data-ago", "data-since", "data-until"].some((name) => name in attributes))
      .filter(({ attributes }) => !/^\d{4}-\d\d-\d\dT/.test(attributes.datetime ?? ""))
      .map(({ name }) => name),
  );
  expect(ticking).toEqual([]);
});
