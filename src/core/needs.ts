import type { Action } from "./rights.ts";
import type { Route } from "./route.ts";
import { routes } from "./routes.ts";
import { scriptApi, scriptRoutes } from "./script-routes.ts";

/** What an address needs. */
export interface Need {
  /** The `:id` in a path of this address; null without one. */
  idIn(path: string): string | null;
  /** To GET it; null: it cannot be. */
  see: Action | null;
  /** To ask for a change there; null: it cannot be. */
  change: Action | null;
  /**
   * What stands in its `:id`, or the id of the one workflow that it is about; null: it is about all; "open": it shows nothing of anybody; "app":
   * it is there for those who see the workflow that makes apps, and the role says what they may do with it.
   */
  of:
    | "workflow"
    | "run"
    | "export"
    | "kept"
    | "connection"
    | "trigger"
    | "app"
    | "open"
    | { workflowId: string }
    | null;
}

/** The workflow whose runs make apps. */
export const appMaker = "generate-app";

const { api, compat, control, step, sockets } = routes;

const patterns = (list: readonly Route[], need: Omit<Need, "idIn">): [string, Need][] =>
  list.map(({ pattern, read }) => [
    pattern,
    { ...need, idIn: (path) => (read(path) as { id?: string } | null)?.id ?? null },
  ]);
const but = (all: Readonly<Record<string, Route>>, ...without: readonly Route[]): Route[] =>
  Object.values(all).filter((route) => !without.includes(route));
/** What removes again what a run made. */
const unmaking = ({ undo, rewind }: Readonly<Record<"undo" | "rewind", Route>>): Route[] => [undo, rewind];

const seen = { see: "read", change: null } as const;
const started = { see: null, change: "run" } as const;
const controlled = { see: null, change: "control" } as const;
const undone = { see: null, change: "undo" } as const;
const answered = { see: null, change: "answer" } as const;
const own = { see: "own", change: "own" } as const;
const administered = { see: "admin", change: "admin" } as const;

