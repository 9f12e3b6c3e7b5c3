import { createHash, randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openApps } from "#apps/open-apps.ts";
import { loadAssets } from "#apps/runtime/assets.ts";
import { createBotStepsApi } from "#compat/bot/create-bot-steps.ts";
import { deployApi } from "#compat/deploy/deploy.ts";
import { tasksApi } from "#compat/tasks/tasks.ts";
import { createConnectionBook } from "#connections/book.ts";
import { connectionWith } from "#connections/connection-with.ts";
import { createSeal } from "#connections/seal.ts";
import { telegramKind } from "#connectors/telegram/kind.ts";
import type { AuthoredWorkflows } from "#core/authored.ts";
import type { ConnectionKind } from "#core/connection.ts";
import { AppError } from "#core/errors.ts";
import { text } from "#core/field-kinds.ts";
import { textOf } from "#core/form.ts";
import { newId } from "#core/id.ts";
import type { Log } from "#core/log.ts";
import { nobodyElse } from "#core/others.ts";
import { keepsAll } from "#core/retention.ts";
import { start } from "#core/start.ts";
import type { Store } from "#core/store.ts";
import { type Workflow, workflow } from "#core/workflow.ts";
import { fixedWorkflows } from "#core/workflows.ts";
import type { Engine } from "#engine/engine.ts";
import { createKits } from "#kits/kits.ts";
import type { KitDeps } from "#kits/machine.ts";
import { openAppsApart } from "#main/apps-apart.ts";
import { auditedEngine } from "#main/audited-engine.ts";
import { startChild } from "#main/child.ts";
import { createErrands } from "#main/errands.ts";
import { openPeople } from "#main/open-people.ts";
import { readProxies } from "#main/read-proxies.ts";
import { createTriggering } from "#main/triggering.ts";
import { mcpServer } from "#mcp/mcp.ts";
import { createMessengers } from "#messengers/messengers.ts";
import type { ChannelKind } from "#notify/channel.ts";
import { slackWebhookChannel } from "#notify/channels/slack-webhook.ts";
import { telegramChannel } from "#notify/channels/telegram.ts";
import { createNotify } from "#notify/notify.ts";
import { createMayUse } from "#people/may-use.ts";
import type { NewToken } from "#people/tokens.ts";
import { createStorage } from "#retention/storage.ts";
import { openScripts } from "#scripts/saved-scripts.ts";
import { createDiskFiles } from "#store/disk-files.ts";
import { createLongLines } from "#store/long-lines.ts";
import { type App, createApp } from "#web/app.ts";
import type { WebDeps } from "#web/deps.ts";
import { createGates, type Gated } from "#web/gates.ts";
import type { Limits } from "#web/limits.ts";
import { createBeats } from "#web/live/beats.ts";
import { createCounters } from "#web/live/counters.ts";
import { watchLoopDelay } from "#web/loop-delay.ts";
import { sessionCookieAt } from "#web/public-names.ts";
import { loadStaticFiles } from "#web/static-files.ts";
import { savedScript } from "#workflows/run-script/saved-script.ts";
import { openWorld, realClock, silent, type WorldOptions } from "../engine/world.ts";
import { formOf } from "../setup/form-of.ts";
import { newStore } from "../store/new-store.ts";

const loopDelay = watchLoopDelay();
export const presetToken = "a-preset-token-for-tests";
export const staticFiles = await loadStaticFiles();
const appAssets = await loadAssets();
const random = (n: number) => randomBytes(n);

/** Nobody has written a workflow. */
export const noFolder: AuthoredWorkflows = {
  folder: "/nowhere/workflows",
  isBeingRead: () => false,
  fault: () => null,
  files: () => [],
  earlier: () => [],
  source: async () => "",
};

/** A token that may do all that has to do with runs. */
export const forRuns = (name: string): NewToken => ({
  name,
  scope: { rights: ["read", "run", "answer"], workflows: null },
  lastsMs: null,
});

/** From where tests sign in. */
export const whence = { device: "Firefox on Linux", place: "127.0.0.1" };

/** A kind of connection whose other side is in this process: it accepts the token "right". */
export const echoKind: ConnectionKind = {
  kind: "echo",
  title: "Echo",
  about: "For tests.",
  fields: [
    { name: "address", label: "Address", required: true, secret: false },
    { name: "token", label: "Token", required: true, secret: true },
  ],
  check: (values) => {
    if (values.address?.includes(" ") === true)
      throw new AppError("bad-input", "An address has no spaces.", { field: "address" });
    return values;
  },
  test: async (values) => ({
    ok: values.token === "right",
    sentence: values.token === "right" ? "Signed in." : "The token is wrong.",
    latencyMs: 1,
    facts: [],
  }),
};

