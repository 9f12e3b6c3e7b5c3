import type { ConnectionReport } from "#core/connection.ts";
import { AppError } from "#core/errors.ts";
import type { Connection } from "./connection.ts";
import { exec } from "./exec.ts";

/** What a person wants to know about a machine before trusting it with a run. Reads only. */
export const lookAround = async (
  connection: Connection,
  openclaw: string,
  signal: AbortSignal,
): Promise<Pick<ConnectionReport, "sentence" | "facts" | "latencyMs">> => {
  const { hostKey, signInMs } = await connection.session(signal);
  const run = (command: string, timeoutMs: number) => exec(connection, command, { signal, timeoutMs });
  const who = await run("id -un; uname -sm; pwd", 15_000);
  const [user = "", system = "", home = ""] = who.stdout.trim().split("\n");
  const warm = await run(":", 15_000);
  const program = await openclawFacts(run, openclaw);
  const noise = (who.noise + warm.noise).trim();
  return {
    sentence: `Signed in to ${connection.target.name} as ${user}. ${program.sentence}`,
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

/** Starting it takes 0.7 s on a fast machine; a small one may need many times that. */
const versionLimitMs = 30_000;

const openclawFacts = async (
  run: (command: string, timeoutMs: number) => ReturnType<typeof exec>,
  openclaw: string,
): Promise<{ sentence: string; version: string; path: string }> => {
  try {
    const told = await run(`${openclaw} --version`, versionLimitMs);
    const version = /OpenClaw (\d+\.\d+\.\d+\S*)/.exec(told.stdout)?.[1];
    // The last word is the program when the command is `openclaw`, `PATH=… openclaw` or a full path.
    const found = await run(`command -v ${openclaw.split(/\s+/).at(-1) ?? openclaw}`, 15_000);
    const path = found.code === 0 ? found.stdout.trim() : "not found in PATH";
    if (version !== undefined) return { sentence: `OpenClaw ${version} answers.`, version, path };
    const said = (told.stderr + told.stdout).trim().split("\n")[0] ?? "";
    return {
      sentence: "OpenClaw does not answer: check the OpenClaw command.",
      version: `exit code ${told.code}: ${said.slice(0, 200)}`,
      path,
    };
  } catch (thrown) {
    if (!(thrown instanceof AppError) || thrown.code === "cancelled") throw thrown;
    return { sentence: "OpenClaw does not answer.", version: thrown.message, path: "not known" };
  }
};
