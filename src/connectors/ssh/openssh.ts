import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AppError } from "#core/errors.ts";
import { checkPrivateKey } from "./auth.ts";
import { NotSignedIn, type Shown } from "./not-signed-in.ts";
import { openCommand, openSftp } from "./openssh-channel.ts";
import { askpassScript, configText, optionsOf, pinsScript } from "./openssh-config.ts";
import { opensshError } from "./openssh-error.ts";
import type { Session } from "./session.ts";
import { type BySsh, type SshTarget, whereOf } from "./target.ts";

/** What its own limits do not end. */
const signInLimitMs = 60_000;
const ready = "milepost-signed-in";

/**
 * Keeps ssh running for as long as our end of its input is open: however this process ends, nothing stays behind. The secrets come as its
 * first three lines; a key goes into an agent of its own that lives as long, so it is never written to a disk, and nobody sees it among
 * the processes. What Milepost was told by its own environment is nobody else's business.
 */
const keeper = `for v in $(env | sed -n 's/^\\(MILEPOST_[A-Z0-9_]*\\)=.*/\\1/p'); do unset "$v"; done
IFS= read -r key; IFS= read -r MILEPOST_SSH_PASSPHRASE; IFS= read -r MILEPOST_SSH_PASSWORD
SSH_ASKPASS=$1 SSH_ASKPASS_REQUIRE=force; shift
export MILEPOST_SSH_PASSPHRASE MILEPOST_SSH_PASSWORD SSH_ASKPASS SSH_ASKPASS_REQUIRE
if [ -n "$key" ]; then printf %b "$key" | ssh-add -q - || exit 90; fi
exec 3<&0
ssh "$@" </dev/null 3<&- &
p=$!
{ cat <&3 >/dev/null; kill "$p"; } 2>/dev/null &
exec 3<&-
wait "$p"
s=$?
if [ -n "$key" ]; then kill "$SSH_AGENT_PID"; fi
exit "$s"`;

/**
 * Signs in by the system's ssh (ssh(1)), whose one connection then carries all channels (ControlMaster). It knows agents, security keys,
 * certificates, ProxyCommand and whatever key exchange is newest; which host keys are trusted stays ours to say.
 * Throws AppError in words; HostKeyError when the host key is not the pinned one.
 */
export const connectBySsh = async (target: SshTarget, by: BySsh, signal: AbortSignal): Promise<Session> => {
  const started = performance.now();
  if (target.auth.privateKey !== undefined)
    checkPrivateKey(target.auth.privateKey, target.auth.passphrase, "openssh");
  const dir = await mkdtemp(join(tmpdir(), "milepost-ssh-"));
  try {
    await fill(dir, target, by);
    return await signIn(dir, target, by, started, signal);
  } catch (thrown) {
    const shown = await lastShown(dir);
    await rm(dir, { recursive: true, force: true });
    if (signal.aborted)
      throw new AppError("cancelled", `Connecting to ${whereOf(target)} was stopped.`, { cause: thrown });
    throw opensshError(thrown, target, shown);
  }
};

/** What stands in its folder: settings, pins and the program that answers its questions; no secret. */
const fill = async (dir: string, target: SshTarget, by: BySsh): Promise<void> => {
  const write = (name: string, text: string, mode = 0o600) => writeFile(join(dir, name), text, { mode });
  await Promise.all([
    write("config", configText(dir, target, by)),
    write("known_hosts", `${target.hostKey}\n`),
    write("pins", pinsScript(dir, target)),
    write("askpass", askpassScript, 0o700),
    write("certificate", `${by.certificate ?? ""}\n`),
  ]);
};

const signIn = (
  dir: string,
  target: SshTarget,
  by: BySsh,
  started: number,
  signal: AbortSignal,
): Promise<Session> =>
  new Promise((resolve, reject) => {
    const { privateKey, passphrase = "", password = "" } = target.auth;
    const control = join(dir, "c");
    const args = [
      ...["-F", join(dir, "config"), "-N", "-M", "-S", control],
      ...[...optionsOf(dir, target, by), "PermitLocalCommand=yes", `LocalCommand=echo ${ready}`]
        .concat("ControlPersist=no", "RemoteCommand=none", "ClearAllForwardings=yes")
        .concat("ForkAfterAuthentication=no", "ForwardAgent=no", "ForwardX11=no")
        .flatMap((option) => ["-o", option]),
      ...["--", by.alias],
    ];
    const [program = "", ...words] = [
      ...(privateKey === undefined ? [] : ["ssh-agent", "-a", join(dir, "agent")]),
      ...["sh", "-c", keeper, "sh", join(dir, "askpass"), ...args],
    ];
    const child = spawn(program, words, { stdio: ["pipe", "pipe", "pipe"] });
    const secrets = [(privateKey ?? "").replaceAll("\n", "\\n"), passphrase, password];
    child.stdin.write(secrets.map((one) => `${one}\n`).join(""));
    let said = "";
    let told = "";
    let lost = false;
    const listeners: (() => void)[] = [];
    const gone = Promise.withResolvers<void>();
    const onAbort = () => child.stdin.end();
    const limit = setTimeout(onAbort, signInLimitMs);
    signal.addEventListener("abort", onAbort, { once: true });
    if (signal.aborted) onAbort();
    const settled = () => {
      clearTimeout(limit);
      signal.removeEventListener("abort", onAbort);
    };
    child.stdin.on("error", () => {});
    child.stderr.on("data", (chunk: Buffer) => {
      said = (said + chunk.toString()).slice(-mostSaid);
    });
    child.once("error", (thrown) => {
      settled();
      reject(new NotSignedIn("", null, thrown));
    });
    child.once("exit", (code) => {
      settled();
      // Whatever still waits for our end of its input may go.
      child.stdin.end();
      lost = true;
      for (const call of listeners) call();
      // Before that, what it says of a host key is still to be read.
      const removed = told.includes(ready) ? rm(dir, { recursive: true, force: true }) : Promise.resolve();
      void removed.catch(() => {}).then(gone.resolve);
      // What it wrote last may still be on its way.
      setImmediate(() => reject(new NotSignedIn(said, code)));
    });
    child.stdout.on("data", (chunk: Buffer) => {
      if (told.includes(ready)) return;
      told = (told + chunk.toString()).slice(-1_000);
      if (!told.includes(ready)) return;
      settled();
      const at = { control, alias: by.alias, gone: gone.promise };
      void lastShown(dir).then((shown) =>
        resolve({
          client: {
            exec: (script, done) => openCommand(at, script, done),
            sftp: (done) => openSftp(at, done),
          },
          hostKey: shown?.key ?? { fingerprint: "", keyType: "" },
          signInMs: Math.round(performance.now() - started),
          isLost: () => lost,
          onLost: (call) => (lost ? call() : void listeners.push(call)),
          end: async () => {
            child.stdin.end();
            const hard = setTimeout(() => child.kill("SIGKILL"), closeLimitMs);
            await gone.promise;
            clearTimeout(hard);
          },
          drop: () => child.stdin.end(),
        }),
      );
    });
  });

const mostSaid = 16 * 1024;
const closeLimitMs = 5_000;

/** The host key that was shown last, on the way or at its end. */
const lastShown = async (dir: string): Promise<Shown | null> => {
  const text = await readFile(join(dir, "shown"), "utf8").catch(() => "");
  const [whose, host, keyType, fingerprint] = text.trim().split("\n").at(-1)?.split(" ") ?? [];
  return host === undefined || keyType === undefined || fingerprint === undefined
    ? null
    : { isJump: whose === "jump", host, key: { keyType, fingerprint } };
};