/** A channel whose other side is in this process: it reaches whoever says "right". */
export const echoChannel: ChannelKind = {
  kind: "echo",
  title: "Echo",
  about: "For tests.",
  through: null,
  fields: echoKind.fields,
  can: { edits: true, idempotent: false, buttons: 2, leastGapMs: 0 },
  check: echoKind.check,
  shown: ({ address = "" }) => address,
  send: async (_message, { values }) =>
    values.token === "right"
      ? { was: "delivered", remote: "1" }
      : { was: "dead", because: "The token is wrong." },
  edit: async () => ({ was: "delivered", remote: "1" }),
};

/** Asks for a colour ("red" or "blue"), then does nothing. */
export const colours = (locks = false): Workflow =>
  workflow(
    "colours",
    "Colours",
    "Asks for a colour.",
    start({
      fields: [text("name", "Name", { required: true, shape: { is: /./, says: "Give it a name." } })],
      subject: ({ name }) => name,
      lock: ({ name }) => (locks ? `name:${name}` : null),
    }),
  )
    .ask("colour", "Which colour?", {
      form: ({ draft, press }) => ({
        fields: [
          {
            kind: "text",
            name: "colour",
            label: "Colour",
            value: draft === undefined ? "" : textOf(draft, "colour"),
          },
          { kind: "note", tone: "info", text: `pressed ${press ?? "nothing"}` },
        ],
        submit: "Answer",
        buttons: [{ does: "redraw", value: "more", label: "More" }],
      }),
      read: (values) => {
        const colour = textOf(values, "colour");
        if (colour === "") throw new AppError("bad-input", "Say a colour.", { field: "colour" });
        if (colour !== "red" && colour !== "blue")
          throw new AppError("bad-answer", "Only red and blue are colours here.", { field: "colour" });
        return colour;
      },
      detail: (colour) => colour,
    })
    .do("paint", "Paint", { run: async () => "painted" })
    .hands(() => ({ sentence: "All is painted." }));

export interface Site {
  store: Store;
  /** The one below the web: what it does stands in no audit. */
  engine: Engine;
  deps: Gated;
  app: App["router"];
  front: App["front"];
  /** A request with a host and, unless it is null, the session's cookie. */
  get(path: string, options?: AskOptions): Promise<Response>;
  /** A form as a page of ours posts it. */
  post(path: string, form?: Record<string, string>, options?: AskOptions): Promise<Response>;
  /** JSON with the preset token. */
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Response>;
  start(name?: string): Promise<string>;
  /** Starts a run and waits until it asks. */
  asking(name?: string): Promise<string>;
  /** A signed-in session's cookie. */
  cookie: string;
  newSession(): Promise<string>;
  filesFolder: string;
  close(): Promise<void>;
}

export interface AskOptions {
  cookie?: string | null;
  headers?: Record<string, string>;
  method?: string;
}

export interface SiteOptions {
  workflows?: readonly Workflow[];
  store?: Store;
  log?: Log;
  deps?: Partial<WebDeps>;
  /** None unless told. */
  limits?: Partial<Limits>;
  world?: Pick<WorldOptions, "opened" | "overrides">;
}

