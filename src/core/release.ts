/** What changed in one version, as CHANGELOG.md tells it (keepachangelog.com, version 1.1.0). */
export interface Release {
  /** "0.2.0" or "Unreleased". */
  version: string;
  /** "2026-11-29"; null: not released. */
  date: string | null;
  /** "Added", "Changed", …: what is listed below each. */
  parts: { title: string; items: string[] }[];
}

/** Reads a changelog, the newest version first. */
export const readReleases = (changelog: string): Release[] => {
  const releases: Release[] = [];
  for (const line of changelog.split("\n")) {
    const [, version, date = null] = /^## \[([^\]]+)\](?: - (\S+))?/.exec(line) ?? [];
    const parts = releases.at(-1)?.parts;
    const items = parts?.at(-1)?.items;
    if (version !== undefined) releases.push({ version, date, parts: [] });
    else if (line.startsWith("### ")) parts?.push({ title: line.slice(4), items: [] });
    else if (line.startsWith("- ")) items?.push(line.slice(2));
    else if (line.startsWith("  ") && items !== undefined)
      items.push(`${items.pop() ?? ""} ${line.trim()}`.trim());
  }
  return releases;
};

/** What came after a version: all, where that one is not among them. */
export const releasesSince = (releases: readonly Release[], version: string): readonly Release[] => {
  const index = releases.findIndex((release) => release.version === version);
  return index < 0 ? releases : releases.slice(0, index);
};
