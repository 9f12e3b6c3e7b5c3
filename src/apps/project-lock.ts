import { existsSync, readFileSync } from "node:fs";
import { z } from "zod";

const names = z.record(z.string(), z.string()).optional();
const entry = z.looseObject({ dependencies: names, optionalDependencies: names, peerDependencies: names });
const lock = z.object({ lockfileVersion: z.number(), packages: z.record(z.string(), entry) });
type Packages = z.infer<typeof lock>["packages"];

/** What a manifest of a download says of packages. */
export interface Manifest {
  name: string;
  version: string;
  dependencies: Record<string, string>;
  optionalDependencies: Record<string, string>;
  devDependencies: Record<string, string | undefined>;
}

/**
 * The lock file of a download: of the one by which Milepost itself was installed (`file`) what these packages need, so that both run the very same.
 * Null where Milepost was installed without one.
 */
export const projectLock = (file: URL, manifest: Manifest): string | null => {
  if (!existsSync(file)) return null;
  const { lockfileVersion, packages } = lock.parse(JSON.parse(readFileSync(file, "utf8")));
  const needed = new Set<string>();
  const add = (from: string, name: string): void => {
    const path = resolved(packages, from, name);
    if (path === null || needed.has(path)) return;
    needed.add(path);
    const { dependencies, optionalDependencies, peerDependencies } = packages[path] ?? {};
    for (const next of Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies }))
      add(path, next);
  };
  const { name, version, dependencies, optionalDependencies, devDependencies } = manifest;
  for (const one of Object.keys({ ...dependencies, ...optionalDependencies, ...devDependencies }))
    add("", one);
  const kept = Object.entries(packages).filter(([path]) => needed.has(path));
  const written = {
    name,
    version,
    lockfileVersion,
    requires: true,
    packages: { "": manifest, ...Object.fromEntries(kept) },
  };
  return `${JSON.stringify(written, null, 2)}\n`;
};

/** Where Node finds a package from another one: beside it, or beside what it is in. */
const resolved = (packages: Packages, from: string, name: string): string | null => {
  for (let folder = from; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf("/node_modules/")))) {
    const path = `${folder === "" ? "" : `${folder}/`}node_modules/${name}`;
    if (packages[path] !== undefined) return path;
    if (folder === "") return null;
  }
};