/** The whole web layer over a real engine and a real store in memory. */
export const openSite = async (options: SiteOptions = {}): Promise<Site> => {
  const store = options.store ?? (await newStore());
  const log = options.log ?? silent;
  const filesFolder = await mkdtemp(join(tmpdir(), "milepost-web-"));
  const files = createDiskFiles(filesFolder);
  const logFiles = createDiskFiles(join(filesFolder, "logs"));
  const longLines = createLongLines(logFiles, () => newId(realClock.now(), random));
  const seal = createSeal(randomBytes(32), random);
  const people = await openPeople({
    ...{ store, secrets: seal, others: nobodyElse, clock: realClock, random },
    apiToken: presetToken,
    oidc: null,
  });
  const connections = createConnectionBook({
    ...{ accounts: store.accounts, clock: realClock, random },
    table: store.connections,
    seal,
    kinds: [echoKind, telegramKind],
  });
  // No script is run on a server here.
  const kits = createKits({ connections, environment: {}, jobsFolder: filesFolder } as unknown as KitDeps);
  const scripts = await openScripts({
    ...{ table: store.scripts, accounts: store.accounts, clock: realClock, log },
    others: fixedWorkflows(options.workflows ?? [colours()]),
    make: (version) => savedScript({ connections, kits }, version),
  });
  const world = await openWorld([], {
    store,
    log,
    ...options.world,
    overrides: {
      workflows: scripts.workflows,
      longLines,
      files,
      assertMayUse: createMayUse({ ...people, accounts: store.accounts }),
      connectionWith: connectionWith(connections),
      ...options.world?.overrides,
    },
  });
  const appsHome = { folder: join(filesFolder, "apps") };
  const apps = await openApps(appsHome, realClock.now);
  const appsApart = openAppsApart(appsHome, log);
  const engine = auditedEngine(world.engine, { store, clock: realClock });
  const notify = createNotify({
    ...{ engine, store, connections, secrets: seal, access: people.access },
    ...{ kinds: [echoChannel, telegramChannel, slackWebhookChannel], key: randomBytes(32), clock: realClock },
    ...{ log, random, zone: () => "UTC", address: () => "https://milepost.example/" },
  });
  const deps: Gated = {
    engine,
    store,
    connections,
    notify,
    messengers: createMessengers({
      ...{ engine, store, connections, access: people.access, clock: realClock, log, random },
      channels: notify.channels,
      decisions: notify.decisions,
      absolute: (path) => new URL(path, "https://milepost.example/").href,
    }),
    bots: { of: () => ({ since: null, seen: null, failed: null }), look: () => {} },
    ...people,
    files,
    longLines,
    storage: createStorage({
      store,
      runs: world.engine,
      at: {
        folder: filesFolder,
        exports: filesFolder,
        logs: join(filesFolder, "logs"),
        apps: join(filesFolder, "apps"),
      },
      forgetApps: () => apps.forgetRemoved(),
      leastBytes: 0,
      usual: { hour: 3, usual: keepsAll },
      clock: realClock,
      log,
    }),
    apps,
    appAssets,
    appsApart,
    triggers: createTriggering({
      engine: world.engine,
      store,
      secrets: createSeal(randomBytes(32), random),
      access: people.access,
      clock: realClock,
      log,
      random,
      others: nobodyElse,
    }).triggers,
    errands: createErrands(startChild),
    nodes: null,
    moments: null,
    appsOrigin: null,
    loopDelay,
    gates: createGates({
      // Tests are quicker than people.
      limits: {
        streams: Number.POSITIVE_INFINITY,
        requestsPerSecond: Number.POSITIVE_INFINITY,
        ...options.limits,
      },
      ...{ store, log, clock: options.deps?.clock ?? realClock },
    }),
    refusedWorkflows: [],
    authored: noFolder,
    scripts,
    staticFiles,
    log,
    clock: realClock,
    beats: createBeats(options.deps?.clock ?? realClock),
    newId: () => newId(realClock.now(), random),
    news: { version: "0.0.0", since: () => null, releases: async () => [], seen: async () => {} },
    publicUrls: [],
    proxies: readProxies(""),
    hostNames: [],
    sessionCookie: "milepost",
    ...options.deps,
  };
  const counters = createCounters();
  const { router: app, front } = createApp(deps, counters, [
    tasksApi(deps, counters),
    deployApi(deps, counters),
    createBotStepsApi(deps),
    mcpServer({ ...deps, version: "0.0.0" }),
  ]);
  const newSession = async () =>
    `${sessionCookieAt(deps)(undefined)}=${await deps.signIn.openSession({ personId: "owner", name: "Ada", tokenId: null }, whence)}`;
  const cookie = await newSession();
  const headersOf = (asked: AskOptions) => ({
    Host: "localhost:3000",
    Accept: "text/html",
    ...(asked.cookie === null ? {} : { Cookie: asked.cookie ?? cookie }),
    ...asked.headers,
  });
  const get: Site["get"] = async (path, asked = {}) =>
    app.request(path, { method: asked.method ?? "GET", headers: headersOf(asked) });
  const post: Site["post"] = async (path, form = {}, asked = {}) =>
    app.request(path, {
      method: "POST",
      body: formOf(form),
      headers: { "Sec-Fetch-Site": "same-origin", ...headersOf(asked) },
    });
  const call: Site["call"] = async (method, path, body, headers = {}) =>
    app.request(path, {
      method,
      headers: {
        Authorization: `Bearer ${presetToken}`,
        ...(body === undefined ? {} : { "Content-Type": "application/json" }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
  const start = async (name = "Grace") => (await world.engine.start("colours", { name }, "Ada")).runId;
  return {
    store,
    engine: world.engine,
    deps,
    app,
    front,
    get,
    post,
    call,
    start,
    asking: async (name) => {
      const runId = await start(name);
      await world.until(runId, "asking");
      return runId;
    },
    cookie,
    newSession,
    filesFolder,
    close: async () => {
      await world.close();
      await appsApart.close();
      apps.close();
      await rm(filesFolder, { recursive: true, force: true });
    },
  };
};

/** An export that is ready, with this text as its file. */
export const readyExport = async (site: Site, text: string, fileName = "urls.csv"): Promise<string> => {
  const { row } = await site.store.exports.reserve(
    {
      provider: "botify",
      connectionId: "c1",
      org: "org",
      project: "project",
      analysis: "20260101",
      title: `Export ${fileName}`,
      queryHash: randomBytes(8).toString("hex"),
      query: {},
      expectedRows: 1,
    },
    "run-1",
    null,
  );
  await writeFile(await site.deps.files.place(`${row.id}.csv`), text);
  await site.store.exports.update(row.id, "run-1", {
    status: "ready",
    filePath: `${row.id}.csv`,
    fileName,
    sizeBytes: Buffer.byteLength(text),
    rows: 1,
    sha256: createHash("sha256").update(text).digest("hex"),
    readyAt: realClock.now(),
  });
  return row.id;
};
