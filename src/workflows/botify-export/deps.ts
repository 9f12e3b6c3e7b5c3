import type { Botify } from "#connectors/botify/botify.ts";
import type { Connections } from "#core/connection.ts";
import type { ExportRegistry } from "#core/exports.ts";
import type { Files } from "#core/files.ts";

/** What the steps of this workflow are handed. */
export interface ExportDeps {
  /** A client for a stored connection; the token only ever goes to that connection's own host. */
  connect(connectionId: string): Promise<{ botify: Botify; token: string }>;
  connections: Connections;
  exports: ExportRegistry;
  files: Files;
  /** Between the first looks at a job. */
  lookEveryMs: number;
  /** Downloads stop before the disk has less than this left. */
  minimumFreeBytes: number;
}

export interface ExportInput {
  connectionId: string;
  connectionName: string;
}
