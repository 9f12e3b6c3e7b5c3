import { setTimeout as wait } from "node:timers/promises";
import type { ClientChannel } from "ssh2";
import { AppError } from "#core/errors.ts";
import { type Connection, createConnection, NotBegun } from "./connection.ts";
import type { StopReceipt } from "./exec-result.ts";
import { stopScript } from "./script.ts";

export interface Running {
  marker: string;
  /** Null as long as the command has not told its process id. */
  pid(): number | null;
  /** Whether the command's own end has arrived. */
  hasEnded(): boolean;
}

/** Between TERM and KILL, and between KILL and giving up. */
const graceMs = 2_000;
/** Slow rc files may be at work before the command begins. */
const beginMs = 2_000;
/** Both graces and time for the network. */
const limitMs = 7_000;

/** Ends a running command with its process group on its machine and says whether they are gone. Never throws. */
export const stopRemote = async (
  connection: Connection,
  running: Running,
  asked: StopReceipt["asked"],
): Promise<StopReceipt> => {
  for (let waitedMs = 0; waitedMs < beginMs && running.pid() === null; waitedMs += 50) await wait(50);
  const pid = running.pid();
  const unconfirmed = { asked, signalSent: null, confirmed: false } as const;
  if (pid === null) return { ...unconfirmed, reason: "its shell had not begun it when it was closed." };
  try {
    return { asked, ...(await endProcess(connection, pid, running.marker)) };
  } catch (thrown) {
    // ssh2 tells of an end that came by itself while nobody could look.
    if (running.hasEnded()) return { asked, signalSent: null, confirmed: true, reason: null };
    return {
      ...unconfirmed,
      reason: thrown instanceof AppError ? thrown.message : "the machine could not be asked.",
    };
  }
};

type Found = Omit<StopReceipt, "asked">;

const endProcess = async (connection: Connection, pid: number, marker: string): Promise<Found> => {
  const script = stopScript(pid, marker, graceMs);
  const signal = AbortSignal.timeout(limitMs);
  const over = async (way: Connection) => {
    const opened = await way.open<ClientChannel>(
      (client, done) => client.exec(script, done),
      signal,
      "urgent",
    );
    return readFound(await readAll(opened.channel, signal), marker);
  };
  try {
    return await over(connection);
  } catch (thrown) {
    if (!(thrown instanceof NotBegun)) throw thrown;
    // All of the connection's sessions are taken: stopping must not wait for what it is to stop.
    const own = createConnection(connection.target, []);
    try {
      return await over(own);
    } finally {
      await own.end();
    }
  }
};

const readFound = (said: string, marker: string): Found => {
  const found = new RegExp(`${marker}(TERM|KILL|none) (gone|alive)`).exec(said);
  if (found === null) throw new AppError("remote-odd", "the machine did not say what became of it.");
  const confirmed = found[2] === "gone";
  return {
    signalSent: found[1] === "TERM" || found[1] === "KILL" ? found[1] : null,
    confirmed,
    reason: confirmed ? null : "it is still there after SIGKILL, or belongs to another user.",
  };
};

const readAll = (channel: ClientChannel, signal: AbortSignal): Promise<string> =>
  new Promise((resolve) => {
    let text = "";
    const finish = () => {
      signal.removeEventListener("abort", finish);
      channel.close();
      resolve(text);
    };
    signal.addEventListener("abort", finish, { once: true });
    channel.on("data", (chunk: Buffer) => {
      text += chunk.toString("utf8");
    });
    channel.stderr.resume();
    channel.on("error", () => {});
    channel.once("close", finish);
    channel.end();
  });
