import {
  chmodSync,
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { type Tables, tables } from "./rows.ts";

export interface TablesFile {
  tables: Tables;
  /** Writes all tables, whole or not at all. */
  save(): void;
}

/** Everything the server knows, in one file of its own. */
export const openTablesFile = (dataDir: string, newKey: () => string): TablesFile => {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  chmodSync(dataDir, 0o700);
  const path = join(dataDir, "dokploy.json");
  const known = existsSync(path)
    ? tables.parse(JSON.parse(readFileSync(path, "utf8")))
    : { ...empty(), apiKey: newKey() };
  const save = () => {
    const next = `${path}.next`;
    const file = openSync(next, "w", 0o600);
    try {
      writeFileSync(file, JSON.stringify(known));
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(next, path);
  };
  save();
  return { tables: known, save };
};

const empty = (): Omit<Tables, "apiKey"> => ({
  apiPort: 0,
  proxyPort: 0,
  projects: [],
  environments: [],
  applications: [],
  domains: [],
  deployments: [],
  services: [],
  routes: [],
  composes: [],
  mounts: [],
  configKeys: 0,
});
