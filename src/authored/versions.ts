import { statSync } from "node:fs";
import { join } from "node:path";
import type { CodeVersion } from "#core/authored.ts";
import { asTaken } from "#core/shape.ts";
import type { Workflow } from "#core/workflow.ts";
import { isWorkflow } from "#core/workflow-shape.ts";
import type { Code, Copies } from "./copies.ts";
import type { Guests } from "./guests.ts";
import type { Loader } from "./loader.ts";
import { isScript, type ScriptWorkflow } from "./script.ts";

/** A version of a workflow that is loaded. */
export interface Version extends CodeVersion {
  /** The file that it came from. */
  file: string;
  workflow: Workflow;
}

/** The versions of people's workflows, each loaded once from its copy. */
export interface Versions {
  /** Null while it is not loaded. */
  get(code: string): Version | null;
  all(): readonly Version[];
  /** Loads it; null where there is no such copy. Throws what the file throws, and an Error when it does not finish. */
  load(code: string): Promise<Version | null>;
  /** Keeps a copy and loads that. */
  keep(code: Code): Promise<Version>;
}

interface VersionsDeps {
  /** Where the copies lie. */
  folder: string;
  copies: Copies;
  loader: Pick<Loader, "load">;
  guests: Guests;
  script: ScriptWorkflow;
}

const longestMs = 10_000;

export const createVersions = ({ folder, copies, loader, guests, script }: VersionsDeps): Versions => {
  const loaded = new Map<string, Version>();
  const loading = new Map<string, Promise<Version | null>>();

  const read = async (code: string): Promise<Version | null> => {
    const kept = await copies.read(code);
    if (kept === null) return null;
    const { entry, texts } = kept;
    const made = isScript(entry)
      ? script(entry, texts[entry] ?? "")
      : await inTime(guests.as(entry, () => asTaken(() => loader.load(`${code}/${entry}`))));
    if (!isWorkflow(made)) throw new Error("Its default export is no workflow any more.");
    const since = Math.round(statSync(join(folder, code)).mtimeMs);
    const workflow = { ...guests.ofFile(entry, made), code };
    const version = { code, since, file: entry, workflow };
    loaded.set(code, version);
    return version;
  };
  const load: Versions["load"] = async (code) => {
    const there = loaded.get(code);
    if (there !== undefined) return there;
    const under = loading.get(code) ?? read(code).finally(() => loading.delete(code));
    loading.set(code, under);
    return under;
  };
  return {
    get: (code) => loaded.get(code) ?? null,
    all: () => [...loaded.values()],
    load,
    keep: async (code) => {
      const version = await load(await copies.keep(code));
      if (version === null) throw new Error("Its copy could not be read back.");
      return version;
    },
  };
};

const inTime = async (loading: Promise<unknown>): Promise<unknown> => {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const sentence = `It did not finish loading within ${longestMs / 1_000} s.`;
  const timer = setTimeout(() => reject(new Error(sentence)), longestMs);
  try {
    return ((await Promise.race([loading, late])) as { default?: unknown }).default;
  } finally {
    clearTimeout(timer);
  }
};
