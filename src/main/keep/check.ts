import { createHash } from "node:crypto";
import { existsSync, statSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { createSeal } from "#connections/seal.ts";
import type { Files } from "#core/files.ts";
import { plural } from "#core/plural.ts";
import type { Config } from "#main/config.ts";
import type { DataFolder } from "#main/data-folder.ts";
import { openFiles } from "#main/open-files.ts";
import { filesBelow } from "#retention/left-files.ts";
import { faultsAmongRows, wrongCounts } from "#store/faults.ts";
import { type KeptFile, keptFiles } from "#store/kept-files.ts";
import type { Plain } from "#store/plain.ts";
import { type Sealed, sealedIn } from "#store/sealed.ts";
import { faultsInside } from "#store/sqlite/contents.ts";
import { migrationsFolder, newestIn, tablesOf } from "#store/sqlite/migrations.ts";
import { isInUse } from "#store/sqlite/only-server.ts";
import { damageOf } from "#store/sqlite/soundness.ts";
import { lookingAt, lookingAtPostgres, noData } from "./alone.ts";
import { dataFiles } from "./data-files.ts";
import { opens } from "./key.ts";
import { wrongKind } from "./kinds.ts";
import { lostLog } from "./lost-log.ts";
import { unfitDatabase } from "./unfit-database.ts";

/**
 * Looks through all data and changes nothing; each fault is a sentence with a path. A server may run meanwhile.
 */
export const check = async (
  at: DataFolder,
  config: Pick<Config, "key" | "database" | "files">,
): Promise<{ faults: string[]; remarks: string[]; looked: string }> => {
  const remarks: string[] = [];
  const { database } = config;
  const kind = existsSync(at.folder) ? wrongKind(at) : undefined;
  if (kind !== undefined) return { faults: [kind.message], remarks, looked: "what lies in the data folder" };
  const isMissing = database === null && !existsSync(at.database) && unfitDatabase(at) === undefined;
  if (isMissing || !existsSync(at.folder)) throw noData(at);
  // To open it would make SQLite pass over them for good.
  const lost = database === null && !isInUse(at.database) ? lostLog(at.database) : undefined;
  if (lost !== undefined) return { faults: [lost.message], remarks, looked: "what was saved last" };
  const databases = dataFiles(at).files.filter(({ isDatabase }) => isDatabase);
  const faults = databases.flatMap(({ path }) =>
    damageOf(join(at.folder, path), "wholly").map((how) => `${join(at.folder, path)} is damaged: ${how}.`),
  );
  faults.push(...tooOpen(at));
  // What a damaged database says of files and secrets means nothing.
  if (faults.some((fault) => fault.startsWith(`${at.database} is damaged`)))
    return { faults, remarks, looked: plural(databases.length, "database") };
  const unfit = database === null ? unfitDatabase(at) : undefined;
  if (unfit !== undefined)
    return { faults: [...faults, unfit.message], remarks, looked: plural(databases.length, "database") };
  if (database === null)
    faults.push(...faultsInside(at.database).map((how) => `${at.database} is damaged: ${how}.`));
  const beside = async (plain: Plain) => {
    const amongRows = () =>
      plain.together(async () => [...(await faultsAmongRows(plain)), ...(await wrongCounts(plain))]);
    // Where tables are missing, or those of another version, nothing can be asked of them.
    const isOurs = database !== null || tablesOf(at.database) === newestIn(migrationsFolder);
    if (isOurs && faults.length === 0) faults.push(...(await amongRows()));
    if (config.files === null) remarks.push(...(await unnamedFiles(at, plain)));
    return besides(at, config, plain);
  };
  const { faults: others, looked } =
    database === null ? await lookingAt(at.database, beside) : await lookingAtPostgres(database, beside);
  const shared = database === null ? { faults: [], looked: "" } : await sharedIn(database);
  return {
    faults: [...faults, ...others, ...shared.faults],
    remarks,
    looked: `${plural(databases.length, "database")}, ${shared.looked}${looked}`,
  };
};

/** What a data folder has in databases of their own. */
const sharedIn = async (database: string): Promise<{ faults: string[]; looked: string }> => {
  // Loaded only where it is used.
  const { faultsOfSharedApps } = await import("#apps/postgres/faults.ts");
  const { crawlFaults } = await import("#store/postgres/crawl-faults.ts");
  const { apps, faults } = faultsOfSharedApps(database);
  const crawls = await lookingAtPostgres(database, crawlFaults);
  return {
    faults: [...faults, ...crawls.faults],
    looked: `${plural(apps, "app")} (copies among them) and ${plural(crawls.crawls, "crawl")} in PostgreSQL, `,
  };
};

/** Whether the files that a database names are there as they were saved, and the key opens its secrets. */
export const besides = async (
  at: DataFolder,
  { key, files: bucket }: Pick<Config, "key" | "files">,
  plain: Plain,
): Promise<{ faults: string[]; looked: string }> => {
  const kept = await keptFiles(plain);
  const { files } = await openFiles(at, bucket);
  const faults: string[] = [];
  for (const file of kept) faults.push(...(await faultsOf(files, join(at.exports, file.path), file)));
  const sealed = await sealedIn(plain);
  faults.push(...(await lostSecrets(at, key, sealed)));
  return { faults, looked: `${plural(kept.length, "saved file")} and ${plural(sealed.length, "secret")}` };
};

/** Not wrong by itself: what a run began and never ended lies there too. What people sent for a run has no export. */
const unnamedFiles = async (at: DataFolder, plain: Plain): Promise<string[]> => {
  const named = await plain.rows("SELECT file_path FROM exports WHERE file_path IS NOT NULL");
  const known = new Set(named.map(({ file_path }) => join(at.exports, String(file_path))));
  let count = 0;
  let first = "";
  for await (const { path } of filesBelow(at.exports)) {
    if (known.has(path) || path.endsWith(".part") || path.startsWith(join(at.exports, "uploads/"))) continue;
    count += 1;
    if (first === "" || path < first) first = path;
  }
  if (count === 0) return [];
  return [
    `${plural(count, "file")} in ${at.exports} that no export names, such as ${first}: of runs that came to nothing, or saved in a time that the database does not know of any more. What you want to keep of them, copy away: cleaning up removes them when they are a week old.`,
  ];
};

const tooOpen = ({ folder, database, key }: DataFolder): string[] =>
  [folder, database, key]
    .filter((path) => existsSync(path) && (statSync(path).mode & 0o077) !== 0)
    .map((path) => `${path} can be read by others. The next start of the server puts that right.`);

const faultsOf = async (
  files: Files,
  path: string,
  { path: name, title, sizeBytes, sha256 }: KeptFile,
): Promise<string[]> => {
  const size = await files.size(name);
  if (size === null) return [`${path} is missing, the file of “${title}”.`];
  if (sizeBytes !== null && size !== sizeBytes)
    return [`${path} has ${size} bytes instead of ${sizeBytes}, the file of “${title}”.`];
  if (sha256 === null) return [];
  const hash = createHash("sha256");
  if (size > 0) for await (const part of files.open(name, 0, size - 1)) hash.update(part as Buffer);
  return hash.digest("hex") === sha256 ? [] : [`${path} is not as it was saved, the file of “${title}”.`];
};

const lostSecrets = async (
  at: DataFolder,
  given: Uint8Array | null,
  sealed: readonly Sealed[],
): Promise<string[]> => {
  if (sealed.length === 0) return [];
  if (given === null && !existsSync(at.key))
    return [`The key ${at.key} is missing: ${sealed.length} secrets cannot be opened.`];
  const key = given ?? (await readFile(at.key));
  if (key.length !== 32) return [`The key ${at.key} has ${key.length} bytes instead of 32: it is damaged.`];
  const seal = createSeal(key, () => new Uint8Array());
  const lost = sealed.filter((one) => !opens(seal, one)).length;
  return lost === 0 ? [] : [`The key opens ${sealed.length - lost} of ${sealed.length} secrets.`];
};
