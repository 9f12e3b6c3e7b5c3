import type { ApiRequest } from "./botify.ts";

/** The very call as a command for a POSIX shell that reads the token from $BOTIFY_TOKEN: to look at, to copy, to repeat by hand. */
export const curl = ({ method, url, body }: ApiRequest): string =>
  [
    `curl ${method === "GET" ? "" : `-X ${method} `}${quote(url.href)}`,
    '-H "Authorization: Token $BOTIFY_TOKEN"',
    ...(body === undefined
      ? []
      : ["-H 'Content-Type: application/json'", `--data-raw ${quote(JSON.stringify(body, null, 2))}`]),
  ].join(" \\\n  ");

const quote = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
