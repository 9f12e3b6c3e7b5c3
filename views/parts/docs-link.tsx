import { routes } from "#core/routes.ts";

/** Which page of the documentation explains what is shown. A test looks whether each is there. */
export const explained = {
  home: { page: "start/runs", title: "Runs" },
  runs: { page: "start/runs", title: "Runs" },
  workflows: { page: "writing-a-workflow", title: "Write a workflow" },
  scripts: { page: "start/run-your-script", title: "Run a script on servers" },
  exports: { page: "start/crawls-and-exports", title: "What crawls and exports hold" },
  schedules: { page: "start/schedules", title: "Schedules and hooks" },
  apps: { page: "start/generate-an-app", title: "Generate an app" },
  connections: { page: "start/connections", title: "Connections" },
  notifications: { page: "start/notifications", title: "Notifications" },
  settings: { page: "keep/running", title: "Running it" },
  signIn: { page: "start/people", title: "People, and how they sign in" },
  nodes: { page: "keep/scaling", title: "On several machines" },
  storage: { page: "keep/storage", title: "Storage" },
  timeLeft: { page: "time-left", title: "Time left" },
  api: { page: "build/api", title: "The API in six scripts" },
  agents: { page: "build/agents", title: "Agents (MCP)" },
  refused: { page: "keep/troubleshoot", title: "When something is refused" },
} as const satisfies Record<string, { page: string; title: string }>;

export type Explained = keyof typeof explained;

/** Leads to the page of the documentation that explains this. */
export const DocsLink = ({ of }: { of: Explained }) => (
  <a href={routes.docsPage.href() + explained[of].page}>How this works: {explained[of].title}</a>
);
