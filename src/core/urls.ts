/** Every address of the server, made in one place. */
const part = encodeURIComponent;

export const urls = {
  home: () => "/",
  signIn: () => "/sign-in",
  /** A one-time link. */
  signInWith: (token: string) => `/sign-in?token=${part(token)}`,
  signOut: () => "/sign-out",
  /** Its form, with these values filled in. */
  workflow: (id: string, values: Readonly<Record<string, string>> = {}) => {
    const query = new URLSearchParams(values).toString();
    return `/workflows/${part(id)}${query === "" ? "" : `?${query}`}`;
  },
  /** How long its runs took, and how good the estimates were. */
  durations: (workflowId: string) => `/workflows/${part(workflowId)}/durations`,
  startRun: (workflowId: string) => `/workflows/${part(workflowId)}/runs`,
  planRun: (workflowId: string) => `/workflows/${part(workflowId)}/plan`,
  runs: () => "/runs",
  run: (id: string) => `/runs/${part(id)}`,
  /** The fragment that browsers poll; `version` is the one they show, `until` when that is out of date though nothing happened. */
  progress: (id: string, version: number, until: number | null = null) =>
    `/runs/${part(id)}/progress?v=${version}${until === null ? "" : `&until=${until}`}`,
  control: (id: string, verb: RunVerb) => `/runs/${part(id)}/${verb}`,
  step: (runId: string, stepId: string, verb: StepVerb) =>
    `/runs/${part(runId)}/steps/${part(stepId)}/${verb}`,
  rewindTo: (runId: string, stepId: string) => `/runs/${part(runId)}/rewind?to=${part(stepId)}`,
  /** The page on which the input of a run is changed. */
  input: (id: string) => `/runs/${part(id)}/input`,
  clone: (id: string) => `/runs/${part(id)}/clone`,
  startOver: (id: string) => `/runs/${part(id)}/start-over`,
  /** The start form, filled in as a run was started. */
  startLike: (workflowId: string, runId: string) => `/workflows/${part(workflowId)}?like=${part(runId)}`,
  /** The page of a run's log, with search. */
  log: (id: string) => `/runs/${part(id)}/log`,
  runLog: (id: string) => `/runs/${part(id)}/log.txt`,
  runHistory: (id: string) => `/runs/${part(id)}/history`,
  exports: () => "/exports",
  exportFile: (id: string) => `/exports/${part(id)}/file`,
  /** Hands the file to this browser once; 204 ever after. */
  handOver: (id: string) => `/exports/${part(id)}/hand-over`,
  deleteExport: (id: string) => `/exports/${part(id)}/delete`,
  connections: () => "/connections",
  connection: (id: string) => `/connections/${part(id)}`,
  newConnection: (kind: string) => `/connections/new?kind=${part(kind)}`,
  testConnection: (id: string) => `/connections/${part(id)}/test`,
  removeConnection: (id: string) => `/connections/${part(id)}/remove`,
  apps: () => "/apps",
  /** A generated app; everything below it is the app's own. */
  app: (slug: string) => `/apps/${part(slug)}/`,
  /** The app as a project of its own, zipped. */
  appProject: (slug: string) => `/apps/${part(slug)}.zip`,
  removeApp: () => "/apps/remove",
  settings: () => "/settings",
  tokens: () => "/settings/tokens",
  removeToken: (id: string) => `/settings/tokens/${part(id)}/remove`,
  apiRuns: () => "/api/runs",
  apiRun: (id: string) => `/api/runs/${part(id)}`,
  apiAnswer: (runId: string, stepId: string) => `/api/runs/${part(runId)}/steps/${part(stepId)}/answer`,
  deployStatus: (id: string) => `/api/status/${part(id)}`,
  apiEvents: (id: string) => `/api/runs/${part(id)}/events`,
  apiDocs: () => "/api/docs",
  /** A file that may be kept for ever: `version` changes with it. */
  staticFile: (name: string, version: string) => `/static/${name}?v=${part(version)}`,
  openApi: () => "/api/openapi.json",
} as const;

export const runVerbs = [
  "pause",
  "resume",
  "cancel",
  "retry",
  "rewind",
  "undo",
  "finalize",
  "unlock",
] as const;
export type RunVerb = (typeof runVerbs)[number];

export const stepVerbs = ["answer", "skip", "retry"] as const;
export type StepVerb = (typeof stepVerbs)[number];
