import { createParser, type EventSourceMessage } from "eventsource-parser";
import { Agent } from "undici";
import { AppError } from "#core/errors.ts";
import { readBody } from "./body.ts";
import { networkError } from "./network-error.ts";
import { checkTarget, createLookup } from "./reach.ts";
import { usualHeaders } from "./usual-headers.ts";
import { stopped } from "./waiting.ts";

export interface EventStream {
  url: URL;
  headers: Readonly<Record<string, string>>;
  /** What an answer other than 200 means, by its status and the beginning of its body. */
  refused(status: number, body: string): AppError;
  /** Without a sign of life for this long the connection counts as cut. */
  silentMs: number;
}

/** What is read of a refusal. */
const largestRefusalBytes = 64 * 1024;

/**
 * The server-sent events of an address (WHATWG HTML, section 9.2) as they come, over one connection. Ends when the other side ends it;
 * throws AppError: what `refused` gives, "unreachable" where the connection fails or is cut, "cancelled".
 */
export async function* eventsOf(
  { url, headers, refused, silentMs }: EventStream,
  signal: AbortSignal,
): AsyncGenerator<EventSourceMessage> {
  checkTarget(url, "anywhere");
  const agent = new Agent({
    allowH2: false,
    connect: { lookup: createLookup("anywhere") },
    headersTimeout: silentMs,
    bodyTimeout: silentMs,
  });
  try {
    const answer = await agent.request({
      origin: url.origin,
      path: url.pathname + url.search,
      method: "GET",
      headers: { ...usualHeaders, accept: "text/event-stream", ...headers },
      signal,
    });
    if (answer.statusCode !== 200) {
      const { bytes } = await readBody(answer.body, answer.headers, largestRefusalBytes);
      throw refused(answer.statusCode, bytes.toString("utf8"));
    }
    const come: EventSourceMessage[] = [];
    const parser = createParser({ onEvent: (event) => come.push(event) });
    const decoder = new TextDecoder();
    for await (const chunk of answer.body as AsyncIterable<Uint8Array>) {
      parser.feed(decoder.decode(chunk, { stream: true }));
      yield* come.splice(0);
    }
  } catch (thrown) {
    if (signal.aborted) throw stopped(signal);
    throw thrown instanceof AppError ? thrown : networkError(thrown, url);
  } finally {
    await agent.destroy();
  }
}
