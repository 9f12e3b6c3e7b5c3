import { randomBytes } from "node:crypto";
import { hostname } from "node:os";
import type { Clock } from "#core/clock.ts";
import type { Log } from "#core/log.ts";
import { nobodyElse, type Others } from "#core/others.ts";
import type { Store } from "#core/store.ts";
import { createLocalFeed } from "#engine/dispatch/local-feed.ts";
import type { SharedNode } from "#store/postgres/node.ts";
import { type Sealed, sealedIn } from "#store/sealed.ts";
import { isInUse as isFileInUse } from "#store/sqlite/only-server.ts";
import { openBeside as openFileBeside, openSqliteStore, type SqliteOptions } from "#store/sqlite/open.ts";
import { clock } from "./clock.ts";
import type { Config } from "./config.ts";
import type { DataFolder } from "./data-folder.ts";
import { lookingAt, lookingAtPostgres } from "./keep/alone.ts";
import { removeOldCopies, savedBefore } from "./keep/before-upgrade.ts";
import { version } from "./version.ts";

const { now } = clock;
const random = (n: number): Uint8Array => randomBytes(n);
/** Loaded only where it is used. */
const postgres = () => import("#store/postgres/open.ts");

/** A store, and what in it was sealed. */
export interface Opened {
  store: Store;
  /** What this process shares with others over a database of its own; null: it is alone. */
  node: SharedNode | null;
  clock: Clock;
  others: Others;
  kept: { sealed: readonly Sealed[]; where: string };
}

interface OpenStoreOptions extends Required<Pick<SqliteOptions, "diskFailed">>, Pick<Config, "role"> {
  log: Log;
}

/**
 * The store of a data folder, or the one in a database of its own, brought up to date; one in the folder is saved as it was before its tables
 * change. See openSqliteStore and openNode for what they throw.
 */
export const openStore = async (
  at: DataFolder,
  url: string | null,
  { diskFailed, role, log }: OpenStoreOptions,
): Promise<Opened> => {
  if (url !== null) {
    const { openNode } = await import("#store/postgres/node.ts");
    const name = `${hostname().slice(0, 16)}/${process.pid}/${randomBytes(3).toString("hex")}`;
    const local = createLocalFeed(log);
    const node = await openNode({ url, name, role, version, random, log, local });
    const { store } = node;
    const connections = await store.connections.list();
    const ofConnections = connections.map(({ id, sealed: text }) => ({ text, owner: id }));
    // One is enough to know the key by, and all runs need not be looked at for it.
    const sealed = ofConnections.length > 0 ? ofConnections : await lookingAtPostgres(url, sealedIn);
    return { store, node, clock: node.clock, others: node.others, kept: { sealed, where: "the database" } };
  }
  const file = at.database;
  const store = await openSqliteStore({ file, now, random, savedBefore: savedBefore(at, now()), diskFailed });
  removeOldCopies(at);
  const sealed = await lookingAt(file, sealedIn);
  return { store, node: null, clock, others: nobodyElse, kept: { sealed, where: file } };
};

/** Whether a server works on these data now. */
export const isInUse = async (at: DataFolder, url: string | null): Promise<boolean> =>
  url === null ? isFileInUse(at.database) : (await postgres()).isInUse(url);

/** The store of a server that may run, for a program that looks in beside it, and the clock by which that one goes. */
export const openBeside = async (
  at: DataFolder,
  url: string | null,
): Promise<{ store: Store; clock: Clock }> =>
  url === null
    ? { store: openFileBeside({ file: at.database, now, random }), clock }
    : (await postgres()).openBeside({ url, random });
