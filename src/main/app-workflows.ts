import { randomUUID } from "node:crypto";
import { createAskPage } from "#apps/app-page.ts";
import type { AppRegistry } from "#apps/registry.ts";
import type { Assets } from "#apps/runtime/assets.ts";
import { openChat } from "#connectors/openai/kind.ts";
import type { Clock } from "#core/clock.ts";
import type { Connections } from "#core/connection.ts";
import type { Workflow } from "#core/workflow.ts";
import { changeApp } from "#workflows/change-app/workflow.ts";
import { generateApp } from "#workflows/generate-app/workflow.ts";

interface AppWorkflowDeps {
  apps: AppRegistry;
  assets: Assets;
  connections: Connections;
  clock: Clock;
}

/** The workflows that make and change generated apps. */
export const createAppWorkflows = ({ apps, assets, connections, clock }: AppWorkflowDeps): Workflow[] => {
  const page = createAskPage({ apps, assets, clock: { now: clock.now, newId: randomUUID } });
  return [
    generateApp({
      apps,
      page,
      connections,
      chat: async (connectionId) => openChat((await connections.open(connectionId)).values),
    }),
    changeApp({ apps, page }),
  ];
};
