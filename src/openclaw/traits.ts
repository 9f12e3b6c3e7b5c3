/** OpenClaw's versions are dates: year, month, release. A suffix after them is left aside. */
const numbersOf = (version: string): number[] =>
  version
    .split(/[.-]/)
    .slice(0, 3)
    .map((part) => Number.parseInt(part, 10) || 0);

const atLeast = (version: string, least: string): boolean => {
  const [have, need] = [numbersOf(version), numbersOf(least)];
  const differs = have.findIndex((part, index) => part !== need[index]);
  return differs < 0 || (have[differs] ?? 0) > (need[differs] ?? 0);
};

/** Where a version of OpenClaw keeps things. Sources: its own documentation and configurations, 2026.3.13 to 2026.9.6. */
export const traitsOf = (version: string) => ({
  /** `agents.entries.<id>` since 2026.8.1, `agents.list[]` before. */
  entries: atLeast(version, "2026.8.1"),
  /** Whether it refuses a model that it does not know; before, only a turn of the bot tells. */
  checksModels: atLeast(version, "2026.8.1"),
  /** Credentials in one shared store since 2026.6.6, auth-profiles.json per agent before. */
  sharedAuth: atLeast(version, "2026.6.6"),
  /** TOOLS.md is retired since 2026.9.6: its text is a section of AGENTS.md. */
  toolsInAgents: atLeast(version, "2026.9.6"),
  /** The Telegram plugin is switched on by `channels add` itself. */
  pluginByItself: atLeast(version, "2026.8.1"),
});
