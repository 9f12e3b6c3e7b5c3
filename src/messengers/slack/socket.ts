import { WebSocket } from "ws";
import { z } from "zod";
import { sleep } from "#connectors/http/waiting.ts";
import { type SlackClient, SlackError } from "#connectors/slack/client.ts";
import { ticketShape } from "#connectors/slack/kind.ts";
import type { Clock } from "#core/clock.ts";
import type { Log } from "#core/log.ts";
import { parseJson } from "#core/parse-json.ts";
import { type Hears, spoken } from "#messengers/hears.ts";
import { type Envelope, envelopeShape } from "./envelopes.ts";

export interface SlackSocketDeps {
  /** With the app-level token. */
  app: SlackClient;
  clock: Clock;
  log: Log;
  /** Takes what an envelope holds, each once. */
  take(envelope: Envelope): Promise<void>;
  /** Whether people are heard, and why not. */
  tell(hears: Hears): void;
}

const firstRestMs = 1_000;
const longestRestMs = 5 * 60_000;
/** A token may be good again, and an app allowed to use sockets. */
const lastingMs = 60_000;
const handshakeMs = 15_000;
/** Slack pings far more often. */
const silenceMs = 90_000;
const mostRemembered = 500;
/** Slack's own messages are far smaller; the library takes 100 MiB, and reads them in one go. */
const largestMessageBytes = 1024 * 1024;

const control = z.looseObject({ type: z.string(), reason: z.string().optional() });

/** Why a socket came to its end. */
type End = "refresh" | "lost" | "disabled";

/**
 * Hears what people do in Slack, by Socket Mode, until the signal fires (https://docs.slack.dev/apis/events-api/using-socket-mode). Each
 * envelope is acknowledged before anything is done about it, and one that comes again is only acknowledged. A socket that Slack wants to
 * refresh stays until the next one says hello, so that no press falls in between.
 */
export const hearSlack = async (deps: SlackSocketDeps, signal: AbortSignal): Promise<void> => {
  const { app, clock, log, tell } = deps;
  const known = new Set<string>();
  let before: WebSocket | null = null;
  let restMs = firstRestMs;
  const hello = () => {
    before?.close();
    before = null;
    restMs = firstRestMs;
    tell({ ok: true, because: null });
  };
  while (!signal.aborted) {
    try {
      const { url } = await app.call("apps.connections.open", {}, ticketShape, signal);
      const { socket, end } = await listenTo(deps, url, { known, hello, signal });
      if (end === "refresh") {
        before = socket;
        continue;
      }
      if (signal.aborted) break;
      const because =
        end === "disabled"
          ? "Slack closed the socket: Socket Mode is switched off for this app."
          : "The line to Slack broke; it is tried again.";
      tell({ ok: false, because });
      await sleep(end === "disabled" ? lastingMs : restMs, signal, clock).catch(() => undefined);
    } catch (thrown) {
      if (signal.aborted) break;
      const error = spoken(thrown, log);
      tell({ ok: false, because: error.message });
      const isLasting = error instanceof SlackError && error.word !== "ratelimited";
      const waitMs = error.retryAfterMs ?? (isLasting ? lastingMs : restMs);
      await sleep(waitMs, signal, clock).catch(() => undefined);
    }
    restMs = Math.min(restMs * 2, longestRestMs);
  }
  (before as WebSocket | null)?.terminate();
};

interface Listening {
  known: Set<string>;
  hello(): void;
  signal: AbortSignal;
}

/** Resolves when nothing more is heard by this socket, or when another one should take its place. */
const listenTo = (
  { clock, log, take }: SlackSocketDeps,
  url: string,
  { known, hello, signal }: Listening,
): Promise<{ socket: WebSocket; end: End }> =>
  new Promise((resolve) => {
    const socket = new WebSocket(url, {
      handshakeTimeout: handshakeMs,
      perMessageDeflate: false,
      maxPayload: largestMessageBytes,
    });
    let callOff = () => {};
    const heard = () => {
      callOff();
      callOff = clock.after(silenceMs, () => socket.terminate());
    };
    const over = (end: End) => {
      callOff();
      signal.removeEventListener("abort", stop);
      resolve({ socket, end });
    };
    const stop = () => {
      socket.terminate();
      over("lost");
    };
    signal.addEventListener("abort", stop, { once: true });
    socket.on("open", heard);
    socket.on("ping", heard);
    socket.on("close", () => over("lost"));
    // What it was is told by the close that follows.
    socket.on("error", () => undefined);
    socket.on("message", (data) => {
      heard();
      const json = control.safeParse(parseJson(String(data)));
      if (!json.success) return;
      const { type, reason } = json.data;
      if (type === "hello") return hello();
      if (type === "disconnect") return over(reason === "link_disabled" ? "disabled" : "refresh");
      const envelope = envelopeShape.safeParse(json.data);
      if (!envelope.success) return;
      const { envelope_id: id } = envelope.data;
      socket.send(JSON.stringify({ envelope_id: id }));
      const event = envelope.data.payload.event_id ?? id;
      if (known.has(id) || known.has(event)) return;
      for (const one of [id, event]) known.add(one);
      for (const old of known) {
        if (known.size <= mostRemembered) break;
        known.delete(old);
      }
      take(envelope.data).catch((error: unknown) => log.warn({ err: error }, "an envelope was not taken"));
    });
  });
