import { startDokploySandbox } from "#sandbox/dokploy/server.ts";

/** A sandbox in a process of its own, which a test can kill. Tells its address and the processes of its services, again and again. */
const sandbox = await startDokploySandbox({ dataDir: process.argv[2] ?? "" });
Object.assign(sandbox.faults, { pullMs: 20, queueBusyMs: 0 });
setInterval(() => {
  process.send?.({ url: sandbox.url, apiKey: sandbox.apiKey, services: sandbox.services() });
}, 20);
