import { type ChildProcess, execFile, spawn } from "node:child_process";
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const root = fileURLToPath(new URL("../..", import.meta.url));
const notCloned = ["node_modules", "data", ".git", ".bundle"].map((name) => join(root, name));
const compilers = ["cc", "c++", "gcc", "g++", "clang", "make", "python", "python3"];
const execute = promisify(execFile);

/** A machine as somebody new has it: its Node and npm, an empty home, no compiler that works, and a fresh copy of this project. */
export interface Newcomer {
  folder: string;
  /** Runs npm in the copy; gives all that it printed. Throws when it fails. */
  npm(...args: string[]): Promise<string>;
  /** `npm start` on a free port. */
  start(): ChildProcess;
  /** Packs the project and installs that into a folder of its own. */
  installPacked(): Promise<void>;
  /** `npx milepost serve` there, on a free port. */
  servePacked(env: Record<string, string>): ChildProcess;
}

export const newcomer = async (versions: { node: string; npm: string }): Promise<Newcomer> => {
  const folder = mkdtempSync(join(tmpdir(), "newcomer-"));
  const [home, tools, broken, project, elsewhere] = ["home", "tools", "broken", "project", "elsewhere"].map(
    (name) => {
      mkdirSync(join(folder, name));
      return join(folder, name);
    },
  ) as [string, string, string, string, string];
  for (const name of compilers) {
    writeFileSync(join(broken, name), "#!/bin/sh\necho no compiler here >&2\nexit 1\n");
    chmodSync(join(broken, name), 0o755);
  }
  const packages = [`node-linux-${process.arch}@${versions.node}`, `npm@${versions.npm}`];
  await execute("npm", ["install", "--prefix", tools, "--ignore-scripts", ...packages]);
  cpSync(root, project, { recursive: true, filter: (from) => !notCloned.includes(from.replace(/\/$/, "")) });
  const env = {
    ...withoutNpm(),
    ...(await wayToRegistry()),
    HOME: home,
    PATH: [broken, join(tools, "node_modules", ".bin"), "/usr/bin", "/bin"].join(":"),
  };
  const npm = async (cwd: string, args: readonly string[]) => {
    const { stdout, stderr } = await execute("npm", args, { cwd, env, maxBuffer: 50_000_000 });
    return stdout + stderr;
  };
  return {
    folder,
    npm: (...args) => npm(project, args),
    start: () => spawn("npm", ["start"], { cwd: project, env: { ...env, PORT: "0" } }),
    installPacked: async () => {
      await npm(project, ["pack", "--pack-destination", elsewhere]);
      const [packed = ""] = readdirSync(elsewhere);
      await npm(elsewhere, ["install", "--no-audit", "--prefer-offline", join(elsewhere, packed)]);
    },
    servePacked: (more) =>
      spawn("npx", ["milepost", "serve"], { cwd: elsewhere, env: { ...env, PORT: "0", ...more } }),
  };
};

// npm hands its settings, its user's too, to whatever it runs, as these tests.
const withoutNpm = (): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(npm_|init_cwd$|vitest)/i.test(name)));

/** Where this machine finds packages, and by which certificates, as a newcomer's machine would know by itself. */
const wayToRegistry = async () => {
  const read = async (name: string) => (await execute("npm", ["config", "get", name])).stdout.trim();
  const [registry, cafile] = [await read("registry"), await read("cafile")];
  return { npm_config_registry: registry, ...(cafile === "null" ? {} : { npm_config_cafile: cafile }) };
};
