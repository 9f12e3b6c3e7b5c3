import { type Ask, createJsonClient } from "#connectors/http/json-client.ts";
import { refusalError } from "./refusals.ts";

export interface AskOptions {
  apiKey: string;
  /** One request may take this long; removing an application stops its containers first. */
  timeLimitMs: number;
  /** Before a repeatable call is asked again; doubled each time. */
  againAfterMs: number;
}

const triesInAll = 3;
const longestRestMs = 30_000;

/** How Dokploy's API is asked: key, and repetition where it is safe. */
export const createAsk = ({ apiKey, timeLimitMs, againAfterMs }: AskOptions): Ask =>
  createJsonClient({
    headers: { "x-api-key": apiKey },
    secrets: [apiKey],
    lead: "to",
    advice: "Check that Dokploy runs, and that the address of the connection is that of a Dokploy server.",
    afterTimeOut: "Whether it did so later is looked up before it is asked again.",
    timeLimitMs,
    largestAnswerBytes: 8 * 1024 * 1024,
    refused: refusalError,
    again: ({ error, tries, repeatable }) => {
      const restMs = Math.max(againAfterMs * 2 ** (tries - 1), error.retryAfterMs ?? 0);
      return error.canPass && repeatable && tries < triesInAll && restMs <= longestRestMs ? restMs : null;
    },
  });