/** What each address behind the sign-in needs, by pattern. What is not here is for admins only, and a test says so. */
export const needs: ReadonlyMap<string, Need> = new Map([
  ...patterns(
    [routes.home, routes.runs, routes.find, routes.exports, routes.apps, routes.metrics, api.apps],
    {
      ...seen,
      of: null,
    },
  ),
  ...patterns([routes.workflows, api.workflowFiles], { ...seen, of: null }),
  ...patterns([routes.workflowFile, api.workflowFile], { ...administered, of: null }),
  ...patterns([routes.appProject, routes.appWithoutSlash, routes.enterApp], { ...seen, of: "app" }),
  ...patterns([api.workflows, api.runs, api.exports, sockets.runs], { ...seen, of: null }),
  ...patterns([compat.tasks, compat.taskSockets], { ...seen, of: null }),
  ...patterns([routes.changes, api.openApi, api.docs, api.version], { ...seen, of: "open" }),
  // Each tool looks itself at what it may, of each workflow and run: a token for a few of them sees those.
  ...patterns([routes.mcp], { see: "read", change: "read", of: "open" }),
  ...patterns([routes.oauth.authorize], { ...own, of: "open" }),
  // What a sentence may do is looked at when it is understood.
  ...patterns([routes.chat, api.chat], { see: "read", change: "read", of: null }),
  ...patterns([routes.signOut], { see: null, change: "read", of: "open" }),
  ...patterns([routes.workflow, routes.durations, api.workflow, api.durations], { ...seen, of: "workflow" }),
  ...patterns([routes.numberedRun, api.numberedRun], { ...seen, of: "workflow" }),
  ...patterns([routes.startRun, api.startRun, api.plan], { ...started, of: "workflow" }),
  ...patterns(
    [
      routes.run,
      routes.progress,
      routes.history,
      routes.log,
      routes.logText,
      routes.logLive,
      routes.report,
      routes.reportPage,
      routes.reportMarkdown,
    ],
    {
      ...seen,
      of: "run",
    },
  ),
  ...patterns([routes.items, api.items], { ...seen, of: "run" }),
  ...patterns([routes.skipItem, routes.retryItems, api.skipItem, api.retryItems], {
    ...controlled,
    of: "run",
  }),
  ...patterns([api.run], { see: "read", change: "control", of: "run" }),
  ...patterns([routes.deleteRun, routes.shareRun, api.shareRun], { ...controlled, of: "run" }),
  ...patterns([api.logs, api.events, sockets.run], { ...seen, of: "run" }),
  ...patterns([compat.task, compat.taskProgress, compat.taskSteps, compat.taskLogs], { ...seen, of: "run" }),
  ...patterns([compat.approvals, compat.taskSocket, compat.deployStatus], { ...seen, of: "run" }),
  ...patterns([routes.cancelRuns, routes.deleteRuns, routes.deleteExports, routes.keepList], {
    ...started,
    of: null,
  }),
  ...patterns([api.kept, api.files], { see: "read", change: "run", of: null }),
  ...patterns([routes.keepWorkflow, api.keepWorkflow], { ...started, of: "workflow" }),
  ...patterns([routes.startKept, routes.removeKept, api.oneKept, api.startKept], { ...started, of: "kept" }),
  ...patterns([routes.keepAnswers, api.keepAnswers], { ...started, of: "run" }),
  ...patterns([routes.schedules, api.schedules], { see: "read", change: "run", of: null }),
  ...patterns([routes.newSchedule], { see: "run", change: "run", of: null }),
  ...patterns([routes.pauseSchedules, routes.resumeSchedules, api.pauseSchedules, api.resumeSchedules], {
    see: null,
    change: "admin",
    of: null,
  }),
  ...patterns([routes.schedule, api.schedule], { see: "read", change: "control", of: "trigger" }),
  ...patterns([...but(routes.scheduled), ...but(api.scheduled)], { ...controlled, of: "trigger" }),
  ...patterns([routes.renewSecret, routes.tryHook, api.renewSecret, api.tryHook], {
    ...controlled,
    of: "trigger",
  }),
  ...patterns([...but(control, ...unmaking(control)), ...but(api.control, ...unmaking(api.control))], {
    ...controlled,
    of: "run",
  }),
  ...patterns([...unmaking(control), ...unmaking(api.control), api.modify], { ...undone, of: "run" }),
  ...patterns([...but(step, step.answer), ...but(api.step, api.step.answer)], { ...controlled, of: "run" }),
  ...patterns([routes.startOver, api.startOver], { ...controlled, of: "run" }),
  ...patterns([routes.clone, api.clone], { ...started, of: "run" }),
  ...patterns([routes.input], { see: "undo", change: "undo", of: "run" }),
  ...patterns([step.answer, api.step.answer, compat.approve], { ...answered, of: "run" }),
  ...patterns([routes.exportFile, routes.handOver], { ...seen, of: "export" }),
  ...patterns([api.export], { see: "read", change: "control", of: "export" }),
  ...patterns([routes.deleteExport], { ...controlled, of: "export" }),
  ...patterns([routes.app, routes.appApi, routes.appData], { see: "read", change: "run", of: "app" }),
  ...patterns([compat.createBotSteps], { ...started, of: { workflowId: "create-bot" } }),
  ...patterns([compat.deploy], { ...started, of: { workflowId: "deploy-stack" } }),
  ...patterns([compat.checkDeployName], { ...seen, of: { workflowId: "deploy-stack" } }),
  ...patterns(
    [
      routes.removeApp,
      routes.bringBackApp,
      api.oneApp,
      api.bringBackApp,
      routes.connections,
      routes.newConnection,
      routes.connection,
    ],
    {
      ...administered,
      of: null,
    },
  ),
  ...patterns([routes.testConnection, routes.removeConnection, routes.bots, routes.acceptOffer], {
    ...administered,
    of: null,
  }),
  ...patterns([routes.settings, routes.tokens, routes.removeToken], { ...own, of: "open" }),
  ...patterns([routes.linkAccount], { ...own, of: "open" }),
  ...patterns([routes.confirmAccount, routes.leaveAccount], { see: null, change: own.change, of: "open" }),
  ...patterns([routes.endSession, routes.endSessions, routes.revokeShare, api.share, routes.passkeys], {
    ...own,
    of: "open",
  }),
  ...patterns([routes.removePasskey], { ...own, of: "open" }),
  ...patterns([...but(scriptRoutes), ...but(scriptApi)], { ...administered, of: null }),
  ...patterns([routes.nodes, api.nodes], { ...administered, of: null }),
  ...patterns([routes.storage, routes.retention, routes.cleaning], { ...administered, of: null }),
  ...patterns([api.storage, api.retention, api.cleaning], { ...administered, of: null }),
  ...patterns([api.connections, api.connection, api.testConnection, api.acceptOffer, api.bots], {
    ...administered,
    of: null,
  }),
  ...patterns([api.people, api.person, api.inviteAgain], { ...administered, of: null }),
  ...patterns([api.tokens, api.token, api.sessions, api.session, api.passkeys, api.passkey], {
    ...own,
    of: "open",
  }),
  ...patterns([routes.people, routes.person, routes.inviteAgain, routes.removePerson], {
    ...administered,
    of: null,
  }),
  ...patterns([routes.anotherDevice], { see: null, change: own.change, of: "open" }),
  ...patterns([routes.workflowAccess, api.workflowAccess], { ...administered, of: "workflow" }),
  ...patterns([routes.connectionAccess, api.connectionAccess], { ...administered, of: "connection" }),
  ...patterns(
    [
      routes.notifications,
      routes.newChannel,
      routes.channel,
      routes.testChannel,
      routes.removeChannel,
      routes.deliveries,
      routes.retryDelivery,
    ],
    { ...own, of: "open" },
  ),
  ...patterns(
    [api.channels, api.channel, api.testChannel, api.notifications, api.deliveries, api.retryDelivery],
    {
      ...own,
      of: "open",
    },
  ),
  // Whoever may see a run may be told of it.
  ...patterns([routes.bell, api.bell], { see: null, change: "read", of: "run" }),
  ...patterns([api.audit], { see: "admin", change: null, of: null }),
]);
