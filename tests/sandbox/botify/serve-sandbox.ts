import { startBotifySandbox } from "#sandbox/botify/server.ts";
import { addSynthetic } from "./synthetic.ts";

// A server in a process of its own, for tests that kill it. Slow enough that there is something to interrupt.
const [dataDir = ""] = process.argv.slice(2);
const sandbox = await startBotifySandbox({ dataDir });
sandbox.faults.callsPerSecond = null;
sandbox.faults.processingMs = 500;
if (process.argv[3] !== undefined) addSynthetic(dataDir, "shop", Number(process.argv[3]));
process.stdout.write(`${JSON.stringify({ url: sandbox.url, token: sandbox.token })}\n`);
