import { upgradeWebSocket } from "@hono/node-server";
import type { Context, Handler, Next } from "hono";
import type { WebSocket } from "ws";
import { AppError } from "#core/errors.ts";
import { hiddenFrom, isHidden } from "#core/rights.ts";
import { routes } from "#core/routes.ts";
import type { WebDeps, WebEnv } from "#web/deps.ts";
import { isUpgraded } from "#web/turnstile.ts";
import { createAllRuns } from "./all-runs.ts";
import type { Counters } from "./counters.ts";
import { createEventChannels } from "./event-channels.ts";
import { lastSeen } from "./last-seen.ts";
import { createMessages, type Message, type TellEvents } from "./messages.ts";
import { pastMessages } from "./past-messages.ts";
import { versionOf } from "./run-views.tsx";
import { openSocket, type Socket } from "./socket.ts";

/** A reader that comes back is sent this much of what it had before, so that nothing is lost between two runs that tell at once. */
const overlapMs = 10_000;

export type SocketDeps = Pick<WebDeps, "engine" | "store" | "log" | "clock" | "beats">;

/** The words in which WebSockets tell the events of runs. */
export interface SocketWords {
  /** The first message, whatever follows; null: of all runs. */
  greet(runId: string | null, now: number): object;
  tell: TellEvents;
}

export interface EventSockets {
  /** The events of the run `:id`: `?after=` says which the reader had last, as for the event stream. */
  one: Handler<WebEnv>;
  /**
   * The events of all runs, in order within each: from now on, or with `?since=` (milliseconds since 1970) everything from ten seconds
   * before that time, so that what comes twice can be told by its run and number.
   */
  all: Handler<WebEnv>;
}

export const createEventSockets = (
  deps: SocketDeps,
  counters: Counters,
  { greet, tell }: SocketWords,
): EventSockets => {
  const { store, log, clock } = deps;
  const read = createMessages(store, tell);
  const channels = createEventChannels<Message>({ ...deps, read });
  const all = createAllRuns(deps, channels);
  const greeting = (runId: string | null) => Buffer.from(JSON.stringify(greet(runId, clock.now())));

  const followAll = async (
    socket: Socket,
    { since, hidden }: { since: number | null; hidden: readonly string[] },
  ): Promise<void> => {
    /** What was sent of the past, by run. */
    const sent = new Map<string, number>();
    let early: Message[] | null = [];
    const pass = (message: Message) => {
      if (message.n > (sent.get(message.runId) ?? 0)) socket.send(message.text);
    };
    // Listening begins before the first look, so that no message falls between the two.
    const stop = all.listen({
      hear: (message, workflowId) => {
        if (isHidden(hidden, workflowId)) return;
        if (early === null) pass(message);
        else early.push(message);
      },
      lost: socket.end,
    });
    socket.signal.addEventListener("abort", stop, { once: true });
    socket.send(greeting(null));
    if (since !== null) {
      for await (const message of pastMessages(store, read, { since: since - overlapMs, hidden })) {
        if (socket.signal.aborted) return;
        sent.set(message.runId, message.n);
        socket.send(message.text);
        await socket.drained();
      }
    }
    for (const message of early) pass(message);
    early = null;
  };

  /** Opens the socket and begins to feed it. */
  const open = (c: Context<WebEnv>, next: Next, feed: (socket: Socket) => Promise<void>) =>
    upgradeWebSocket(() => ({
      onOpen: (_event, { raw }) => {
        if (raw === undefined) return;
        // The context's own socket only wraps the one of `ws`, which knows its backlog.
        const socket = openSocket(raw as WebSocket, deps.beats, counters);
        feed(socket).catch((error: unknown) => {
          log.error({ err: error }, "a WebSocket was closed because the events could not be read");
          socket.end();
        });
      },
    }))(c, next);

  return {
    one: async (c, next) => {
      mustUpgrade(c);
      const runId = c.req.param("id") ?? "";
      const last = lastSeen(c);
      await versionOf(deps, runId);
      return open(c, next, (socket) => {
        socket.send(greeting(runId));
        deps.engine.openLines.readAlong(runId, socket.signal);
        return channels.follow(runId, { ...socket, last, send: ({ text }) => socket.send(text) });
      });
    },
    all: async (c, next) => {
      mustUpgrade(c);
      // What is said of workflows cannot change while it is open: then it closes.
      const asked = { since: sinceOf(c), hidden: hiddenFrom(c.get("identity")) };
      return open(c, next, (socket) => followAll(socket, asked));
    },
  };
};

const mustUpgrade = (c: Context<WebEnv>): void => {
  if (isUpgraded(c)) return;
  throw new AppError(
    "bad-input",
    `This address speaks WebSocket only. For plain HTTP there is ${routes.api.runs.href()}.`,
  );
};

const sinceOf = (c: Context<WebEnv>): number | null => {
  const given = c.req.query("since");
  if (given === undefined) return null;
  if (/^\d{1,15}$/.test(given)) return Number(given);
  throw new AppError("bad-input", "“since” must be a time in milliseconds since 1970.", { field: "since" });
};
