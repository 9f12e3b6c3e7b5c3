import type { IncomingHttpHeaders } from "node:http";
import type { z } from "zod";
import { AppError } from "#core/errors.ts";
import { parseJson } from "#core/parse-json.ts";

export interface Question<T extends z.ZodType> {
  method: "GET" | "POST" | "DELETE";
  url: URL;
  body?: unknown;
  /** Beside those that sign each request. */
  headers?: Readonly<Record<string, string>>;
  schema: T;
  /** What follows the client's `lead` in sentences: "list the projects" after "to". */
  about: string;
  /** Another limit than the client's. */
  timeLimitMs?: number;
  /** An empty body is an answer too; the schema then reads undefined. */
  empty?: boolean;
  /** Asking once more changes nothing more. GET is always taken for repeatable. */
  repeatable?: boolean;
  /** Takes an answer that comes as server-sent events; the time limit is then between two parts of it. */
  gather?: Gather;
}

/** Makes of the parts of a streamed answer the JSON that it would have been in one piece. */
export interface Gather {
  take(text: string): void;
  /** Throws AppError where it ended too early, or in an error. */
  whole(): unknown;
}

/** An answer as it came, its body as text without our secrets. */
export interface Reply {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
}

/** What was asked, for sentences. */
export interface Asked {
  url: URL;
  /** With its lead: "to list the projects". */
  about: string;
  advice: string;
  mostValues: number | undefined;
}

const shownCharacters = 300;

/** The checked answer. Throws AppError("remote-odd") with the beginning of what came instead. */
export const readAnswer = <T extends z.ZodType>(
  { headers, body }: Reply,
  { schema, empty = false }: Question<T>,
  { url, about, advice, mostValues }: Asked,
): z.output<T> => {
  const odd = (what: string, cause?: unknown) =>
    new AppError("remote-odd", `Asked ${about}, ${url.host} ${what}. ${advice}`, {
      cause,
      detail: body.slice(0, shownCharacters),
    });
  if (body.trim() === "") {
    if (!empty) throw odd("gave an empty answer");
    return schema.parse(undefined);
  }
  const json = parseJson(body, mostValues);
  if (json === undefined) {
    const isPage = /\bhtml\b/i.test(headers["content-type"] ?? "") || /^\s*<(!doctype|html)\b/i.test(body);
    throw odd(
      isPage
        ? "answered with a web page instead of JSON; something else may stand at or in front of this address"
        : "answered with something that is no JSON, or with more than any answer has in it",
    );
  }
  const checked = schema.safeParse(json);
  if (checked.success) return checked.data;
  const where = checked.error.issues[0]?.path.join(".");
  throw odd(`gave an answer that we do not understand${where ? ` (at “${where}”)` : ""}`, checked.error);
};

/** An answer that only says that the address is wrong: a redirect, or plain http where https is spoken. Null for all others. */
export const misdirection = (
  { status, headers, body }: Reply,
  { url, advice }: Asked,
  mask: (text: string) => string,
): AppError | null => {
  const detail = body.slice(0, shownCharacters);
  // As nginx and Go say it.
  if (status === 400 && /plain HTTP request was sent to HTTPS|HTTP request to an HTTPS server/i.test(body))
    return new AppError(
      "remote-odd",
      `${url.host} speaks https here: try https:// in the address. ${advice}`,
      { detail },
    );
  if (status < 300 || status >= 400) return null;
  const { location } = headers;
  const to = typeof location === "string" && URL.canParse(location, url.href) ? new URL(location, url) : null;
  const where =
    to === null ? "another address" : mask(`${to.origin}${to.pathname}`).slice(0, shownCharacters);
  const isUpgrade = to?.host === url.host && to.protocol === "https:" && url.protocol === "http:";
  const way = isUpgrade ? "Put https:// into the address of the connection." : advice;
  return new AppError("remote-odd", `${url.host} sends us on to ${where} instead of answering. ${way}`, {
    detail,
  });
};
