import { appApi } from "./app-routes.ts";
import { compatRoutes } from "./compat-routes.ts";
import { exportRoutes } from "./export-routes.ts";
import { itemApi, itemRoutes } from "./item-routes.ts";
import { notifyApi, notifyRoutes } from "./notify-routes.ts";
import { oauthRoutes } from "./oauth-routes.ts";
import { each, route } from "./route.ts";
import { runVerbs, stepVerbs } from "./rules.ts";
import { scheduleApi, scheduleRoutes } from "./schedule-routes.ts";
import { scriptApi, scriptRoutes } from "./script-routes.ts";

/** Every address of the server, once: mounted from here and linked from here. */
export const routes = {
  home: route("/"),
  /** `?token=` is a one-time link's. */
  signIn: route("/sign-in"),
  /** What a browser needs to sign in with a passkey, and where it sends what that signed. */
  passkeySignIn: route("/sign-in/passkey"),
  /** Leads to the provider of single sign-on, and back from there. */
  oidc: route("/sign-in/oidc"),
  oidcReturn: route("/sign-in/oidc/return"),
  signOut: route("/sign-out"),

  /** All workflows, people's own by their files. */
  workflows: route("/workflows"),
  /** The text of one of those. */
  workflowFile: route("/workflows/files/:file"),
  /** The form that starts it. `?like=` fills it in as that run was started, `?kept=` as was kept, any other query by its fields. */
  workflow: route("/workflows/:id"),
  /** How long its runs took, and how good the estimates were. */
  durations: route("/workflows/:id/durations"),
  startRun: route("/workflows/:id/runs"),
  /** Who sees, starts, answers and undoes its runs. */
  workflowAccess: route("/workflows/:id/access"),
  /** Leads to the run with this number: short enough to be told to somebody. */
  numberedRun: route("/workflows/:id/:number{[0-9]{1,9}}"),

  runs: route("/runs"),
  /** Cancels each run that is named as `run`. */
  cancelRuns: route("/runs/cancel"),
  /** Deletes each run that is named as `run`, once `sure` is told too; before that it asks. */
  deleteRuns: route("/runs/delete"),
  run: route("/runs/:id"),
  /**
   * What browsers poll: `?v=` is the version they show, `?until=` when that is out of date though nothing happened, `?seen=` what they have
   * of it, in the words of the server that sent it. `?looked=` asks what became of its time since this browser last showed it.
   */
  progress: route("/runs/:id/progress"),
  /** `?to=` names the step that a rewind goes back to. */
  control: each("/runs/:id", runVerbs),
  step: each("/runs/:id/steps/:step", stepVerbs),
  /** The page on which the input of a run is changed. */
  input: route("/runs/:id/input"),
  clone: route("/runs/:id/clone"),
  startOver: route("/runs/:id/start-over"),
  /** Keeps its input and answers under a name. */
  keepAnswers: route("/runs/:id/keep"),
  /** The page of a run's log, with search; `?line=` shows the lines around that one. */
  log: route("/runs/:id/log"),
  logText: route("/runs/:id/log.txt"),
  /** The lines of a run's log as they come, for an open page: `?after=` is the last one that it shows. */
  logLive: route("/runs/:id/log/live"),
  history: route("/runs/:id/history"),
  deleteRun: route("/runs/:id/delete"),
  /** All that helps somebody else to see what went wrong, as a text. */
  report: route("/runs/:id/report.txt"),
  /** What, by whom, how it went and what it made, as a page for paper, and as Markdown. */
  reportPage: route("/runs/:id/report"),
  reportMarkdown: route("/runs/:id/report.md"),

  /** Makes a link by which others look at a run. */
  shareRun: route("/runs/:id/share"),
  revokeShare: route("/shares/:id/revoke"),
  /** A run as whoever has its link sees it: the page, what it polls, its events and its file. The secret stands in the path. */
  shared: route("/shared/:secret"),
  sharedLive: route("/shared/:secret/live"),
  sharedEvents: route("/shared/:secret/events"),
  sharedFile: route("/shared/:secret/file"),

  /** Lets a workflow stand before the others. */
  keepWorkflow: route("/workflows/:id/keep"),
  /** Keeps a list as it is filtered under a name. */
  keepList: route("/kept"),
  startKept: route("/kept/:id/start"),
  removeKept: route("/kept/:id/remove"),

  /** Runs, workflows and pages that have `?words=` in them. */
  find: route("/find"),

  /** What Milepost is asked and told in sentences; `?seen=` is what the asker has of it. */
  chat: route("/chat"),

  ...scheduleRoutes,
  ...itemRoutes,
  ...scriptRoutes,
  ...notifyRoutes,

  ...exportRoutes,

  connections: route("/connections"),
  /** `?kind=` says which. */
  newConnection: route("/connections/new"),
  connection: route("/connections/:id"),
  testConnection: route("/connections/:id/test"),
  /** Keeps what the last test offered. */
  acceptOffer: route("/connections/:id/accept"),
  removeConnection: route("/connections/:id/remove"),
  /** Who lets runs work with it. */
  connectionAccess: route("/connections/:id/access"),
  /** The bots of a node. `?look=` looks anew. */
  bots: route("/connections/:id/bots"),

  apps: route("/apps"),
  removeApp: route("/apps/remove"),
  bringBackApp: route("/apps/bring-back"),
  appProject: route("/apps/:file{[a-z0-9-]+\\.zip}"),
  appWithoutSlash: route("/apps/:slug"),
  /** A generated app; everything below it is the app's own. */
  app: route("/apps/:slug/*"),
  /** Hands the session over to an app with a host name of its own. `?to=` is the page that was wanted there. */
  enterApp: route("/enter-app/:slug"),
  /** Its data, for programs. */
  appApi: route("/apps/:slug/api/*"),
  /** The data of the app that the header X-App-Context names. */
  appData: route("/api/db/*"),

  settings: route("/settings"),
  endSession: route("/settings/sessions/:id/end"),
  /** All but the one that asks. */
  endSessions: route("/settings/sessions/end-others"),
  /** Makes a link that signs another device in. */
  anotherDevice: route("/settings/another-device"),
  /** What a browser needs to make a passkey, and where it sends the one that it made. */
  passkeys: route("/settings/passkeys"),
  removePasskey: route("/settings/passkeys/:id/remove"),
  tokens: route("/settings/tokens"),
  removeToken: route("/settings/tokens/:id/remove"),

  /** What takes room, how long runs are kept, and what cleanings took away. */
  storage: route("/storage"),
  retention: route("/storage/rules"),
  /** What a cleaning would take away, and its button. */
  cleaning: route("/storage/clean"),
  nodes: route("/nodes"),
  people: route("/people"),
  person: route("/people/:id"),
  /** Another link for somebody to sign in with. */
  inviteAgain: route("/people/:id/link"),
  removePerson: route("/people/:id/remove"),

  /** What changed with the versions of Milepost; `?since=` is the one from which on. */
  changes: route("/changes"),

  /** The documentation of this version, open to all: its contents, and below it each page by its path. */
  docs: route("/docs"),
  docsPage: route("/docs/*"),

  /** May be kept for ever: its name changes with it. */
  staticFile: route("/static/:name"),
  healthy: route("/healthz"),
  ready: route("/readyz"),
  metrics: route("/metrics"),

  api: {
    openApi: route("/api/openapi.json"),
    docs: route("/api/docs"),
    version: route("/api/version"),
    workflows: route("/api/workflows"),
    workflowFiles: route("/api/workflow-files"),
    workflowFile: route("/api/workflow-files/:file"),
    workflow: route("/api/workflows/:id"),
    durations: route("/api/workflows/:id/durations"),
    plan: route("/api/workflows/:id/plan"),
    startRun: route("/api/workflows/:id/runs"),
    workflowAccess: route("/api/workflows/:id/access"),
    connectionAccess: route("/api/connections/:id/access"),
    numberedRun: route("/api/workflows/:id/runs/:number"),
    runs: route("/api/runs"),
    run: route("/api/runs/:id"),
    logs: route("/api/runs/:id/logs"),
    /** Server-sent events; `?after=` is the number of the event that the reader had last. */
    events: route("/api/runs/:id/events"),
    modify: route("/api/runs/:id/modify"),
    clone: route("/api/runs/:id/clone"),
    startOver: route("/api/runs/:id/start-over"),
    control: each("/api/runs/:id", runVerbs),
    step: each("/api/runs/:id/steps/:step", stepVerbs),
    ...scheduleApi,
    ...itemApi,
    ...scriptApi,
    ...notifyApi,
    exports: route("/api/exports"),
    export: route("/api/exports/:id"),
    shareRun: route("/api/runs/:id/share"),
    share: route("/api/shares/:id"),
    kept: route("/api/kept"),
    oneKept: route("/api/kept/:id"),
    startKept: route("/api/kept/:id/start"),
    keepAnswers: route("/api/runs/:id/keep"),
    keepWorkflow: route("/api/workflows/:id/keep"),
    ...appApi,
    connections: route("/api/connections"),
    connection: route("/api/connections/:id"),
    testConnection: route("/api/connections/:id/test"),
    acceptOffer: route("/api/connections/:id/accept"),
    bots: route("/api/connections/:id/bots"),
    people: route("/api/people"),
    person: route("/api/people/:id"),
    inviteAgain: route("/api/people/:id/link"),
    tokens: route("/api/tokens"),
    token: route("/api/tokens/:id"),
    sessions: route("/api/sessions"),
    session: route("/api/sessions/:id"),
    passkeys: route("/api/passkeys"),
    passkey: route("/api/passkeys/:id"),
    chat: route("/api/chat"),
    /** `?after=` is the number of the entry that the reader had last. */
    audit: route("/api/audit"),
    nodes: route("/api/nodes"),
    storage: route("/api/storage"),
    retention: route("/api/storage/rules"),
    cleaning: route("/api/storage/clean"),
  },

  /** Agents call Milepost's tools here. */
  mcp: route("/mcp"),
  /** How they are let in. */
  oauth: oauthRoutes,

  /** WebSockets that send what the event stream sends; of all runs, `?since=` is the time (milliseconds since 1970) to go on from. */
  sockets: {
    runs: route("/ws/runs"),
    run: route("/ws/runs/:id"),
  },

  /** The addresses of the systems that Milepost replaces, for programs that were written for them. */
  compat: compatRoutes,
} as const;

/** What only programs ask for: whatever stands below these is answered in JSON, even when there is no such address. */
export const forPrograms = [
  route("/api/*"),
  route("/hooks/*"),
  route("/ws/*"),
  route("/.well-known/*"),
  ...[routes.oauth.register, routes.oauth.token, routes.oauth.revoke],
  routes.mcp,
  routes.appApi,
] as const;
