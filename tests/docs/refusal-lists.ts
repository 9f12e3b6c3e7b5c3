import type { Refusal } from "./refusals.ts";

const list = /<!-- refusals: (.+) -->\n[\s\S]*?<!-- end -->/g;

/** A page with its lists as the sources have them; each says the folders whose sentences it has, and "*" has all that no other one has. */
export const withRefusals = (page: string, all: readonly Refusal[]): string => {
  const folders = [...page.matchAll(list)].map(([, names = ""]) => names.split(", "));
  const isIn = (names: readonly string[], { file }: Refusal) =>
    names.some((name) => file === name || file.startsWith(`${name}/`));
  const known = folders.flat();
  return page.replaceAll(list, (_, names: string) => {
    const rows = all.filter((one) => (names === "*" ? !isIn(known, one) : isIn(names.split(", "), one)));
    const lines = [...new Set(rows.map(row))].sort((one, other) => one.localeCompare(other, "en"));
    const table = lines.length === 0 ? [] : ["| sentence | code |", "| --- | --- |", ...lines, ""];
    return [`<!-- refusals: ${names} -->`, ...table, "<!-- end -->"].join("\n");
  });
};

const row = ({ sentence, code }: Refusal): string => {
  const shown = sentence
    .replaceAll(/\s+/g, " ")
    .replaceAll("|", "\\|")
    .replaceAll("<", "&lt;")
    // Else it would be made a link to write to.
    .replaceAll("@", "&#64;")
    .replaceAll("*", "\\*");
  return `| ${shown} | ${code === "start" ? "at the terminal" : `\`${code}\``} |`;
};
