/** A start tag as a browser would read it. */
export interface Tag {
  name: string;
  attributes: Readonly<Record<string, string>>;
}

const comment = /<!--[\s\S]*?-->/g;
const start = /<([a-z][a-z0-9-]*)((?:\s+[^\s"'<>/=]+(?:=(?:"[^"]*"|'[^']*'|[^\s"'<>]+))?)*)\s*\/?>/gi;
const attribute = /([^\s"'<>/=]+)(?:=(?:"([^"]*)"|'([^']*)'|([^\s"'<>]+)))?/g;

/** All start tags of a page in order. Every "<" that opens a tag counts, so text that was not escaped shows up. */
export const tagsOf = (html: string): readonly Tag[] =>
  [...html.replace(comment, "").matchAll(start)].map(([, name = "", attributes = ""]) => ({
    name: name.toLowerCase(),
    attributes: Object.fromEntries(
      [...attributes.matchAll(attribute)].map(([, key = "", a, b, c]) => [
        key.toLowerCase(),
        plain(a ?? b ?? c ?? ""),
      ]),
    ),
  }));

const plain = (text: string): string =>
  text
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&#39;", "'")
    .replaceAll("&amp;", "&");

/** What stands between tags. */
export const textOf = (html: string): string =>
  plain(html.replace(comment, "").replace(/<[^>]*>/g, "\u0000"));
