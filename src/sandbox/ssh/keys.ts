import { createHash } from "node:crypto";
import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import ssh2 from "ssh2";

export interface SandboxKeys {
  /** PEM of the server's own key. */
  hostKey: string;
  /** "SHA256:…" of the host key. */
  fingerprint: string;
  /** PEM of the one key that may sign in. */
  privateKey: string;
  /** Its public half, as SSH sends it. */
  allowed: Buffer;
}

/** The sandbox's two keys, made once and kept, so that a pinned host key and a stored connection outlive a restart. */
export const openKeys = async (dir: string): Promise<SandboxKeys> => {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const hostKey = await keptKey(join(dir, "host_key"), "sandbox host");
  const privateKey = await keptKey(join(dir, "client_key"), "sandbox client");
  const digest = createHash("sha256").update(publicHalf(hostKey)).digest("base64").replace(/=+$/, "");
  return { hostKey, fingerprint: `SHA256:${digest}`, privateKey, allowed: publicHalf(privateKey) };
};

const keptKey = async (path: string, comment: string): Promise<string> => {
  try {
    await chmod(path, 0o600);
    return await readFile(path, "utf8");
  } catch (thrown) {
    if (!(thrown instanceof Error && "code" in thrown && thrown.code === "ENOENT")) throw thrown;
    const made = makeKey(comment);
    await writeFile(path, made, { mode: 0o600, flag: "wx" });
    return made;
  }
};

/** Again and again until it works: ssh2 loses a leading zero byte, so that a few in a thousand of its keys cannot be read by anybody. */
const makeKey = (comment: string): string => {
  for (;;) {
    const made = ssh2.utils.generateKeyPairSync("ed25519", { comment }).private;
    const key = ssh2.utils.parseKey(made);
    if (!(key instanceof Error) && key.verify("test", key.sign("test")) === true) return made;
  }
};

const publicHalf = (pem: string): Buffer => {
  const parsed = ssh2.utils.parseKey(pem);
  if (parsed instanceof Error) throw parsed;
  return parsed.getPublicSSH();
};
