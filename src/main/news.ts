import { readFile, writeFile } from "node:fs/promises";
import { readReleases } from "#core/release.ts";
import type { News } from "#web/deps.ts";
import type { DataFolder } from "./data-folder.ts";

const changelog = new URL("../../CHANGELOG.md", import.meta.url);

/**
 * What changed since the version that the people of these data know, told to each of them until they look: `version` has the one that was
 * known to all, `looked` the one that runs and who looked at what is new with it, one id a line.
 */
export const openNews = async (at: DataFolder, version: string): Promise<News> => {
  const write = (file: string, lines: readonly string[]) =>
    writeFile(file, `${lines.join("\n")}\n`, { mode: 0o600 });
  const linesOf = (file: string) =>
    readFile(file, "utf8").then(
      (text) => text.trim().split("\n"),
      () => [],
    );
  let [known] = await linesOf(at.version);
  const [of, ...theirs] = await linesOf(at.looked);
  // What somebody looked at is old now; what nobody did is still new.
  if (known === undefined || (of !== version && theirs.length > 0)) {
    known = theirs.length > 0 ? of : version;
    await write(at.version, [known ?? version]);
  }
  const looked = new Set(of === version ? theirs : []);
  if (of !== version) await write(at.looked, [version]);
  return {
    version,
    since: (person) => (known === version || known === undefined || looked.has(person) ? null : known),
    releases: async () => readReleases(await readFile(changelog, "utf8")),
    seen: async (person) => {
      if (known === version || looked.has(person)) return;
      looked.add(person);
      await write(at.looked, [version, ...looked]);
    },
  };
};
