import { WebSocket } from "ws";
import { presetToken } from "./site.ts";

/** A client of a WebSocket of ours. */
export interface MessageReader<M> {
  /** All but the greeting. */
  messages: M[];
  greeting: { type: string } | null;
  /** Resolves when it holds for the messages so far, or when the socket is closed. */
  until(holds: (messages: readonly M[]) => boolean): Promise<void>;
  /** The code that it was closed with. */
  closed: Promise<number>;
  /** Takes nothing more from the network, or goes on to. */
  stall(): void;
  resume(): void;
  close(): void;
}

/** Rejects with an error that has the status when the upgrade is refused. */
export const readMessages = <M>(
  origin: string,
  path: string,
  headers: Record<string, string> = {},
): Promise<MessageReader<M>> =>
  new Promise((resolve, reject) => {
    const ws = new WebSocket(`${origin.replace(/^http/, "ws")}${path}`, {
      headers: { Authorization: `Bearer ${presetToken}`, ...headers },
      perMessageDeflate: false,
    });
    const messages: M[] = [];
    const watchers = new Set<() => void>();
    const closed = new Promise<number>((done) => ws.once("close", done));
    const reader: MessageReader<M> = {
      messages,
      greeting: null,
      until: (holds) =>
        new Promise((done) => {
          const look = () => {
            if (!holds(messages)) return;
            watchers.delete(look);
            done();
          };
          watchers.add(look);
          void closed.then(() => done());
          look();
        }),
      closed,
      stall: () => ws.pause(),
      resume: () => ws.resume(),
      close: () => ws.terminate(),
    };
    ws.on("message", (text) => {
      const message = JSON.parse(String(text));
      if (message.type === "connected") reader.greeting = message;
      else messages.push(message);
      for (const watcher of watchers) watcher();
    });
    ws.once("open", () => resolve(reader));
    ws.on("error", reject);
  });
