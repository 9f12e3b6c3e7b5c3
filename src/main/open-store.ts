import { randomBytes } from "node:crypto";
import type { Store } from "#core/store.ts";
import { isInUse as isFileInUse } from "#store/sqlite/only-server.ts";
import { openBeside as openFileBeside, openSqliteStore, type SqliteOptions } from "#store/sqlite/open.ts";
import { type Sealed, sealedIn } from "#store/sqlite/sealed.ts";
import { clock } from "./clock.ts";
import type { DataFolder } from "./data-folder.ts";
import { removeOldCopies, savedBefore } from "./keep/before-upgrade.ts";

const { now } = clock;
const random = (n: number): Uint8Array => randomBytes(n);
/** Loaded only where it is used. */
const postgres = () => import("#store/postgres/open.ts");

/** A store, and what in it was sealed. */
export interface Opened {
  store: Store;
  kept: { sealed: readonly Sealed[]; where: string };
}

/**
 * The store of a data folder, or the one in a database of its own, brought up to date; one in the folder is saved as it was before its tables
 * change. See openSqliteStore and openPostgresStore for what they throw.
 */
export const openStore = async (
  at: DataFolder,
  url: string | null,
  { diskFailed }: Required<Pick<SqliteOptions, "diskFailed">>,
): Promise<Opened> => {
  if (url !== null) {
    const store = await (await postgres()).openPostgresStore({ url, now, random, lost: diskFailed });
    const connections = await store.connections.list();
    const sealed = connections.map(({ id, sealed: text }) => ({ text, owner: id }));
    return { store, kept: { sealed, where: "the database" } };
  }
  const file = at.database;
  const store = await openSqliteStore({ file, now, random, savedBefore: savedBefore(at, now()), diskFailed });
  removeOldCopies(at);
  return { store, kept: { sealed: sealedIn(file), where: file } };
};

/** Whether a server works on these data now. */
export const isInUse = async (at: DataFolder, url: string | null): Promise<boolean> =>
  url === null ? isFileInUse(at.database) : (await import("#store/postgres/only-server.ts")).isInUse(url);

/** The store of a server that may run, for a program that looks in beside it. */
export const openBeside = async (at: DataFolder, url: string | null): Promise<Store> =>
  url === null
    ? openFileBeside({ file: at.database, now, random })
    : (await postgres()).openBeside({ url, now, random });
