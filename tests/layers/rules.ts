import { posix } from "node:path";
import {
  environment,
  foundByPlace,
  layerOf,
  layers,
  longestFile,
  mayInWords,
  nameOf,
  owners,
} from "../../layers.ts";
import { computed, type Source } from "./imports.ts";

/** Everything in which these files break the rules of the house, a sentence each. */
export const offences = (sources: readonly Source[]): string[] => [
  ...sources.flatMap((source) => [
    ...source.imports.flatMap((imported) => offenceOf(source.file, imported)),
    ...said(source.lines > longestFile, `${source.file} has ${source.lines} lines: it holds two ideas.`),
    ...said(
      source.readsEnvironment && !(source.file in environment),
      `${source.file} reads the environment: take what was read.`,
    ),
    ...said(
      source.exportsDefault && !foundByPlace.test(source.file),
      `${source.file} exports a default: give it a name.`,
    ),
  ]),
  ...circles(sources).map((circle) => `These files import each other: ${circle.join(" → ")}.`),
];

const said = (holds: boolean, sentence: string): string[] => (holds ? [sentence] : []);

const offenceOf = (file: string, imported: string): string[] => {
  const layer = layerOf(file);
  if (layer === undefined) return [`${file} lies in no layer.`];
  const name = nameOf(layer);
  if (imported === computed && !layer.may.includes("*"))
    return [`${file} imports what nobody can read there: only who may import everything does that.`];
  if (imported.startsWith("../"))
    return [`${file} imports ${imported}: across folders write #layer/file.ts.`];
  const target = targetOf(file, imported);
  if (target === null) return packageOffence(file, imported);
  const other = layerOf(target);
  if (other === undefined) return [`${file} imports ${imported}, which lies in no layer.`];
  if (!target.startsWith(`${layer.folder}/`) && !layer.may.some((may) => covers(may, target)))
    return [`${file} imports ${imported}: ${name} may import ${mayInWords(layer)}, no more.`];
  if (layer.apart === undefined || layer !== other) return [];
  const [mine, its] = [file, target].map((one) => partOf(one, layer.folder));
  const isFree = its === null || its === mine || (its !== undefined && layer.apart.includes(its));
  return isFree ? [] : [`${file} imports ${imported}: the folders of ${name} do not know each other.`];
};

const packageOffence = (file: string, imported: string): string[] => {
  const layer = layerOf(file);
  if (layer === undefined || imported.startsWith("node:")) return [];
  const name = imported.split("/", imported.startsWith("@") ? 2 : 1).join("/");
  const owner = owners[name];
  if (owner !== undefined && !covers(owner, file))
    return [`${file} imports ${name}: only ${owner} knows it.`];
  if (layer.packages === undefined || layer.packages.includes(name)) return [];
  return [
    `${file} imports ${name}: ${nameOf(layer)} may import ${layer.packages.join(", ") || "no package"}.`,
  ];
};

/** What the table allows and nobody does: "web → people". */
export const unused = (sources: readonly Source[]): string[] =>
  layers.flatMap((layer) => {
    const mine = sources.filter(({ file }) => layerOf(file) === layer);
    const targets = mine.flatMap(({ file, imports }) => imports.flatMap((one) => targetOf(file, one) ?? []));
    return layer.may
      .filter((may) => !targets.some((target) => covers(may, target)))
      .map((may) => `${nameOf(layer)} → ${may}`);
  });

/** The file that is meant: "src/core/run.ts"; null: a package. */
const targetOf = (file: string, imported: string): string | null => {
  if (imported.startsWith("./")) return posix.join(posix.dirname(file), imported);
  if (!imported.startsWith("#")) return null;
  return imported.startsWith("#views/") ? imported.slice(1) : `src/${imported.slice(1)}`;
};

const covers = (may: string, target: string): boolean => {
  if (may === "*") return true;
  const path = may === "views" ? may : `src/${may}`;
  return target === path || target.startsWith(`${path}/`);
};

/** The folder of a layer in which a file lies: "botify"; null: beside the folders. */
const partOf = (file: string, folder: string): string | null => {
  const [first, ...rest] = file.slice(folder.length + 1).split("/");
  return rest.length === 0 ? null : (first ?? null);
};

/** Every set of files of which each reaches each other (Tarjan 1972), as one way round. */
const circles = (sources: readonly Source[]): string[][] => {
  const next = new Map(
    sources.map(({ file, imports }) => [file, imports.flatMap((one) => targetOf(file, one) ?? [])]),
  );
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const stack: string[] = [];
  const found: string[][] = [];
  const walk = (file: string): number => {
    const mine = index.size;
    index.set(file, mine);
    low.set(file, mine);
    stack.push(file);
    for (const other of next.get(file) ?? []) {
      const reached = !index.has(other) ? walk(other) : stack.includes(other) ? index.get(other) : undefined;
      low.set(file, Math.min(low.get(file) ?? mine, reached ?? mine));
    }
    if (low.get(file) === mine) {
      const circle = stack.splice(stack.indexOf(file));
      if (circle.length > 1 || next.get(file)?.includes(file)) found.push(circle);
    }
    return low.get(file) ?? mine;
  };
  for (const file of next.keys()) if (!index.has(file)) walk(file);
  return found;
};

/** What package.json's "imports" has to say for these layers. */
export const importsPart = (): Record<string, string> =>
  Object.fromEntries(
    layers
      .filter(({ folder }) => folder.split("/").length <= 2)
      .map((layer) => [`#${nameOf(layer)}/*`, `./${layer.folder}/*`]),
  );
