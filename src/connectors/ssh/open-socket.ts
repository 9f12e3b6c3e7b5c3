import { connect as connectSocket, type Socket } from "node:net";

const socketLimitMs = 10_000;

/** A TCP connection, or why there is none: the system's error, "ETIMEDOUT" after ten seconds, or the signal's reason. */
export const openSocket = (
  { host, port }: { host: string; port: number },
  signal: AbortSignal,
): Promise<Socket> =>
  new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const socket = connectSocket({ host, port });
    const fail = (error: unknown) => {
      done();
      socket.destroy();
      reject(error);
    };
    const onAbort = () => fail(signal.reason);
    const limit = setTimeout(
      () => fail(Object.assign(new Error("no answer"), { code: "ETIMEDOUT" })),
      socketLimitMs,
    );
    const done = () => {
      clearTimeout(limit);
      signal.removeEventListener("abort", onAbort);
      socket.off("error", fail);
      // A socket without a listener would take the process down with its errors.
      socket.on("error", () => {});
    };
    signal.addEventListener("abort", onAbort, { once: true });
    socket.once("error", fail);
    socket.once("connect", () => {
      done();
      // Nagle's algorithm would hold every command back for 40 ms.
      socket.setNoDelay(true);
      resolve(socket);
    });
  });
