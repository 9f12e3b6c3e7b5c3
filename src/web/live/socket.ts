import { WebSocket, WebSocketServer } from "ws";
import type { Beats } from "./beats.ts";
import type { Counters } from "./counters.ts";

/** A reader that leaves more than this lying is dropped; it comes back and goes on where it was. */
const mostBacklogBytes = 1024 * 1024;
/** Messages of the past are sent only as fast as this much is taken. */
const mostAheadBytes = 64 * 1024;

/** "Try again later" and "service restart" of the IANA registry of WebSocket close codes. */
export const tooSlow = 1013;
export const comeBack = 1012;

/**
 * Takes the upgrades that the HTTP server hands it. Without compression: it would cost 30 times the memory per connection.
 * Nobody has much to say to us, so what comes in is kept small.
 */
export const createSocketServer = (): WebSocketServer =>
  new WebSocketServer({ noServer: true, perMessageDeflate: false, maxPayload: 4 * 1024 });

export interface Socket {
  /** Sends one text, UTF-8. */
  send(text: Uint8Array): void;
  /** Resolves when it can take more without piling up, or when the reader has gone. */
  drained(): Promise<void>;
  /** Closes it so that the reader comes back. */
  end(): void;
  /** Fires when the reader has gone. */
  signal: AbortSignal;
}

/** Feeds an open WebSocket: beats, drops a reader that is too slow (1013), and lets it come back now and then (1012). */
export const openSocket = (ws: WebSocket, beats: Beats, counters: Counters): Socket => {
  const gone = new AbortController();
  let answered = true;
  /** Those who wait until more can be sent. */
  const waiting: (() => void)[] = [];
  const wake = () => {
    for (const resolve of waiting.splice(0)) resolve();
  };
  const left = () => {
    if (gone.signal.aborted) return;
    gone.abort();
    counters.sockets -= 1;
    stopBeats();
    wake();
  };
  const close = (code: number, reason: string) => {
    left();
    ws.close(code, reason);
  };
  const beat = () => {
    if (!answered) {
      counters.socketsDropped += 1;
      left();
      return ws.terminate();
    }
    answered = false;
    ws.ping();
  };
  const end = () => close(comeBack, "come back");
  const stopBeats = beats.join({ beat, end });

  counters.sockets += 1;
  ws.on("pong", () => {
    answered = true;
  });
  ws.on("close", left);
  ws.on("error", left);
  if (ws.readyState !== WebSocket.OPEN) left();
  return {
    send: (text) => {
      if (gone.signal.aborted) return;
      if (ws.bufferedAmount > mostBacklogBytes) {
        counters.socketsDropped += 1;
        return close(tooSlow, "too slow: come back and go on where you were");
      }
      ws.send(text, { binary: false }, () => {
        if (waiting.length > 0 && ws.bufferedAmount <= mostAheadBytes) wake();
      });
    },
    drained: () =>
      gone.signal.aborted || ws.bufferedAmount <= mostAheadBytes
        ? Promise.resolve()
        : new Promise((resolve) => {
            waiting.push(resolve);
          }),
    end,
    signal: gone.signal,
  };
};
