import type { Duplex } from "node:stream";
import { setTimeout as wait } from "node:timers/promises";
import type { Client, KexAlgorithm, ServerHostKeyAlgorithm } from "ssh2";
import ssh2 from "ssh2";
import { AppError } from "#core/errors.ts";
import { authHandler, authMethods } from "./auth.ts";
import { connectError } from "./connect-error.ts";
import { pinnedKeyTypes, refusalOf, type ShownKey, shownKey } from "./host-key.ts";
import { openSocket } from "./open-socket.ts";
import { connectBySsh } from "./openssh.ts";
import { pace } from "./paced-socket.ts";
import type { Session } from "./session.ts";
import { type SshTarget, whereOf } from "./target.ts";

/** The machine on the way itself gives up on a silent one after a minute or two. */
const forwardLimitMs = 30_000;
const handshakeLimitMs = 15_000;
/** A dead peer is noticed after about three of these. */
const keepaliveMs = 10_000;
const closeLimitMs = 1_000;

/** A session of our own client, which can also carry a connection onward. */
interface OwnSession extends Session {
  client: Client;
}

/** Connects and signs in, once, by the client that the target asks for. Throws AppError in words; HostKeyError when the host key is not the pinned one. */
export const connect = (target: SshTarget, signal: AbortSignal): Promise<Session> =>
  target.openssh === undefined
    ? connectOurselves(target, signal)
    : connectBySsh(target, target.openssh, signal);

const connectOurselves = async (target: SshTarget, signal: AbortSignal): Promise<OwnSession> => {
  const methods = authMethods(target);
  const { handler, answered } = authHandler(methods, target.user);
  const started = performance.now();
  let socket: Duplex | null = null;
  try {
    socket = await openWay(target, signal);
    return await signIn(socket, target, handler, started, signal);
  } catch (thrown) {
    socket?.destroy();
    if (signal.aborted)
      throw new AppError("cancelled", `Connecting to ${whereOf(target)} was stopped.`, { cause: thrown });
    throw connectError(thrown, target, answered());
  }
};

/** Like `connect`, trying again after errors that can pass: `pausesMs` between the tries. */
export const connectWithRetries = async (
  target: SshTarget,
  signal: AbortSignal,
  pausesMs: readonly number[],
): Promise<Session> => {
  for (const pauseMs of pausesMs) {
    try {
      return await connect(target, signal);
    } catch (thrown) {
      if (!(thrown instanceof AppError && thrown.canPass)) throw thrown;
      await wait(pauseMs * (0.5 + Math.random()), undefined, { signal }).catch(() => {});
    }
  }
  return connect(target, signal);
};

/** To the target, through each machine on the way there in turn: each has its host key checked and is signed in to by itself. */
const openWay = async (target: SshTarget, signal: AbortSignal): Promise<Duplex> => {
  const jumps = target.jumps ?? [];
  const last = jumps.at(-1);
  if (last === undefined) return openSocket(target, signal);
  const onWayTo = target.onWayTo ?? target.name;
  const name = `the jump host ${last.host} of ${onWayTo}`;
  const session = await connectOurselves(
    { ...target, ...last, name, jumps: jumps.slice(0, -1), onWayTo },
    signal,
  );
  try {
    const channel = await forward(session.client, target, signal);
    channel.once("close", () => void session.end());
    session.onLost(() => channel.destroy());
    return channel;
  } catch (thrown) {
    await session.end();
    if (thrown instanceof AppError || signal.aborted) throw thrown;
    const said = thrown instanceof Error ? thrown.message : String(thrown);
    throw new AppError(
      "unreachable",
      `The jump host ${whereOf({ ...last, name: last.host })} does not reach ${whereOf(target)}: ${said}. Check the address as that machine knows it, and that its sshd allows forwarding (AllowTcpForwarding).`,
      { cause: thrown, detail: said },
    );
  }
};

const forward = (client: Client, { host, port }: SshTarget, signal: AbortSignal): Promise<Duplex> =>
  new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    signal.addEventListener("abort", onAbort, { once: true });
    const done = () => {
      signal.removeEventListener("abort", onAbort);
      clearTimeout(limit);
    };
    const limit = setTimeout(() => {
      done();
      reject(new Error("it did not answer in time"));
    }, forwardLimitMs);
    client.forwardOut("127.0.0.1", 0, host, port, (error, channel) => {
      done();
      if (error) return reject(error);
      channel.on("error", () => {});
      resolve(channel);
    });
  });

