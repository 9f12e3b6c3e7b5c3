// The stand-in for OpenClaw's command line: started by the wrapper that sandbox.ts puts into PATH. Plain Node, so that it starts at once.
import { readFileSync } from "node:fs";
import { readArgs } from "./args.ts";
import { answerTo, printed } from "./commands.ts";

const answer = await answerTo(readArgs(process.argv.slice(2), () => readFileSync(0, "utf8")));
const { stdout, stderr } = printed(answer);
process.stderr.write(stderr);
process.stdout.write(stdout);
process.exitCode = answer.code;
