import { join } from "node:path";
import type { ConnectionBook } from "#connections/book.ts";
import type { Log } from "#core/log.ts";
import { startBotifySandbox } from "#sandbox/botify/server.ts";
import { startDokploySandbox } from "#sandbox/dokploy/server.ts";
import { startSshSandbox } from "#sandbox/ssh/sandbox.ts";
import { thisDokploy, thisMachine, thisNode } from "./this-machine.ts";

interface SandboxesOptions {
  /** Where they keep what they have. */
  folder: string;
  connections: Pick<ConnectionBook, "offer">;
  log: Log;
  /** Whether this machine's own Botify crawls its sample site at the first start. */
  sampleSite: boolean;
}

/** Starts the servers on loopback for those who have none, and offers each as a connection. */
export const startSandboxes = async ({
  folder,
  connections,
  log,
  sampleSite,
}: SandboxesOptions): Promise<{ close(): Promise<void> }> => {
  const botify = async () => {
    const sandbox = await startBotifySandbox({ dataDir: join(folder, "botify"), seed: sampleSite });
    sandbox.faults.callsPerSecond = null;
    // Without its sample site this machine is only a little less useful; nothing else rests on it.
    sandbox.seeded.catch((error: unknown) =>
      log.warn({ err: error }, "the sample site could not be crawled"),
    );
    await connections.offer({ ...thisMachine, values: { baseUrl: sandbox.url, token: sandbox.token } });
    return sandbox;
  };
  const dokploy = async () => {
    const sandbox = await startDokploySandbox({ dataDir: join(folder, "dokploy") });
    const values = {
      baseUrl: sandbox.url,
      apiKey: sandbox.apiKey,
      image: "milepost/hello",
      domainSuffix: sandbox.domainSuffix,
      port: "8080",
      https: "no",
      publicPort: String(sandbox.proxyPort),
    };
    await connections.offer({ ...thisDokploy, values });
    return sandbox;
  };
  const ssh = async () => {
    const sandbox = await startSshSandbox({ dataDir: join(folder, "ssh") });
    const { host, port, user, privateKey, fingerprint } = sandbox;
    const values = {
      host,
      port: String(port),
      user,
      privateKey,
      passphrase: "",
      password: "",
      agentSocket: "",
      hostKey: fingerprint,
      openclaw: "openclaw",
    };
    await connections.offer({ ...thisNode, values });
    return sandbox;
  };
  // Whoever has servers of their own needs none of these: one that does not start is told in the log and missing, no more.
  const orNone = async (name: string, start: () => Promise<{ close(): Promise<void> }>) => {
    try {
      return [await start()];
    } catch (error) {
      log.warn({ err: error }, `this machine's own ${name} could not be started`);
      return [];
    }
  };
  const started = await Promise.all([
    orNone("Botify", botify),
    orNone("Dokploy", dokploy),
    orNone("SSH host", ssh),
  ]);
  return {
    close: async () => {
      await Promise.all(started.flat().map((sandbox) => sandbox.close()));
    },
  };
};
