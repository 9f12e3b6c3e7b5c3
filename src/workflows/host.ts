import type { AskPage } from "#apps/app-page.ts";
import type { AppRegistry } from "#apps/registry.ts";
import type { SshPool } from "#connectors/ssh/pool.ts";
import type { Connections } from "#core/connection.ts";
import type { Crawls } from "#core/crawl.ts";
import type { Errands } from "#core/errand.ts";
import type { ExportRegistry } from "#core/exports.ts";
import type { Files } from "#core/files.ts";
import type { Moments } from "#core/moments.ts";
import type { Secrets } from "#core/secrets.ts";
import type { Kits } from "#kits/kits.ts";

/** What workflows need from outside themselves. Each is handed all of it and takes what it uses. */
export interface Host {
  /** The named remote systems, with their secrets. */
  connections: Connections;
  /** Ready-made steps that run scripts. */
  kits: Kits;
  /** Sessions with machines, shared by all runs. */
  machines: SshPool;
  /** The crawler; null where this machine's own servers are switched off, so that there is nowhere to keep a crawl. */
  crawls: Crawls | null;
  /** Seals short texts that must not be readable in what a step hands on. */
  secrets: Secrets;
  /** Work on bytes that others sent. */
  errands: Errands;
  exports: ExportRegistry;
  files: Files;
  /** Generated apps, and how one draws a page of its own. */
  apps: AppRegistry;
  page: AskPage;
  /** Whether a run that is not over holds a lock. */
  isLocked(lock: string): Promise<boolean>;
  /** By which the processes of several that share a database agree; null: this one is alone. */
  moments: Moments | null;
  /** Between the first looks at something remote that takes minutes. */
  lookEveryMs: number;
  /** Nothing is saved that would leave the disk less than this. */
  minimumFreeBytes: number;
}
