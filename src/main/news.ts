import { readFile, writeFile } from "node:fs/promises";
import { readReleases } from "#core/release.ts";
import type { News } from "#web/deps.ts";
import type { DataFolder } from "./data-folder.ts";

const changelog = new URL("../../CHANGELOG.md", import.meta.url);

/** What changed since the version that the people of these data know, which is kept beside them. */
export const openNews = async (at: DataFolder, version: string): Promise<News> => {
  const note = () => writeFile(at.version, `${version}\n`, { mode: 0o600 });
  let known = await readFile(at.version, "utf8").then(
    (text) => text.trim(),
    () => null,
  );
  if (known === null) await note();
  known ??= version;
  return {
    version,
    since: () => (known === version ? null : known),
    releases: async () => readReleases(await readFile(changelog, "utf8")),
    seen: async () => {
      if (known === version) return;
      known = version;
      await note();
    },
  };
};
