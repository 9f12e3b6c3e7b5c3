import { randomBytes } from "node:crypto";
import { hostname } from "node:os";
import { openApps } from "#apps/open-apps.ts";
import { loadAssets } from "#apps/runtime/assets.ts";
import { createBotStepsApi } from "#compat/bot/create-bot-steps.ts";
import { deployApi } from "#compat/deploy/deploy.ts";
import { tasksApi } from "#compat/tasks/tasks.ts";
import { createSeal, nameOf } from "#connections/seal.ts";
import { createSshPool } from "#connectors/ssh/pool.ts";
import { newId } from "#core/id.ts";
import type { Log } from "#core/log.ts";
import { standBelow } from "#core/route.ts";
import type { Engine } from "#engine/engine.ts";
import { mcpServer } from "#mcp/mcp.ts";
import { createMessengers } from "#messengers/messengers.ts";
import { createBotLooks } from "#openclaw/bot-looks.ts";
import { nodeDeps } from "#openclaw/deps.ts";
import { createStorage } from "#retention/storage.ts";
import { createLongLines } from "#store/long-lines.ts";
import { createGates, type Gated } from "#web/gates.ts";
import { createBeats } from "#web/live/beats.ts";
import { createCounters } from "#web/live/counters.ts";
import { watchLoopDelay } from "#web/loop-delay.ts";
import { loadStaticFiles } from "#web/static-files.ts";
import { openAppsApart } from "./apps-apart.ts";
import { appsHome } from "./apps-home.ts";
import { answerSignOutAll } from "./asked-to-sign-out.ts";
import { auditedEngine } from "./audited-engine.ts";
import { startChild } from "./child.ts";
import type { Config } from "./config.ts";
import { inDataFolder } from "./data-folder.ts";
import { openDuties } from "./duties.ts";
import { createErrands } from "./errands.ts";
import { assertShared, openKey } from "./keep/key.ts";
import { assertUsable } from "./keep/usable.ts";
import { makeEngine } from "./make-engine.ts";
import { openNews } from "./news.ts";
import { openConnections } from "./open-connections.ts";
import { openDoors } from "./open-doors.ts";
import { openFiles } from "./open-files.ts";
import { openPeople } from "./open-people.ts";
import { openSandboxes } from "./open-sandboxes.ts";
import { openStore } from "./open-store.ts";
import { openWorkflows } from "./open-workflows.ts";
import { signInAddress } from "./sign-in-address.ts";
import { createTelling } from "./telling.ts";
import { createTriggering } from "./triggering.ts";
import { writeAddress } from "./write-address.ts";

export interface ServeOptions extends Config {
  log: Log;
  version: string;
  /** Between the first looks at a remote job. */
  lookEveryMs: number;
  /** Whether this machine's own Botify crawls its sample site at the first start. */
  sampleSite: boolean;
  /** Nothing new is begun when the disk has less than this left. */
  minimumFreeBytes: number;
  /** The disk did not confirm what was written to it: the process has to end. */
  diskFailed(error: Error): void;
}

export interface Server {
  /** "http://127.0.0.1:3000" */
  origin: string;
  /** Where people reach it: "https://example.org/milepost/". */
  address: string;
  engine: Engine;
  /** A fresh link that signs in whoever opens it first. */
  signInLink(): Promise<string>;
  close(): Promise<void>;
}

