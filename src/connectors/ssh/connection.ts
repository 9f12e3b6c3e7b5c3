import { setTimeout as wait } from "node:timers/promises";
import { AppError } from "#core/errors.ts";
import type { Channels } from "./channels.ts";
import { connectWithRetries } from "./connect.ts";
import { Gate } from "./gate.ts";
import type { Session } from "./session.ts";
import { type SshTarget, whereOf } from "./target.ts";

/** A channel of any kind: a command's or SFTP's. */
export interface Endable {
  end(): unknown;
}

/** An open channel on a session. `release` makes room for the next one; call it once when the channel is closed. */
export interface Opened<C> {
  channel: C;
  session: Session;
  release(): void;
}

export type Open<C extends Endable> = (client: Channels, done: (error: unknown, channel: C) => void) => void;

/** One signed-in connection to a machine that many commands share; made when it is first needed and again when it broke. */
export interface Connection {
  readonly target: SshTarget;
  readonly where: string;
  /** The live session, connecting when there is none. */
  session(signal: AbortSignal): Promise<Session>;
  /**
   * Opens a channel, waiting for room. Tries again only as long as the server cannot have begun anything; when that is not known,
   * throws `MayHaveBegun`. `urgent` goes past the queue, for ending what runs, and throws `NotBegun` when there is no room.
   */
  open<C extends Endable>(start: Open<C>, signal: AbortSignal, urgent?: "urgent"): Promise<Opened<C>>;
  /** Says good-bye; what still runs on it breaks. */
  end(): Promise<void>;
}

/** The connection was lost after the request was sent and before it was answered. */
export class MayHaveBegun extends Error {}

/** Nothing was run: `refused` the server opened no channel, `lost` the connection ended before it could. */
export class NotBegun extends Error {
  readonly why: "refused" | "lost";
  constructor(why: NotBegun["why"], cause: unknown) {
    super(`no channel: ${why}`, { cause });
    this.why = why;
  }
}

/** OpenSSH's MaxSessions is 10 unless changed: two are kept free for ending commands. */
const channelsAtOnce = 8;
const reconnects = 2;
const openTries = 5;

/** `pausesMs`: between tries to connect; `openLimitMs`: how long a server that is connected may take to open a channel. */
export const createConnection = (
  target: SshTarget,
  pausesMs: readonly number[] = [250, 1_000],
  openLimitMs = usualOpenLimitMs,
): Connection => {
  const gate = new Gate(channelsAtOnce);
  const ended = new AbortController();
  const where = whereOf(target);
  let current: Promise<Session> | null = null;

  const asCancelled = (reason: unknown): never => {
    throw cancelledBefore(where, reason);
  };

  const session = (signal: AbortSignal): Promise<Session> => {
    if (ended.signal.aborted)
      return Promise.reject(new AppError("cancelled", `The connection to ${where} was closed.`));
    if (current === null) {
      const attempt = connectWithRetries(target, ended.signal, pausesMs);
      current = attempt;
      const forget = () => {
        if (current === attempt) current = null;
      };
      attempt.then((made) => made.onLost(forget), forget);
    }
    return unlessAborted(current, signal, 0, () => cancelledBefore(where, signal.reason));
  };

  const tryOpen = async <C extends Endable>(start: Open<C>, at: Session, signal: AbortSignal): Promise<C> => {
    const opening = new Promise<C>((resolve, reject) => {
      try {
        start(at.client, (error, channel) => (error ? reject(readOpenError(error, at)) : resolve(channel)));
      } catch (thrown) {
        // Thrown at once: the socket was gone before anything was sent.
        reject(new NotBegun("lost", thrown));
      }
    });
    const unanswered = Promise.withResolvers<never>();
    const limit = setTimeout(() => unanswered.reject(noAnswer(where, openLimitMs)), openLimitMs);
    const answered = Promise.race([opening, unanswered.promise]);
    try {
      // Told to stop while the server has not answered: it gets a moment, so that the command's process can be ended in order.
      return await unlessAborted(answered, signal, openAnswerMs, () => new MayHaveBegun("no answer"));
    } catch (thrown) {
      // Whenever it comes, nobody waits for it any more; one that failed has nothing to end.
      opening.then(
        (late) => late.end(),
        () => {},
      );
      throw thrown;
    } finally {
      clearTimeout(limit);
    }
  };

  const open = async <C extends Endable>(
    start: Open<C>,
    signal: AbortSignal,
    urgent?: "urgent",
  ): Promise<Opened<C>> => {
    for (let lost = 0, refused = 0; ; ) {
      const release = urgent === undefined ? await gate.enter(signal).catch(asCancelled) : () => {};
      try {
        const at = await session(signal);
        return { channel: await tryOpen(start, at, signal), session: at, release };
      } catch (thrown) {
        release();
        if (!(thrown instanceof NotBegun)) throw thrown;
        if (thrown.why === "lost" && ++lost > reconnects) throw brokeBefore(where, thrown);
        if (thrown.why === "refused") {
          if (urgent !== undefined) throw thrown;
          // Others of ours are open, so the server allows fewer than we thought; otherwise it has something against us.
          if (gate.inside > 0) gate.lowerTo(gate.inside);
          else if (++refused >= openTries) throw noSession(where, thrown);
        }
        await wait(50 * 2 ** refused, undefined, { signal }).catch(asCancelled);
      }
    }
  };

  return {
    target,
    where,
    session,
    open,
    end: async () => {
      ended.abort();
      await current?.then(
        (made) => made.end(),
        () => {},
      );
    },
  };
};

