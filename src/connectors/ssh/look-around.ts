import { posix } from "node:path";
import type { ConnectionReport } from "#core/connection.ts";
import { AppError } from "#core/errors.ts";
import type { Connection } from "./connection.ts";
import { exec } from "./exec.ts";
import { quote } from "./quote.ts";
import { createSftp } from "./sftp.ts";

/** What a person wants to know about a machine before trusting it with a run. Reads only. */
export const lookAround = async (
  connection: Connection,
  openclaw: string,
  signal: AbortSignal,
): Promise<Pick<ConnectionReport, "ok" | "sentence" | "facts" | "latencyMs">> => {
  const { hostKey, signInMs } = await connection.session(signal);
  const run = (command: string, timeoutMs: number) => exec(connection, command, { signal, timeoutMs });
  const who = await run("id -un; uname -sm; pwd", 15_000);
  const [user = "", system = "", home = ""] = who.stdout.trim().split("\n");
  const warm = await run(":", 15_000);
  const program = await openclawFacts(run, openclaw);
  const files = await sftpSentence(connection, signal);
  const noise = (who.noise + warm.noise).trim();
  return {
    ok: program.isFine && files === null,
    sentence: [`Signed in to ${connection.target.name} as ${user}.`, files, program.sentence]
      .filter(Boolean)
      .join(" "),
    latencyMs: warm.durationMs,
    facts: [
      { label: "User", value: user },
      { label: "System", value: system },
      { label: "Home", value: home },
      { label: "Sign-in", value: `${signInMs} ms` },
      { label: "A command", value: `${warm.durationMs} ms` },
      {
        label: "Shell noise",
        value:
          noise === ""
            ? "none"
            : `Its rc files print this before every command, which is left out of results: ${noise.slice(0, 400)}`,
      },
      { label: "OpenClaw", value: program.version },
      { label: "OpenClaw's place", value: program.path },
      { label: "Host key fingerprint", value: hostKey.fingerprint },
      { label: "Host key type", value: hostKey.keyType },
    ],
  };
};

/** What the form is filled in with: nobody said that OpenClaw is there. */
export const usualCommand = "openclaw";

/** Starting it takes 0.7 s on a fast machine; a small one may need many times that. */
const versionLimitMs = 30_000;

const openclawFacts = async (
  run: (command: string, timeoutMs: number) => ReturnType<typeof exec>,
  openclaw: string,
): Promise<{ isFine: boolean; sentence: string; version: string; path: string }> => {
  try {
    const told = await run(`${openclaw} --version`, versionLimitMs);
    const version = /OpenClaw (\d+\.\d+\.\d+\S*)/.exec(told.stdout)?.[1];
    // The last word is the program when the command is `openclaw`, `PATH=… openclaw` or a full path.
    const found = await run(`command -v ${openclaw.split(/\s+/).at(-1) ?? openclaw}`, 15_000);
    const path = found.code === 0 ? found.stdout.trim() : "not found in PATH";
    if (version !== undefined)
      return { isFine: true, sentence: `OpenClaw ${version} answers.`, version, path };
    const said = (told.stderr + told.stdout).trim().split("\n")[0] ?? "";
    const there = (await run(search, versionLimitMs)).stdout.trim().split("\n")[0] ?? "";
    if (openclaw === usualCommand && found.code !== 0 && !there.startsWith("/"))
      return { isFine: true, sentence: "It has no OpenClaw, which only bots need.", version: "none", path };
    return {
      isFine: false,
      sentence: there.startsWith("/")
        ? `OpenClaw does not answer by this command, but it is there: put “${commandOf(there)}” into “OpenClaw command”.`
        : "OpenClaw does not answer and was not found in the usual places: check the OpenClaw command.",
      version: `exit code ${told.code}: ${said.slice(0, 200)}`,
      path,
    };
  } catch (thrown) {
    if (!(thrown instanceof AppError) || thrown.code === "cancelled") throw thrown;
    return {
      isFine: false,
      sentence: "OpenClaw does not answer.",
      version: thrown.message,
      path: "not known",
    };
  }
};

/** Where people have it: what a login shell finds (nvm, npm-global), then the usual folders. */
const search = `{ command -v bash >/dev/null 2>&1 && bash -lic 'command -v openclaw' </dev/null
sh -lc 'command -v openclaw' </dev/null
ls -d "$HOME"/.nvm/versions/node/*/bin/openclaw "$HOME"/.npm-global/bin/openclaw "$HOME"/.local/bin/openclaw /usr/local/bin/openclaw /opt/*/bin/openclaw
} 2>/dev/null | grep '^/' | head -n 1`;

/** Its Node lies beside it, so that folder has to be searched first. */
const commandOf = (path: string): string => `PATH=${quote(posix.dirname(path))}:$PATH openclaw`;

/** Null when files can be put there. */
const sftpSentence = async (connection: Connection, signal: AbortSignal): Promise<string | null> => {
  try {
    await createSftp(connection).stat(".", signal);
    return null;
  } catch (thrown) {
    if (!(thrown instanceof AppError) || thrown.code === "cancelled") throw thrown;
    return thrown.message;
  }
};
