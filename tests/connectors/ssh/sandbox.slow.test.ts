import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startSshSandbox } from "#sandbox/ssh/sandbox.ts";
import { sshContract } from "./contract.ts";

const start = async () => {
  const dataDir = mkdtempSync(join(tmpdir(), "milepost-sandbox-"));
  const sandbox = await startSshSandbox({ dataDir });
  return {
    ...sandbox,
    hostKey: sandbox.fingerprint,
    dir: sandbox.home,
    close: async () => {
      await sandbox.close();
      rmSync(dataDir, { recursive: true });
    },
  };
};

sshContract("the sandbox", start, "own", "machine");
