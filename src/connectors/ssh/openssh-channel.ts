import { type ChildProcessByStdio, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { Readable, type Writable } from "node:stream";
import type { SFTPWrapper } from "ssh2";
import { SFTP } from "ssh2/lib/protocol/SFTP.js";
import type { CommandChannel } from "./channels.ts";
import { pace } from "./paced-socket.ts";
import { quote } from "./quote.ts";

/** An ssh that is signed in and lets others use its connection. */
export interface Master {
  /** Path of its control socket. */
  control: string;
  alias: string;
  /** Resolves when its connection has ended. */
  gone: Promise<void>;
}

type Child = ChildProcessByStdio<Writable, Readable, Readable>;

/** A channel on the master's connection and never on one of its own: for that it has no way to the host. */
const open = ({ control, alias }: Master, ...words: readonly string[]): Child => {
  const options = ["ControlMaster=no", "ProxyCommand=/bin/false", "LogLevel=ERROR", "RequestTTY=no"];
  const child = spawn(
    "ssh",
    ["-F", "none", "-S", control, ...options.flatMap((one) => ["-o", one]), ...withHost(alias, words)],
    { stdio: ["pipe", "pipe", "pipe"] },
  );
  child.stdin.on("error", () => {});
  child.on("error", () => {});
  return child;
};

const withHost = (alias: string, words: readonly string[]): string[] =>
  words[0] === "-s" ? ["-s", "--", alias, ...words.slice(1)] : ["--", alias, ...words];

/** When a session that says nothing counts as open. */
const silentMs = 2_000;
/** A connection that broke takes its channels along first. */
const lossMs = 1_000;

/**
 * Runs shell text. ssh itself tells no signal and has one code for all that went wrong, so a shell on the other side waits for the command
 * and says how it ended; one that a signal ended has a code of 128 and its number there.
 */
export const openCommand = (
  master: Master,
  script: string,
  done: (error: Error | undefined, channel: CommandChannel) => void,
): void => {
  const mark = `milepost-end-${randomBytes(9).toString("hex")}:`;
  // The shell's own word about a signal is not the command's.
  const tell = `exec 3>&2 2>/dev/null; sh -c "$1" 2>&3 3>&-; echo "$0$?" >&3`;
  const child = open(master, `exec sh -c ${quote(tell)} ${quote(mark)} ${quote(script)}`);
  const { channel, opened } = channelOf(master, child, mark);
  opened.then(
    () => done(undefined, channel),
    (refused: Error) => done(refused, channel),
  );
};

/** Of the ssh that could not use its master's connection; the server was not asked for anything, or refused the session. */
const refusals =
  /^(mux_client|Control socket|ControlSocket|Connection closed by UNKNOWN|kex_exchange|muxclient)|session request failed/m;

/** `opened` resolves when the other side says something, and rejects with ssh's words when it opened nothing. */
const channelOf = (
  master: Master,
  child: Child,
  mark: string,
): { channel: CommandChannel; opened: Promise<void> } => {
  const opened = Promise.withResolvers<void>();
  const silent = setTimeout(opened.resolve, silentMs);
  let told = false;
  const exit = (code: number) => {
    told = true;
    const signal = signals.get(code - 128);
    out.emit("exit", signal === undefined ? code : null, signal);
  };
  const out = forward(child.stdout, (chunk) => {
    opened.resolve();
    return chunk;
  });
  let said = "";
  const err = forward(child.stderr, (chunk) => {
    if (said.length < 1_000) said += chunk.toString();
    return filter(chunk);
  });
  const filter = endIn(mark, exit);
  const ended = Promise.all([out, err].map((one) => once(one, "end")));
  child.once("close", async () => {
    if (refusals.test(said)) opened.reject(new Error(said.trim()));
    clearTimeout(silent);
    opened.resolve();
    await ended;
    if (!told) await Promise.race([master.gone, new Promise((resolve) => setTimeout(resolve, lossMs))]);
    out.emit("close");
  });
  const channel = Object.assign(out, {
    stderr: err,
    end: (input?: string | Buffer) => child.stdin.end(input),
    close: () => {
      child.kill();
      // Whoever closes it wants no more of it.
      err.resume();
      out.resume();
    },
  });
  return { channel, opened: opened.promise };
};

/** Taken from the beginning on, since Node throws away what nobody took when a process ends; given out when somebody listens. */
const forward = (from: Readable, filter: (chunk: Buffer) => Buffer): Readable => {
  const to = new Readable({ emitClose: false, read: () => void from.resume() });
  pace(
    from,
    () => true,
    () => {},
  );
  from.on("data", (chunk: Buffer) => {
    const left = filter(chunk);
    if (left.length > 0 && !to.push(left)) from.pause();
  });
  from.once("end", () => to.push(null));
  from.on("error", () => {});
  to.on("error", () => {});
  from.resume();
  return to;
};

/** Takes the last line out of what comes, and tells the code in it. It may come in pieces. */
const endIn = (mark: string, tell: (code: number) => void): ((chunk: Buffer) => Buffer) => {
  let held = Buffer.alloc(0);
  return (chunk) => {
    const all = Buffer.concat([held, chunk]);
    const at = all.indexOf(mark);
    if (at >= 0) {
      const end = all.indexOf("\n", at);
      held = all.subarray(at);
      if (end >= 0) {
        tell(Number(all.subarray(at + mark.length, end).toString()));
        held = Buffer.alloc(0);
      }
      return all.subarray(0, at);
    }
    // The mark may begin in what is the end for now.
    const from = Math.max(0, all.length - mark.length);
    const begins = all.indexOf(mark[0] ?? "", from);
    held = begins < 0 ? Buffer.alloc(0) : Buffer.from(all.subarray(begins));
    return begins < 0 ? all : all.subarray(0, begins);
  };
};

/** Numbers of signals as shells tell them (POSIX names; the first ones have the same numbers everywhere). */
const signals = new Map<number, string>([
  ...([
    [1, "HUP"],
    [2, "INT"],
    [3, "QUIT"],
    [6, "ABRT"],
    [9, "KILL"],
    [11, "SEGV"],
  ] as const),
  ...([
    [13, "PIPE"],
    [14, "ALRM"],
    [15, "TERM"],
  ] as const),
]);

/** Files, by ssh2's own SFTP on the channel of the system's ssh. */
export const openSftp = (
  master: Master,
  done: (error: Error | undefined, channel: SFTPWrapper) => void,
): void => {
  const child = open(master, "-s", "sftp");
  let said = "";
  child.stderr.on("data", (chunk: Buffer) => {
    said = (said + chunk.toString()).slice(-4_000);
  });
  const protocol = {
    _remoteIdentRaw: Buffer.from("SSH-2.0-OpenSSH"),
    channelData: (_: number, data: Buffer) => child.stdin.write(data),
    channelClose: () => child.kill(),
  };
  const side = { id: 0, window: Number.POSITIVE_INFINITY, packetSize: 32 * 1024, state: "open" };
  const sftp = new SFTP({ _protocol: protocol }, { type: "sftp", incoming: side, outgoing: { ...side } });
  let isReady = false;
  sftp.on("error", () => child.kill());
  sftp.once("ready", () => {
    isReady = true;
    done(undefined, sftp);
  });
  pace(
    child.stdout,
    () => true,
    () => {},
  );
  child.stdout.on("data", (chunk: Buffer) => sftp.push(chunk));
  child.stdout.resume();
  child.once("close", async () => {
    sftp.push(null);
    if (isReady) return;
    const why = /subsystem request failed/.test(said) ? "Unable to start subsystem: sftp" : said.trim();
    done(new Error(why || "no SFTP"), sftp);
  });
  sftp._init();
};
