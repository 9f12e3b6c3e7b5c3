import type { Botify } from "#connectors/botify/botify.ts";
import { createBotify } from "#connectors/botify/client.ts";
import type { ProjectAddress } from "#connectors/botify/project-url.ts";
import { AppError } from "#core/errors.ts";
import type { Host } from "#workflows/host.ts";

/** What this workflow needs of its host. */
export type ExportHost = Pick<
  Host,
  "connections" | "errands" | "exports" | "files" | "lookEveryMs" | "minimumFreeBytes" | "moments"
>;

/** What the steps of this workflow are handed. */
export interface ExportDeps extends ExportHost {
  /** A client for a stored connection; the token only ever goes to that connection's own host. */
  connect(connectionId: string): Promise<{ botify: Botify; token: string }>;
}

/** Clients are made anew for each call, so that a changed connection is used at once. */
export const exportDeps = (host: ExportHost): ExportDeps => ({
  ...host,
  exports: {
    ...host.exports,
    update: async (id, runId, patch) => {
      try {
        return await host.exports.update(id, runId, patch);
      } catch (thrown) {
        if (!(thrown instanceof AppError) || thrown.code !== "conflict") throw thrown;
        const wayOn = { back: "confirm", why: "to take the export that there is now" };
        throw new AppError("conflict", thrown.message, { cause: thrown, canPass: false, wayOn });
      }
    },
  },
  connect: async (connectionId) => {
    const { connection, values } = await host.connections.open(connectionId);
    const { baseUrl = "", token = "" } = values;
    const { moments } = host;
    return { botify: createBotify({ baseUrl, token, moments, limited: !connection.builtIn }), token };
  },
});

export interface ExportInput {
  connectionId: string;
  connectionName: string;
  /** Where it was known from the start. */
  project?: ProjectAddress;
  /** So many may a run that repeats another spend on a newer crawl without asking; left out: none. */
  credits?: number;
}
