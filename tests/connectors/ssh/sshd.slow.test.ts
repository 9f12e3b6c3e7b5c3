import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sshContract } from "./contract.ts";
import { printedFingerprint, startSshd } from "./sshd.ts";

const start = async () => {
  const dir = mkdtempSync(join(tmpdir(), "milepost-sshd-"));
  const sshd = await startSshd(dir);
  const [hostKey = ""] = sshd.hostKeys;
  return {
    ...sshd,
    hostKey: readFileSync(hostKey, "utf8"),
    fingerprint: printedFingerprint(hostKey),
    dir,
    close: async () => {
      await sshd.close();
      rmSync(dir, { recursive: true });
    },
  };
};

sshContract("OpenSSH's sshd", start);
sshContract("OpenSSH's sshd, by the system's ssh", start, "openssh");