const openAnswerMs = 3_000;
const usualOpenLimitMs = 60_000;

const noAnswer = (where: string, limitMs: number): AppError =>
  new AppError(
    "timed-out",
    `${where} is connected, but has not opened what it was asked for within ${Math.round(limitMs / 1_000)} s. Whether it began is not known.`,
    { canPass: false },
  );

/** ssh2 fails with "Channel open failure" before the request was sent and with "Unable to …" after it was. */
const readOpenError = (error: unknown, at: Session): Error => {
  const said = error instanceof Error ? error.message : String(error);
  if (/Unable to/i.test(said)) {
    if (at.isLost()) return new MayHaveBegun(said);
    if (/subsystem/i.test(said))
      return new AppError(
        "remote-refused",
        "The server has no SFTP, by which files are put there. Add “Subsystem sftp internal-sftp” to its sshd_config, or install its sftp-server.",
        { cause: error, detail: said, canPass: false },
      );
    return new AppError("remote-refused", "The server does not run commands for this user.", {
      cause: error,
      detail: said,
    });
  }
  return new NotBegun(at.isLost() ? "lost" : "refused", error);
};

const brokeBefore = (where: string, cause: unknown) =>
  new AppError("unreachable", `The connection to ${where} keeps breaking before anything could be run.`, {
    cause,
  });

const noSession = (where: string, cause: unknown) =>
  new AppError(
    "remote-refused",
    `${where} accepts the sign-in but opens no session. Look at MaxSessions and ForceCommand in its sshd_config.`,
    { cause },
  );

const cancelledBefore = (where: string, reason: unknown): AppError =>
  reason instanceof AppError
    ? reason
    : new AppError("cancelled", `It was stopped before anything was run on ${where}.`, { cause: reason });

/** The promise's own outcome, or `error` when it has none `graceMs` after the signal fired. */
const unlessAborted = <T>(
  promise: Promise<T>,
  signal: AbortSignal,
  graceMs: number,
  error: () => Error,
): Promise<T> =>
  new Promise((resolve, reject) => {
    let timer: NodeJS.Timeout | undefined;
    const onAbort = () => {
      timer = setTimeout(() => reject(error()), graceMs);
    };
    if (signal.aborted) onAbort();
    else signal.addEventListener("abort", onAbort, { once: true });
    promise.then(resolve, reject).finally(() => {
      clearTimeout(timer);
      signal.removeEventListener("abort", onAbort);
    });
  });
