import { fileURLToPath } from "node:url";
import { type Folder, openFolder } from "#authored/folder.ts";
import { guardProcess } from "#authored/guard.ts";
import { createGuests } from "#authored/guests.ts";
import { watchForHoldUps } from "#authored/held-up.ts";
import type { Log } from "#core/log.ts";
import type { Others } from "#core/others.ts";
import type { RefusedWorkflow } from "#core/refused-workflow.ts";
import type { Store } from "#core/store.ts";
import { createKits } from "#kits/kits.ts";
import * as surface from "#kits/milepost.ts";
import { scriptWorkflow } from "#kits/script/script-workflow.ts";
import { type OpenScripts, openScripts } from "#scripts/saved-scripts.ts";
import { savedScript } from "#workflows/run-script/saved-script.ts";
import { startChild } from "./child.ts";
import { childEnvironment } from "./config.ts";
import { findWorkflows } from "./find-workflows.ts";
import { createHost, type HostDeps } from "./host.ts";

interface WorkflowsDeps {
  host: Omit<HostDeps, "kits">;
  /** Where people's own lie, and the copies of them that runs go on with. */
  folder: string;
  copiesFolder: string;
  jobsFolder: string;
  store: Pick<Store, "codeUse" | "scripts" | "accounts">;
  /** The other processes that work on the same database. */
  processes: Others;
  log: Log;
}

const builtInFolder = fileURLToPath(new URL("../workflows", import.meta.url));
/** Whoever starts a server does not wait longer for a file that does not finish loading. */
const patienceMs = 3_000;
/** So long people's code may keep everybody waiting. */
const holdUpMs = 30_000;

/** All workflows: those that Milepost brings along, and people's own, of which those are in use that could be loaded quickly. */
export const openWorkflows = async ({
  host,
  folder,
  copiesFolder,
  jobsFolder,
  store,
  processes,
  log,
}: WorkflowsDeps): Promise<{ authored: Folder; scripts: OpenScripts; refused: RefusedWorkflow[] }> => {
  const { connections, machines, clock } = host;
  const kits = createKits({ connections, machines, environment: childEnvironment(), jobsFolder });
  const { workflows: builtIn, refused } = await findWorkflows({
    folder: builtInFolder,
    load: (name) => import(`../workflows/${name}/workflow.ts`),
    host: createHost({ ...host, kits }),
    log,
  });
  const guests = createGuests();
  let unwatch: ReturnType<typeof watchForHoldUps> | undefined;
  const authored = await openFolder({
    ...{ folder, copiesFolder, builtIn, guests, startChild, clock, log },
    examineEntry: new URL("./examine-child.ts", import.meta.url),
    besides: fileURLToPath(new URL("../../package.json", import.meta.url)),
    uid: process.getuid?.(),
    milepost: { ...surface, ...kits },
    importUrl: (url) => {
      unwatch ??= watchForHoldUps({ folder: copiesFolder, limitMs: holdUpMs });
      return import(url);
    },
    script: (file, text) => scriptWorkflow(file, text, { connections, ...kits }),
    isNamed: async (code) => (await store.codeUse(code)).named,
  });
  const unguard = guardProcess(process, { guests, blame: authored.blame });
  const first = authored
    .look()
    .then(authored.clean)
    .catch((error: unknown) => log.error({ err: error }, "the folder of workflows could not be looked at"));
  const { promise: impatience, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, patienceMs);
  await Promise.race([first, impatience]);
  clearTimeout(timer);
  const close = async () => {
    await authored.close();
    unguard();
    await unwatch?.();
  };
  const scripts = await openScripts({
    ...{ table: store.scripts, accounts: store.accounts, clock, log, others: authored.workflows, processes },
    make: (version) => savedScript({ connections, kits }, version),
  });
  return { authored: { ...authored, close }, scripts, refused };
};