/** Wires everything together and serves. Throws AppError with a sentence for the person at the terminal. */
export const serve = async (options: ServeOptions): Promise<Server> => {
  const { host, port, dataDir, role, publicUrls, log, version, minimumFreeBytes } = options;
  const random = (n: number) => randomBytes(n);
  const at = inDataFolder(dataDir);
  standBelow(publicUrls[0]?.pathname ?? "/");
  assertUsable(at, log, options.database === null);
  const { store, kept, node, clock, others } = await openStore(at, options.database, options);
  const { files, logs } = await openFiles(at, options.files);
  const key = await openKey({ at, given: options.key, random, kept });
  const seal = createSeal(key, random);
  if (node !== null) await assertShared(store.notify, seal);
  const moments = node?.moments ?? null;
  const connections = openConnections({ ...options, store, seal, moments, clock, random });

  const sandboxes = await openSandboxes(options, at.sandbox, connections);
  const machines = createSshPool({ configFile: options.sshConfig });
  const errands = createErrands(startChild);
  const home = await appsHome(at, options.database, log);
  const apps = await openApps(home, clock.now);
  const appAssets = await loadAssets();
  const appsApart = openAppsApart(home, log);
  const { authored, scripts, refused } = await openWorkflows({
    host: {
      connections,
      crawls: sandboxes?.crawls ?? null,
      machines,
      secrets: seal,
      errands,
      isLocked: async (lock) => (await store.lockHolder(lock)) !== null,
      exports: store.exports,
      files,
      apps,
      appsApart,
      assets: appAssets,
      clock,
      moments,
      lookEveryMs: options.lookEveryMs,
      minimumFreeBytes,
    },
    folder: options.workflowsDir,
    copiesFolder: at.workflowCode,
    jobsFolder: at.jobs,
    store,
    processes: others,
    log,
  });
  const longLines = createLongLines(logs, () => newId(clock.now(), random));
  const people = await openPeople({ ...options, store, secrets: seal, others, clock, random });
  const { signIn, access } = people;
  const engine = makeEngine({
    ...options,
    store,
    node,
    clock,
    workflows: scripts.workflows,
    access,
    connections,
    secrets: seal,
    longLines,
    files,
    random,
  });
  const storage = createStorage({
    store,
    runs: engine,
    at,
    forgetApps: apps.forgetRemoved,
    leastBytes: minimumFreeBytes,
    usual: options.keep,
    clock,
    log,
    ...(node === null ? {} : { handOver: () => others.say("cleaning") }),
  });
  const triggering = createTriggering({
    ...{ engine, store, secrets: seal, access, clock, log, random, others },
  });
  const askedToSignOut = await answerSignOutAll(at, signIn, log);
  const bots = createBotLooks(nodeDeps({ connections, machines }), clock);
  const audited = auditedEngine(engine, { store, clock });
  let address = publicUrls[0]?.href ?? "";
  const notify = createTelling({
    engine: audited,
    store,
    connections,
    secrets: seal,
    access,
    key,
    others,
    clock,
    log,
    random,
    address: () => address,
  });
  const messengers = createMessengers({
    ...{ engine: audited, store, connections, access, clock, log, random },
    channels: notify.channels,
    decisions: notify.decisions,
    absolute: (path) => new URL(path, address).href,
  });
  const web: Omit<Gated, "appsOrigin"> = {
    engine: audited,
    store,
    connections,
    bots,
    ...people,
    files,
    longLines,
    storage,
    nodes: node,
    moments,
    apps,
    appAssets,
    appsApart,
    errands,
    gates: createGates({ limits: options.limits, store, clock, log }),
    loopDelay: watchLoopDelay(),
    refusedWorkflows: refused,
    authored,
    scripts,
    staticFiles: await loadStaticFiles(),
    log,
    clock,
    beats: createBeats(clock),
    newId: () => newId(clock.now(), random),
    triggers: triggering.triggers,
    notify,
    messengers,
    news: await openNews(at, version),
    publicUrls,
    proxies: options.proxies,
    hostNames: [host, hostname()],
    sessionCookie: `milepost-${nameOf(key)}`,
  };
  const counters = createCounters();
  const compat = [
    tasksApi(web, counters),
    deployApi(web, counters),
    createBotStepsApi(web),
    mcpServer({ ...web, version }),
  ];
  const { origin, openAt, close } = await openDoors({
    ...{ web, counters, others: compat, host, port },
    apps: options.apps,
  });
  if (address === "") address = openAt;
  const written = role === "worker" ? null : await writeAddress(at, address);
  // People are answered before runs go on, however many there are.
  if (role !== "web") await engine.open();
  const duties = await openDuties({
    ...{ node, others, stands: role !== "web" },
    duties: [storage, triggering, notify, messengers],
    looks: { triggers: triggering.look, notify: notify.look, cleaning: storage.look },
  });
  return {
    origin,
    address,
    engine,
    signInLink: async () => signInAddress(address, await signIn.newLink()),
    close: async () => {
      close();
      askedToSignOut.close();
      await duties.close();
      await engine.close();
      await authored.close();
      await appsApart.close();
      apps.close();
      await machines.close();
      await sandboxes?.close();
      await written?.takeAway();
      await store.close();
    },
  };
};
