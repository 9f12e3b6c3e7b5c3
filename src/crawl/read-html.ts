import { Parser } from "htmlparser2";

/** What a page says about itself, with addresses as they are written in it. */
export interface PageFacts {
  title: string | null;
  description: string | null;
  h1: string[];
  canonical: string | null;
  noindex: boolean;
  nofollow: boolean;
  /** Where `<meta http-equiv="refresh">` leads. */
  refresh: string | null;
  base: string | null;
  links: { href: string; nofollow: boolean }[];
  hreflang: { lang: string; href: string }[];
  /** Addresses that are only named: frames, the page before and after, versions in other languages. */
  named: string[];
  /** Why it was not read to its end, as a sentence; null when it was. */
  cut: string | null;
}

/** As deep as browsers let elements be nested. Beyond it the work for each closing tag would grow with the page. */
const mostDepth = 512;
const mostLinks = 10_000;
const mostHeadings = 100;
const mostLanguages = 200;
const longestText = 10_000;

/** In pieces, because what comes after a limit costs as well. */
const pieceLength = 4_096;

/**
 * Reads a page without making a tree of it, so that the work grows with its length and with nothing else. As loose as browsers: tags of
 * the head may be left out, and drawings have titles of their own. `isXml`: it is XHTML, whose elements may end in themselves.
 */
export const readHtml = (text: string, isXml = false): PageFacts => {
  const facts: PageFacts = {
    title: null,
    description: null,
    h1: [],
    canonical: null,
    noindex: false,
    nofollow: false,
    refresh: null,
    base: null,
    links: [],
    hreflang: [],
    named: [],
    cut: null,
  };
  let depth = 0;
  let drawings = 0;
  let listening: { to: "title" | "h1"; depth: number; text: string } | null = null;

  const listen = (to: "title" | "h1") => {
    listening ??= { to, depth, text: "" };
  };
  const heard = () => {
    if (listening === null) return;
    const text = listening.text.trim();
    if (listening.to === "title") facts.title ??= textOrNull(text);
    else if (text !== "" && facts.h1.length < mostHeadings) facts.h1.push(text);
    listening = null;
  };

  const name = (href: string | undefined) => {
    if (href !== undefined && facts.named.length < mostLinks) facts.named.push(href);
  };
  const meta = (about: string, content: string | undefined) => {
    if (about === "description") facts.description ??= textOrNull(content);
    if (about !== "robots") return;
    if (saysNoindex(content)) facts.noindex = true;
    if (saysNofollow(content)) facts.nofollow = true;
  };
  const link = (href: string, rel: string, lang: string | undefined) => {
    if (has(rel, "canonical")) facts.canonical ??= href;
    if (has(rel, "alternate") && lang !== undefined && facts.hreflang.length < mostLanguages) {
      facts.hreflang.push({ lang, href });
      name(href);
    }
    if (has(rel, "next") || has(rel, "prev")) name(href);
  };

  const parser = new Parser(
    {
      onopentag: (
        tag,
        { href, src, content, rel = "", name: about = "", hreflang, "http-equiv": equiv = "" },
      ) => {
        depth++;
        if (depth > mostDepth)
          facts.cut ??= `Its elements are nested more than ${mostDepth} deep; it was read up to there.`;
        switch (tag) {
          case "svg":
            drawings++;
            break;
          case "title":
            if (drawings === 0 && facts.title === null) listen("title");
            break;
          case "h1":
            listen("h1");
            break;
          case "base":
            facts.base ??= href ?? null;
            break;
          case "a":
          case "area":
            if (href !== undefined) facts.links.push({ href, nofollow: has(rel, "nofollow") });
            if (facts.links.length >= mostLinks)
              facts.cut ??= `It has ${mostLinks.toLocaleString("en")} links and more; it was read up to there.`;
            break;
          case "iframe":
          case "frame":
            name(src);
            break;
          case "link":
            if (href !== undefined) link(href, rel, hreflang);
            break;
          case "meta":
            meta(about.toLowerCase(), content);
            if (equiv.toLowerCase() === "refresh") facts.refresh ??= refreshTarget(content);
            break;
        }
      },
      ontext: (text) => {
        if (listening !== null && listening.text.length < longestText)
          listening.text += text.slice(0, longestText - listening.text.length);
      },
      onclosetag: (tag) => {
        if (listening !== null && listening.depth === depth) heard();
        if (tag === "svg") drawings--;
        depth--;
      },
    },
    { xmlMode: isXml, lowerCaseTags: true, lowerCaseAttributeNames: true, decodeEntities: true },
  );
  for (let at = 0; at < text.length && facts.cut === null; at += pieceLength)
    parser.write(text.slice(at, at + pieceLength));
  // A page that was cut is not ended: closing all that is open is what the limit is there against.
  if (facts.cut === null) parser.end();
  heard();
  return facts;
};

/** Whether a page asks to be left out of indexes, in its meta or its header. */
export const saysNoindex = (text = ""): boolean => /\b(noindex|none)\b/i.test(text);

export const saysNofollow = (text = ""): boolean => /\b(nofollow|none)\b/i.test(text);

/** Whether one of the words of an attribute is this one. */
const has = (words: string, word: string): boolean => words.toLowerCase().split(/\s+/).includes(word);

/** "5; url='/there'" as "/there" (HTML standard, "shared declarative refresh steps"), from a page or a header; null where it only loads itself anew. */
export const refreshTarget = (content = ""): string | null => {
  const behindTime = content
    .slice(0, longestText)
    .trimStart()
    .replace(/^[\d.]+/, "")
    .trimStart();
  const behindSign = behindTime.replace(/^[;,]/, "").trimStart();
  const target = behindSign.replace(/^url\s*=/i, "").trimStart();
  const [, quoted] = /^["']([^"']*)/.exec(target) ?? [];
  const href = (quoted ?? target).trim();
  return href === "" ? null : href;
};

const textOrNull = (text = ""): string | null => {
  const trimmed = text.slice(0, longestText).trim();
  return trimmed === "" ? null : trimmed;
};
