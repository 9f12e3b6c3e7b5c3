import { randomBytes, randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createAskPage } from "#apps/app-page.ts";
import { openApps } from "#apps/open-apps.ts";
import type { AppRegistry } from "#apps/registry.ts";
import { loadAssets } from "#apps/runtime/assets.ts";
import { createConnectionBook } from "#connections/book.ts";
import { createSeal } from "#connections/seal.ts";
import { openaiKind } from "#connectors/openai/kind.ts";
import type { Files } from "#core/files.ts";
import type { Field, Form, Values } from "#core/form.ts";
import type { RunWithSteps } from "#core/run.ts";
import { openAppsApart } from "#main/apps-apart.ts";
import { startChild } from "#main/child.ts";
import { createErrands } from "#main/errands.ts";
import { createDiskFiles } from "#store/disk-files.ts";
import changeApp from "#workflows/change-app/workflow.ts";
import generateApp from "#workflows/generate-app/workflow.ts";
import importRows from "#workflows/import-rows/workflow.ts";
import { newHome } from "../apps/new-database.ts";
import { type ModelServer, startModelServer } from "../connectors/openai/model-server.ts";
import { openWorld, realClock, silent, type World, type WorldOptions } from "../engine/world.ts";
import { ada } from "../people/ada.ts";
import { newStore } from "../store/new-store.ts";

export interface AppWorld extends World {
  apps: AppRegistry;
  page: ReturnType<typeof createAskPage>;
  folder: string;
  files: Files;
  /** Adds a connection to a model. */
  connect(values: Record<string, string>): Promise<string>;
  generate(values: Values): Promise<string>;
  change(values: Record<string, string>): Promise<string>;
  /** Answers every question as it stands, but for those given; ends where the run does, or at a question in `stopAt`. */
  through(id: string, answers?: Record<string, Values>, stopAt?: string): Promise<RunWithSteps>;
}

const random = (n: number) => randomBytes(n);
const assets = await loadAssets();

/** The workflows of generated apps over a real registry in a folder of its own. */
export const openAppWorld = async (options: WorldOptions & { folder?: string } = {}): Promise<AppWorld> => {
  const store = options.store ?? (await newStore());
  const folder = options.folder ?? (await mkdtemp(join(tmpdir(), "milepost-apps-")));
  const home = options.folder === undefined ? await newHome() : { folder };
  const apps = await openApps(home, realClock.now);
  const connections = createConnectionBook({
    table: store.connections,
    accounts: store.accounts,
    seal: createSeal(new Uint8Array(32), random),
    kinds: [openaiKind],
    clock: realClock,
    random,
  });
  const appsApart = openAppsApart(home, silent);
  const page = createAskPage({ apps, appsApart, assets, clock: { now: realClock.now, newId: randomUUID } });
  const isLocked = async (lock: string) => (await store.lockHolder(lock)) !== null;
  const files = createDiskFiles(join(folder, ".files"));
  const host = {
    ...{ apps, page, connections, isLocked, files },
    ...{ errands: createErrands(startChild), exports: store.exports },
  };
  const world = await openWorld([generateApp(host), changeApp(host), importRows(host)], {
    ...options,
    store,
  });
  return {
    ...world,
    apps,
    page,
    folder,
    files,
    connect: async (values) => (await connections.add("openai", "A model", values, ada)).id,
    generate: async (values) => (await world.engine.start("generate-app", values, "Ada")).runId,
    change: async (values) => (await world.engine.start("change-app", values, "Ada")).runId,
    through: async (id, answers = {}, stopAt) => {
      for (;;) {
        const at = await world.until(id, "asking", "completed", "failed", "cancelled", "paused");
        const asking = at.steps.find((step) => step.state === "asking");
        if (asking === undefined || asking.id === stopAt) return at;
        await world.engine.answer(id, asking.id, answers[asking.id] ?? shownIn(asking.form), "Ada");
      }
    },
    close: async () => {
      await world.close();
      await appsApart.close();
      apps.close();
      if (options.folder === undefined) await rm(folder, { recursive: true, force: true });
    },
  };
};

/** The same with a stand-in of a language model, and a connection to it. */
export const openModelWorld = async (): Promise<{ world: AppWorld; server: ModelServer; model: string }> => {
  const world = await openAppWorld();
  const server = await startModelServer();
  const model = await world.connect({ baseUrl: server.baseUrl, model: "small", key: "sk-1" });
  return { world, server, model };
};

/** What a browser sends of a form in which nothing was touched. */
export const shownIn = (form: Form | null): Values => {
  const values: Record<string, string | readonly string[]> = {};
  const take = (fields: readonly Field[]) => {
    for (const field of fields) {
      if (field.kind === "group" || field.kind === "row") take(field.fields);
      else if (field.kind === "many") values[field.name] = field.values;
      else if (field.kind === "checkbox") {
        if (field.checked) values[field.name] = "on";
      } else if ("name" in field && "value" in field && field.value !== undefined)
        values[field.name] = field.value;
    }
  };
  take(form?.fields ?? []);
  return values;
};

/** All fields of a form, those in groups and rows included. */
export const fieldsOf = (fields: readonly Field[]): Field[] =>
  fields.flatMap((field) =>
    field.kind === "group" || field.kind === "row" ? [field, ...fieldsOf(field.fields)] : [field],
  );