const signIn = (
  socket: Duplex,
  target: SshTarget,
  handler: ReturnType<typeof authHandler>["handler"],
  started: number,
  signal: AbortSignal,
): Promise<OwnSession> =>
  new Promise((resolve, reject) => {
    const client = new ssh2.Client();
    let shown: ShownKey | null = null;
    let refused: AppError | null = null;
    let failure: unknown = null;
    let agentFailure: unknown = null;
    let lost = false;
    let signedIn = false;
    const listeners: (() => void)[] = [];
    const lose = () => {
      if (lost) return;
      lost = true;
      for (const call of listeners) call();
    };
    socket.once("end", lose).once("close", lose);
    pace(
      socket,
      () => signedIn,
      () => {
        refused = new AppError(
          "remote-odd",
          `${whereOf(target)} talks without end before the sign-in. Check that an SSH server listens there.`,
          { canPass: false },
        );
        socket.destroy();
      },
    );
    const onAbort = () => socket.destroy();
    signal.addEventListener("abort", onAbort, { once: true });

    client.on("error", (error) => {
      // ssh2 tells about an agent that failed and goes on with the next way to sign in.
      if (isAboutOneMethod(error)) agentFailure ??= error;
      else {
        failure ??= error;
        lose();
      }
    });
    client.once("close", () => {
      signal.removeEventListener("abort", onAbort);
      lose();
      const onlyAgent = target.auth.privateKey === undefined && target.auth.password === undefined;
      const ended = Object.assign(new Error("closed"), { level: "connection-ended" });
      reject(refused ?? (onlyAgent ? agentFailure : null) ?? failure ?? ended);
    });
    client.once("ready", () => {
      signal.removeEventListener("abort", onAbort);
      signedIn = true;
      const hostKey = shown;
      // The verifier always ran before this point.
      if (hostKey === null) return reject(new Error("signed in without a host key"));
      resolve({
        client,
        hostKey,
        signInMs: Math.round(performance.now() - started),
        isLost: () => lost,
        onLost: (call) => (lost ? call() : void listeners.push(call)),
        end: () => endOf(client, socket),
        drop: () => void socket.destroy(),
      });
    });
    client.connect({
      sock: socket,
      username: target.user,
      authHandler: handler,
      readyTimeout: handshakeLimitMs,
      keepaliveInterval: keepaliveMs,
      keepaliveCountMax: 3,
      // Without compression: a few bytes of it can become millions.
      algorithms: { kex: keyExchanges, serverHostKey: hostKeyAlgorithms(target), compress: ["none"] },
      hostVerifier: (key: Buffer) => {
        shown = shownKey(key);
        refused = refusalOf(target, shown);
        return refused === null;
      },
    });
  });

const endOf = async (client: Client, socket: Duplex): Promise<void> => {
  if (socket.destroyed) return;
  const closed = new Promise<void>((resolve) => socket.once("close", () => resolve()));
  client.end();
  const limit = setTimeout(() => socket.destroy(), closeLimitMs);
  await closed;
  clearTimeout(limit);
};

const isAboutOneMethod = (error: Error): boolean =>
  "level" in error &&
  (error.level === "agent" || (error.level === "client-authentication" && !/^All /.test(error.message)));

/**
 * Without groups that the server makes up (RFC 4419): looking whether its 8,192 bits are a prime holds up everybody for a minute, and that comes
 * before its host key.
 */
const keyExchanges: KexAlgorithm[] = [
  "curve25519-sha256",
  "curve25519-sha256@libssh.org",
  "ecdh-sha2-nistp256",
  "ecdh-sha2-nistp384",
  "ecdh-sha2-nistp521",
  "diffie-hellman-group14-sha256",
  "diffie-hellman-group15-sha512",
  "diffie-hellman-group16-sha512",
  "diffie-hellman-group17-sha512",
  "diffie-hellman-group18-sha512",
];

const allHostKeyAlgorithms: readonly ServerHostKeyAlgorithm[] = [
  "ssh-ed25519",
  "ecdsa-sha2-nistp256",
  "ecdsa-sha2-nistp384",
  "ecdsa-sha2-nistp521",
  "rsa-sha2-512",
  "rsa-sha2-256",
  "ssh-rsa",
];

/** Pinned types first, as OpenSSH does, or a server with several keys would show one that nobody pinned. */
const hostKeyAlgorithms = (target: SshTarget): ServerHostKeyAlgorithm[] => {
  const pinned = new Set(pinnedKeyTypes(target));
  const isPinned = (one: ServerHostKeyAlgorithm) =>
    pinned.has(one) || (one.startsWith("rsa-sha2") && pinned.has("ssh-rsa"));
  return [...allHostKeyAlgorithms.filter(isPinned), ...allHostKeyAlgorithms.filter((one) => !isPinned(one))];
};
