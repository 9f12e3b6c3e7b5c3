import { folded } from "#apps/runtime/database.ts";
import type { AppSchema } from "#apps/runtime/schema.ts";
import { lookUp } from "./dictionary.ts";
import { everyAppHas, noAppHas } from "./features.ts";
import { singular } from "./plural.ts";

/** A part of a description and what became of it. All parts together are the whole text. */
export interface Part {
  text: string;
  /** `used`: it stands in the plan, at `where`; `told`: nothing was made of it, `where` may say why; `filler`: it says nothing of the app. */
  fate: "used" | "told" | "filler";
  where: string;
}

/** Words that say nothing of what an app keeps. Those that state a rule (“must”, “only”, “unique”, numbers) are not among them. */
const fillers = new Set(
  `a an the my our your his her their its i me we us you he she it they them this that these those there here and or also plus then so too as is are was
  were be been being am do does did done of to in on at by from into with without for about around over under after before like such per via
  has have having had include includes including contain contains containing consist consists need needs needed want wants wanted would could should
  will can may might let lets please each every all any some other own more many several various different new old simple small little big nice good
  great cool beautiful modern easy basic full complete whole custom which who whom whose what when where how why one ones thing things something
  everything stuff create build make makes generate give design develop write set up add get use used using track tracks tracking manage manages
  managing management keep keeps keeping record recording store storing handle handles handling organise organize list lists listing follow log
  logging monitor save register schedule scheduling belong belongs relate related relates link linked links app apps application system tool
  software platform website site portal program solution database web mobile online crm dashboard tracker planner manager helper assistant
  called named titled know known see look looking able just really very`.split(/\s+/),
);

/** Parts a description into words that were used, words of which nothing was made, and words that say nothing: each word is one of the three. */
export const accountOf = (description: string, schema: AppSchema): Part[] => {
  const places = placesIn(schema);
  const features = featuresIn(description);
  const parts: Part[] = [];
  const take = (text: string, fate: Part["fate"], where: string) => {
    const last = parts.at(-1);
    if (last !== undefined && last.fate === fate && last.where === where) last.text += text;
    else parts.push({ text, fate, where });
  };
  let end = 0;
  for (const { 0: word, index } of description.matchAll(/[\p{L}\p{N}]+(?:['’-][\p{L}\p{N}]+)*/gu)) {
    // What stands between words goes with the word before it.
    const between = description.slice(end, index);
    const last = parts.at(-1);
    if (last === undefined && between !== "") take(between, "filler", "");
    else if (last !== undefined) last.text += between;
    end = index + word.length;
    const feature = features.find(({ from, to }) => from <= index && index < to);
    const place = places(word);
    if (feature !== undefined) take(word, feature.fate, feature.where);
    else if (place !== null) take(word, "used", place);
    else if (fillers.has(folded(word))) take(word, "filler", "");
    else take(word, "told", "");
  }
  const last = parts.at(-1);
  if (last === undefined) return description === "" ? [] : [{ text: description, fate: "filler", where: "" }];
  last.text += description.slice(end);
  return parts;
};

/** The phrases of which nothing was made, each once. */
export const toldIn = (parts: readonly Part[]): string[] => [
  ...new Set(
    parts
      .filter(({ fate, where }) => fate === "told" && where === "")
      .map(({ text }) => text.replaceAll(/\s+/g, " ").replaceAll(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, "")),
  ),
];

/** Where a word stands in the plan; null: nowhere. */
const placesIn = ({ title, tables }: AppSchema): ((word: string) => string | null) => {
  const places = new Map<string, string>();
  const put = (text: string, place: string) => {
    for (const word of folded(text).match(/[\p{L}\p{N}]+/gu) ?? [])
      if (!places.has(singular(word))) places.set(singular(word), place);
  };
  const all = Object.entries(tables);
  for (const [name, table] of all) put(`${table.title} ${name}`, `table ${table.title}`);
  for (const [, table] of all)
    for (const [id, { label, options = [] }] of Object.entries(table.columns)) {
      put(`${label} ${id}`, `${table.title}: ${label}`);
      for (const option of options) put(option, `${table.title}: ${label}`);
      if (options.length > 0) put("status statuses board pipeline kanban", `${table.title}: ${label}`);
    }
  put(title, "the title");
  return (word) => {
    const one = singular(folded(word));
    const meant = lookUp(folded(word))?.noun.key;
    const table = meant === undefined ? undefined : tables[meant];
    return places.get(one) ?? (table === undefined ? null : `table ${table.title}`);
  };
};

interface Feature {
  from: number;
  to: number;
  fate: "used" | "told";
  where: string;
}

const featuresIn = (description: string): Feature[] => {
  const text = description.toLowerCase();
  const found = (known: typeof noAppHas, fate: Feature["fate"]) =>
    known.flatMap(([pattern, where]) =>
      [...text.matchAll(new RegExp(pattern.source, "g"))].map(
        ({ index, 0: words }): Feature => ({ from: index, to: index + words.length, fate, where }),
      ),
    );
  return [...found(noAppHas, "told"), ...found(everyAppHas, "used")];
};
