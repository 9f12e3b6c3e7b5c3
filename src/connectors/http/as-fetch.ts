import { AppError } from "#core/errors.ts";
import type { GuardedFetch } from "./guarded-fetch.ts";

/** What a library hands to `fetch`. */
interface Asked {
  method?: string;
  headers?: Record<string, string>;
  body?: unknown;
  signal?: AbortSignal | undefined;
}

export interface AsFetchOptions {
  /** Of an answer, decoded. */
  mostBytes: number;
  timeLimitMs: number;
}

/** These are about the bytes as they came over the network, and what is handed on is decoded. */
const aboutTheWire = new Set(["content-encoding", "content-length", "transfer-encoding", "connection"]);

/** The guarded way for libraries that know nothing but `fetch`. It takes texts and forms, follows no redirect, and throws what `get` throws. */
export const asFetch =
  (http: Pick<GuardedFetch, "get" | "post">, { mostBytes, timeLimitMs }: AsFetchOptions) =>
  async (address: string, { method = "GET", headers = {}, body, signal }: Asked): Promise<Response> => {
    const url = new URL(address);
    const request = { url, headers, timeLimitMs, signal: signal ?? new AbortController().signal };
    const answer = await (method === "GET"
      ? http.get(request)
      : http.post({ ...request, body: String(body) }));
    const { bytes, whole } = await answer.read(mostBytes);
    if (!whole)
      throw new AppError(
        "remote-odd",
        `The answer of ${url.host} is larger than any answer of it should be.`,
      );
    if (answer.status > mostStatus)
      throw new AppError("remote-odd", `${url.host} answers ${answer.status}, which means nothing in HTTP.`);
    const told = Object.entries(answer.headers).filter(([name]) => !aboutTheWire.has(name));
    return new Response(mayHaveBody(answer.status) ? new Uint8Array(bytes) : null, {
      status: answer.status,
      headers: told.map(([name, value]): [string, string] => [name, String(value)]),
    });
  };

/** RFC 9110, 15: what is above has no meaning, and nobody can hand it on. */
const mostStatus = 599;

const mayHaveBody = (status: number): boolean => ![101, 204, 205, 304].includes(status);
