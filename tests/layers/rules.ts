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
import { circlesIn } from "./circles.ts";
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
  ...circlesIn(arrowsOf(sources)).map((circle) => `These files import each other: ${circle.join(" → ")}.`),
];

const arrowsOf = (sources: readonly Source[]): Map<string, string[]> =>
  new Map(sources.map(({ file, imports }) => [file, imports.flatMap((one) => targetOf(file, one) ?? [])]));

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
  const its = partOf(target, layer.folder);
  const isFree = its === null || its === partOf(file, layer.folder) || layer.apart.includes(its);
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
