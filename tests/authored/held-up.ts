// A process that is held up: held-up.ts FOLDER FILE [LIMIT in ms]
import { pathToFileURL } from "node:url";
import { watchForHoldUps } from "#authored/held-up.ts";

const [folder = "", file = "", limitMs = "600"] = process.argv.slice(2);
const stop = watchForHoldUps({ folder, limitMs: Number(limitMs) });
const { run } = (await import(pathToFileURL(file).href)) as { run(): Promise<unknown> };
await run();
process.stdout.write("went on\n");
await stop();
