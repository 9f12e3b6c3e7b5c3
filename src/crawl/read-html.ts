import { Parser } from "htmlparser2";

/** What a page says about itself, with addresses as they are written in it. */
export interface PageFacts {
  title: string | null;
  description: string | null;
  h1: string[];
  canonical: string | null;
  noindex: boolean;
  base: string | null;
  links: string[];
  /** Why it was not read to its end, as a sentence; null when it was. */
  cut: string | null;
}

/** As deep as browsers let elements be nested. Beyond it the work for each closing tag would grow with the page. */
const mostDepth = 512;
const mostLinks = 10_000;
const mostHeadings = 100;
const longestText = 10_000;

/** In pieces, because what comes after a limit costs as well. */
const pieceLength = 4_096;

/**
 * Reads a page without making a tree of it, so that the work grows with its length and with nothing else. As loose as browsers: tags of
 * the head may be left out, and drawings have titles of their own.
 */
export const readHtml = (text: string): PageFacts => {
  const facts: PageFacts = {
    title: null,
    description: null,
    h1: [],
    canonical: null,
    noindex: false,
    base: null,
    links: [],
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

  const parser = new Parser({
    onopentag: (name, { href, content, rel = "", name: about = "" }) => {
      depth++;
      if (depth > mostDepth)
        facts.cut ??= `Its elements are nested more than ${mostDepth} deep; it was read up to there.`;
      switch (name) {
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
          if (href !== undefined) facts.links.push(href);
          if (facts.links.length >= mostLinks)
            facts.cut ??= `It has ${mostLinks.toLocaleString("en")} links and more; it was read up to there.`;
          break;
        case "link":
          if (href !== undefined && /(^|\s)canonical(\s|$)/i.test(rel)) facts.canonical ??= href;
          break;
        case "meta":
          if (about.toLowerCase() === "description") facts.description ??= textOrNull(content);
          if (about.toLowerCase() === "robots" && saysNoindex(content)) facts.noindex = true;
          break;
      }
    },
    ontext: (text) => {
      if (listening !== null && listening.text.length < longestText)
        listening.text += text.slice(0, longestText - listening.text.length);
    },
    onclosetag: (name) => {
      if (listening !== null && listening.depth === depth) heard();
      if (name === "svg") drawings--;
      depth--;
    },
  });
  for (let at = 0; at < text.length && facts.cut === null; at += pieceLength)
    parser.write(text.slice(at, at + pieceLength));
  // A page that was cut is not ended: closing all that is open is what the limit is there against.
  if (facts.cut === null) parser.end();
  heard();
  return facts;
};

/** Whether a page asks to be left out of indexes, in its meta or its header. */
export const saysNoindex = (text = ""): boolean => /\b(noindex|none)\b/i.test(text);

const textOrNull = (text = ""): string | null => {
  const trimmed = text.slice(0, longestText).trim();
  return trimmed === "" ? null : trimmed;
};
