import { lookUp } from "./dictionary.ts";
import { isPlural } from "./fields.ts";

/** A few words that stand together in a description, and what brought them in. */
export interface Chunk {
  /**
   * `start`: the beginning of the text; `list`: after a comma or “and”; `with`: after “with”, “has” …; `for`: after “for”; `verb`: after
   * “to track”, “manages” …; `new`: the beginning of another sentence.
   */
  intro: "start" | "list" | "with" | "for" | "verb" | "new";
  /** Lower case, without articles and the like. */
  words: readonly string[];
  /** It was introduced as one of a kind: “my bike shop”, “a small clinic”. */
  possessed: boolean;
  /** The values that stand after “status:” or “statuses are”. */
  options: readonly string[] | null;
  /** It says something of the things before it instead of naming one: “who lives where”. */
  clause: boolean;
}

const separators = new Set(["and", "plus", "or", "also", "then"]);
const withWords = new Set(
  "with by has have having including includes include contains contain containing needs like".split(" "),
);
const verbs = new Set(
  "track tracks tracking manage manages managing keep keeps keeping record recording store storing handle handles handling organise organize list listing follow log logging monitor save register schedule".split(
    " ",
  ),
);
/** After such a word the same word is a verb; otherwise it belongs to a noun: “to track repairs”, “repair tracking”. */
const verbLeads = new Set(
  "to that which can i we and help helps it app system tool for of me us should could need want".split(" "),
);
const determiners = new Set("my our a an the your his her their its".split(" "));
const clauses = new Set(["who", "whom", "whose", "when", "how", "why"]);
const fillers = new Set(
  "please such i me we us you it this that which who where when can could should would will want need wants like to of in on at from into as is are be so all any every each some also just only new simple small little local big nice good great cool beautiful modern easy basic full complete custom create build make generate give design develop write set up there them these those different various several many more other own their whole".split(
    " ",
  ),
);

const statusList =
  /\b(?:(status|stage|lanes)\s*(?:\(|:|=|\bare\b|\bcan be\b|\bsuch as\b|\bfrom\b|\bof\b)|(statuses|stages)\s*(?:\(|:|=|\bare\b|\bcan be\b|\bsuch as\b|\bfrom\b|\bof\b|\s))\s*([^.;)\n]+)\)?/g;

/** Splits a description into sentences of chunks. Brackets and colons count as “with”: “books (title, author)”. */
export const chunksOf = (text: string): Chunk[][] => {
  const lists: string[][] = [];
  const marked = tidy(text).replaceAll(statusList, (_, _one: string, _many: string, list: string) => {
    const { options, rest } = optionsIn(list);
    lists.push(options);
    return `status__${lists.length - 1} ${rest === "" ? "" : `, ${rest}`}`;
  });
  return (
    marked
      .replaceAll(/\s*[([]\s*/g, " with ")
      .replaceAll(/\s*[)\]]\s*/g, " ; ")
      .replaceAll(/\s*:\s*/g, " with ")
      // Relations are read apart, see `statedLinks`.
      .replaceAll(/\bbelongs? to (?:(?:an?|one|the|its|their|exactly) )*[a-z-]+/g, " ")
      .split(/[.;!?\n]+/)
      .map((sentence, index) => sentenceChunks(sentence, index === 0 ? "start" : "new", lists))
      .filter((chunks) => chunks.length > 0)
  );
};

const tidy = (text: string): string =>
  text
    .normalize("NFKD")
    .replaceAll(/\p{Diacritic}/gu, "")
    .toLowerCase()
    .replaceAll(/[’'`"“”„]s\b/g, "")
    .replaceAll(/[’'`"“”„]/g, "")
    .replaceAll(/^\s*(?:[-*•]|\d+[.)])\s+/gm, "; ")
    .replaceAll(/\s[-–—]+\s/g, " , ")
    .replaceAll(/\be-mail/g, "email")
    .replaceAll(/\bto-?dos?\b/g, "todo");

/** “received, repairing and done, and customers with a name” → three options, and what no longer belongs to them. */
const optionsIn = (list: string): { options: string[]; rest: string } => {
  const parts = list.split(/\s*(?:,\s*(?:and|or|then)\b|,|\/|\||→|-+>|>|\bthen\b|\bor\b|\band\b)\s*/);
  const end = parts.findIndex(
    (part) =>
      /\b(?:with|has|have|for|per)\b/.test(part) ||
      part.split(/\s+/).length > 3 ||
      (isPlural(part.split(" ")) && lookUp(part) !== undefined),
  );
  const taken = end === -1 ? parts : parts.slice(0, end);
  const options = [
    ...new Set(
      taken.map((part) =>
        part
          .replaceAll(/[^\p{L}\p{N} -]/gu, "")
          .trim()
          .slice(0, 60),
      ),
    ),
  ].filter((part) => part !== "");
  return { options: options.slice(0, 12), rest: end === -1 ? "" : parts.slice(end).join(", ") };
};

const sentenceChunks = (
  sentence: string,
  first: Chunk["intro"],
  lists: readonly (readonly string[])[],
): Chunk[] => {
  const chunks: Chunk[] = [];
  let intro = first;
  let words: string[] = [];
  let possessed = false;
  let clause = false;
  let options: readonly string[] | null = null;
  const close = (next: Chunk["intro"]): void => {
    if (words.length > 0 || options !== null) chunks.push({ intro, words, possessed, options, clause });
    // “…, with customers”: the second opening tells more than the first.
    else if (intro !== "list" && next === "list") return;
    intro = next;
    words = [];
    possessed = false;
    options = null;
    clause = false;
  };
  let before = "";
  for (const token of sentence.match(/[a-z0-9_][a-z0-9_-]*|[,&+/]/g) ?? []) {
    const status = /^status__(\d+)$/.exec(token);
    if (/^[,&+/]$/.test(token) || separators.has(token)) close("list");
    else if (withWords.has(token)) close("with");
    else if (token === "for") close("for");
    else if (token === "to" && words.length > 0) close("list");
    else if (verbs.has(token) && !possessed && (words.length === 0 || verbLeads.has(before))) close("verb");
    else if (status !== null) {
      words.push("status");
      options = lists[Number(status[1])] ?? null;
    } else if (clauses.has(token) && words.length === 0) clause = true;
    else if (determiners.has(token)) possessed = true;
    else if (!fillers.has(token)) words.push(token);
    before = token;
  }
  close("list");
  return chunks;
};
