import { describe, expect, it } from "vitest";
import { pages } from "./pages.tsx";
import { type Tag, tagsOf } from "./read-html.ts";
import { statics } from "./statics.ts";

const rendered = Object.entries(pages).map(([name, page]) => [name, String(page)] as const);

const idsOf = (tags: readonly Tag[]) =>
  tags.flatMap(({ attributes }) => (attributes.id === undefined ? [] : [attributes.id]));

describe.each(rendered)("the page %s", (_, html) => {
  const tags = tagsOf(html);

  it("holds no script, style or handler of its own, so that the strictest policy may hold", () => {
    for (const { name, attributes } of tags) {
      expect(name).not.toBe("style");
      if (name === "script") expect(attributes.src).toMatch(/^\/static\//);
      const names = Object.keys(attributes);
      expect(names.filter((one) => one === "style" || /^on|^hx-on/.test(one))).toEqual([]);
      for (const value of Object.values(attributes)) expect(value).not.toMatch(/^\s*(js|javascript):/i);
      expect(attributes["hx-trigger"] ?? "").not.toContain("[");
    }
    expect(html).not.toMatch(/<script[^>]*>[^<]/);
  });

  it("asks for one style sheet, one script and one icon, with passkeys or pushes for one more script, on paper for none, and they are there", () => {
    const asked = tags.flatMap(({ attributes }) => {
      const name = /^\/static\/(.*)$/.exec(attributes.src ?? attributes.href ?? "")?.[1];
      return name === undefined ? [] : [statics.get(name)?.type];
    });
    const usual = ["text/css; charset=utf-8", "text/javascript; charset=utf-8", "image/svg+xml"];
    const hasPasskeys = tags.some(
      ({ attributes }) => "data-passkey" in attributes || "data-push" in attributes,
    );
    const isPaper = tags.some(({ attributes }) => attributes.class?.includes("run-report"));
    if (isPaper) expect(asked).toEqual(usual.filter((type) => !type.includes("javascript")));
    else expect(asked).toEqual(hasPasskeys ? [...usual, "text/javascript; charset=utf-8"] : usual);
  });

  it("gives every id once", () => {
    const ids = idsOf(tags);
    expect(ids.filter((id, at) => ids.indexOf(id) !== at)).toEqual([]);
  });

  it("gives the name of each of its parts once, so that one who jumps from part to part tells them apart", () => {
    const names = tags.flatMap(({ name, attributes }) =>
      ["section", "nav", "aside"].includes(name)
        ? [attributes["aria-label"] ?? attributes["aria-labelledby"] ?? ""]
        : [],
    );
    expect(names.filter((one, at) => one !== "" && names.indexOf(one) !== at)).toEqual([]);
  });

  it("points labels and descriptions at what exists", () => {
    const ids = new Set(idsOf(tags));
    for (const { attributes } of tags) {
      const wanted = [
        attributes.for,
        attributes.list,
        attributes["data-copy"],
        ...(attributes["aria-describedby"] ?? "").split(" "),
        ...(attributes["aria-labelledby"] ?? "").split(" "),
      ];
      for (const id of wanted) if (id) expect(ids, id).toContain(id);
      if (attributes.href?.startsWith("#")) expect(ids).toContain(attributes.href.slice(1));
    }
  });

  it("sends every change as a form that works without JavaScript", () => {
    for (const { name, attributes } of tags) {
      if (attributes["hx-post"] === undefined) continue;
      expect(name).toBe("form");
      expect([attributes.method, attributes.action]).toEqual(["post", attributes["hx-post"]]);
    }
  });
});
