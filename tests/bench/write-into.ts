import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

const page = fileURLToPath(new URL("../../docs/performance.md", import.meta.url));

/** Puts a table into docs/performance.md, between the marks of this name. */
export const writeInto = async (name: string, table: string): Promise<void> => {
  const [begin, end] = [`<!-- ${name} -->`, `<!-- end of ${name} -->`];
  const text = await readFile(page, "utf8");
  const [before = "", rest] = text.split(begin);
  if (rest === undefined) throw new Error(`docs/performance.md has no place for “${name}”.`);
  await writeFile(page, `${before}${begin}\n${table}\n${end}${rest.split(end)[1] ?? "\n"}`);
};
