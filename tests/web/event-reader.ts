import { type ClientRequest, type IncomingMessage, request } from "node:http";
import { presetToken } from "./site.ts";

export interface SeenEvent {
  id: number;
  event: string;
  data: { n: number; type: string; lines?: { text: string }[] };
}

/** A client of a run's event stream, as a browser's EventSource is one. */
export interface EventReader {
  status: number;
  headers: IncomingMessage["headers"];
  events: SeenEvent[];
  /** Everything that arrived, comments too. */
  raw(): string;
  /** Resolves when it holds for the events so far, or when the stream ends. */
  until(holds: (events: readonly SeenEvent[]) => boolean): Promise<void>;
  ended: Promise<void>;
  /** Takes nothing more from the network. */
  stall(): void;
  close(): void;
}

export const readEvents = (
  origin: string,
  path: string,
  headers: Record<string, string> = {},
): Promise<EventReader> =>
  new Promise((resolve, reject) => {
    const asked: ClientRequest = request(`${origin}${path}`, {
      headers: { Authorization: `Bearer ${presetToken}`, ...headers },
    });
    asked.on("error", reject);
    asked.on("response", (answer) => {
      let raw = "";
      let rest = "";
      const events: SeenEvent[] = [];
      const watchers = new Set<() => void>();
      const wake = () => {
        for (const watcher of watchers) watcher();
      };
      const ended = new Promise<void>((done) => answer.once("close", () => done()));
      answer.setEncoding("utf8");
      answer.on("data", (text: string) => {
        raw += text;
        const frames = (rest + text).split("\n\n");
        rest = frames.pop() ?? "";
        for (const frame of frames) {
          const match = /^id: (\d+)\nevent: (\S+)\ndata: (.*)$/.exec(frame);
          if (match !== null)
            events.push({
              id: Number(match[1]),
              event: match[2] ?? "",
              data: JSON.parse(match[3] ?? "null"),
            });
        }
        wake();
      });
      answer.on("error", () => {});
      resolve({
        status: answer.statusCode ?? 0,
        headers: answer.headers,
        events,
        raw: () => raw,
        until: (holds) =>
          new Promise((done) => {
            const look = () => {
              if (!holds(events)) return;
              watchers.delete(look);
              done();
            };
            watchers.add(look);
            void ended.then(done);
            look();
          }),
        ended,
        stall: () => answer.pause(),
        close: () => asked.destroy(),
      });
    });
    asked.end();
  });
