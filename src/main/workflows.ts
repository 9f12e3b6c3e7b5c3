import type { ConnectionBook } from "#connections/book.ts";
import { createBotify } from "#connectors/botify/client.ts";
import { createCrawler } from "#connectors/crawler/client.ts";
import { createDokploy } from "#connectors/dokploy/client.ts";
import { visit } from "#connectors/dokploy/visit.ts";
import { openclawCommand, sshTarget } from "#connectors/ssh/kind.ts";
import type { SshPool } from "#connectors/ssh/pool.ts";
import type { ExportRegistry } from "#core/exports.ts";
import type { Files } from "#core/files.ts";
import type { Workflow } from "#core/workflow.ts";
import { botifyExport } from "#workflows/botify-export/workflow.ts";
import { crawlSite } from "#workflows/crawl-site/workflow.ts";
import { createBot } from "#workflows/create-bot/workflow.ts";
import { deployStack } from "#workflows/deploy-stack/workflow.ts";
import { thisMachine } from "./this-machine.ts";

interface WorkflowDeps {
  connections: ConnectionBook;
  machines: SshPool;
  exports: ExportRegistry;
  files: Files;
  lookEveryMs: number;
  minimumFreeBytes: number;
}

/** All workflows, in the order in which they are offered. */
export const createWorkflows = ({
  connections,
  machines,
  exports,
  files,
  lookEveryMs,
  minimumFreeBytes,
}: WorkflowDeps): Workflow[] => [
  botifyExport({
    connections,
    exports,
    files,
    lookEveryMs,
    minimumFreeBytes,
    connect: async (connectionId) => {
      const { connection, values } = await connections.open(connectionId);
      const { baseUrl = "", token = "" } = values;
      return { botify: createBotify({ baseUrl, token, limited: !connection.builtIn }), token };
    },
  }),
  crawlSite({
    lookEveryMs: Math.min(lookEveryMs, 2_000),
    crawler: async () => {
      const { values } = await connections.open(thisMachine.id);
      const { baseUrl = "", token = "" } = values;
      return createCrawler({ baseUrl, token });
    },
  }),
  createBot({
    connections,
    lookEveryMs: 1_000,
    restartLimitMs: 120_000,
    settleMs: 5_000,
    connect: async (connectionId) => {
      const { connection, values } = await connections.open(connectionId);
      const ssh = machines.lease(connectionId, sshTarget(connection.name, values));
      return { ssh, openclaw: openclawCommand(values) };
    },
  }),
  deployStack({
    connections,
    visit,
    lookEveryMs: Math.min(lookEveryMs, 2_000),
    settleMs: 60_000,
    connect: async (connectionId) => {
      const { baseUrl = "", apiKey = "" } = (await connections.open(connectionId)).values;
      return createDokploy({ baseUrl, apiKey });
    },
  }),
];
