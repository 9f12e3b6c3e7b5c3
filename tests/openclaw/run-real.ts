// npm run test:openclaw [-- --version 2026.8.2]: everything on the newest version that was tried, the workflows on an older one.
import { spawnSync } from "node:child_process";
import { parseArgs } from "node:util";
import { installOpenclaw, newestTried, versionVariable } from "./install.ts";

const { values, positionals } = parseArgs({
  options: { version: { type: "string", default: newestTried } },
  allowPositionals: true,
});
const { version } = values;
if (version !== newestTried)
  console.log(
    `OpenClaw ${version}: the workflows. Its answers command by command were written down of ${newestTried} only.`,
  );
// Here, where no test's time runs out: a slow line takes half an hour for it.
await installOpenclaw(version);
const files = version === newestTried ? positionals : ["tests/openclaw/create-bot.real", ...positionals];
const { status } = spawnSync(
  process.execPath,
  ["node_modules/vitest/vitest.mjs", "run", "--project", "openclaw", ...files],
  { stdio: "inherit", env: { ...process.env, [versionVariable]: version } },
);
process.exitCode = status ?? 1;
