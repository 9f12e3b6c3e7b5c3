import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createConnectionBook } from "#connections/book.ts";
import { createSeal } from "#connections/seal.ts";
import { createBotifyKind } from "#connectors/botify/kind.ts";
import { crawlsAt } from "#core/crawl.ts";
import type { Errands } from "#core/errand.ts";
import type { Export } from "#core/exports.ts";
import type { Files } from "#core/files.ts";
import type { Form, Values } from "#core/form.ts";
import { presetValues } from "#core/preset.ts";
import type { RunWithSteps } from "#core/run.ts";
import type { Store } from "#core/store.ts";
import { startChild } from "#main/child.ts";
import { createErrands } from "#main/errands.ts";
import { sampleProject, startThisBotify, type ThisBotify } from "#main/this-botify.ts";
import { createDiskFiles } from "#store/disk-files.ts";
import botifyExport from "#workflows/botify-export/workflow.ts";
import crawlSite from "#workflows/crawl-site/workflow.ts";
import { openWorld, realClock, stepOf, type World, type WorldOptions } from "../engine/world.ts";
import { newStore } from "../store/new-store.ts";

const random = (n: number) => randomBytes(n);

export interface ExportWorld extends World {
  sandbox: Pick<ThisBotify, "url" | "token" | "crawls">;
  files: Files;
  dataDir: string;
  connectionId: string;
  /** Answers every question with its preselected values, but for those given; ends where the next question is, or the run. */
  through(id: string, answers?: Record<string, Values>): Promise<RunWithSteps>;
  exportOf(id: string): Promise<Export>;
}

export const startSandbox = async (): Promise<{
  sandbox: ThisBotify;
  dataDir: string;
  end(): Promise<void>;
}> => {
  const dataDir = await mkdtemp(join(tmpdir(), "milepost-sandbox-"));
  const sandbox = await startThisBotify({ dataDir, startChild });
  await sandbox.seeded;
  return {
    sandbox,
    dataDir,
    end: async () => {
      await sandbox.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
};

/** The export workflow over a Botify-compatible server, as it is in earnest but for the network in between. */
export const openExportWorld = async (
  sandbox: Pick<ThisBotify, "url" | "token" | "crawls">,
  options: WorldOptions & { dataDir?: string; errands?: Errands } = {},
): Promise<ExportWorld> => {
  const store: Store = options.store ?? (await newStore());
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), "milepost-exports-")));
  const files = createDiskFiles(dataDir);
  const connections = createConnectionBook({
    table: store.connections,
    accounts: store.accounts,
    seal: createSeal(new Uint8Array(32), random),
    kinds: [createBotifyKind(null)],
    clock: realClock,
    random,
  });
  const values = { baseUrl: sandbox.url, token: sandbox.token };
  const connectionId = crawlsAt;
  await connections.offer([
    { id: connectionId, kind: "botify", name: "This machine", values, open: async () => values },
  ]);
  const host = {
    connections,
    errands: options.errands ?? createErrands(startChild),
    exports: store.exports,
    files,
    moments: null,
    lookEveryMs: 20,
    minimumFreeBytes: 0,
  };
  const workflows = [botifyExport(host), crawlSite({ ...host, crawls: sandbox.crawls })].filter(
    (one) => one !== null,
  );
  const world = await openWorld(workflows, { ...options, store });

  const through = async (id: string, answers: Record<string, Values> = {}): Promise<RunWithSteps> => {
    for (;;) {
      const at = await world.until(id, "asking", "completed", "failed", "cancelled", "paused");
      const asking = at.steps.find((step) => step.state === "asking");
      if (asking === undefined || (asking.id in answers && answers[asking.id] === stop)) return at;
      await world.engine.answer(
        id,
        asking.id,
        answers[asking.id] ?? presetValues(asking.form ?? noForm),
        "Ada",
      );
    }
  };
  return {
    ...world,
    sandbox,
    files,
    dataDir,
    connectionId,
    start: (given = {}) => world.start({ connection: connectionId, ...given }),
    through,
    exportOf: async (id) => {
      const { exportId } = stepOf(await world.run(id), "create-job").result as { exportId: string };
      const row = await store.exports.get(exportId);
      if (row === null) throw new Error("no export");
      return row;
    },
    close: async () => {
      await world.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
};

const noForm: Form = { fields: [], submit: "" };

/** Ends `through` at this question instead of answering it. */
export const stop: Values = {};

export { sampleProject };
