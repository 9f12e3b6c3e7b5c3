import { z } from "zod";
import { parseJson } from "#core/parse-json.ts";
import type { Node } from "./node.ts";

/** One line of the gateway's log. */
export interface LogLine {
  /** As OpenClaw wrote it: "2026-11-21T04:38:42.517+00:00"; "" where it says none. */
  time: string;
  level: string;
  message: string;
}

const shape = z.looseObject({
  type: z.literal("log"),
  time: z.string().nullish(),
  level: z.string().nullish(),
  message: z.string(),
});

export const logsWords = (limit: number) => ["logs", "--json", "--limit", String(limit)];

/** The last lines of the gateway's log, oldest first; also of one that is down. */
export const readLogs = async ({ openclaw }: Pick<Node, "openclaw">, limit: number): Promise<LogLine[]> => {
  const { stdout } = await openclaw.must(logsWords(limit), { polled: true });
  return stdout.split("\n").flatMap((line) => {
    try {
      const { time, level, message } = shape.parse(parseJson(line));
      return [{ time: time ?? "", level: level ?? "", message }];
    } catch {
      return [];
    }
  });
};

/** Whether a line is about a bot: its id stands in it as a word, such as “[mybot]” or “agent:mybot:main”. */
export const isAbout =
  (name: string) =>
  ({ message }: Pick<LogLine, "message">): boolean =>
    new RegExp(`(?<![\\w-])${name}(?![\\w-])`).test(message);
