import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { setTimeout as wait } from "node:timers/promises";
import { ApiError } from "./api-error.ts";
import type { KeyCheck } from "./api-key.ts";
import type { Calls } from "./call.ts";
import { type Faults, takeFault } from "./faults.ts";
import { assertMay } from "./permissions.ts";

/** A request as it came, for tests. The key itself is not kept. */
export interface SeenRequest {
  method: string;
  /** "project.create" */
  call: string;
  /** The query's values for a GET; undefined for a body that is no JSON. */
  input: unknown;
  keyOk: boolean;
}

interface ApiDeps {
  calls: Calls;
  keyCheck: KeyCheck;
  faults: Faults;
  seen: SeenRequest[];
}

interface Answer {
  status: number;
  /** Undefined: an empty body. */
  body: unknown;
}

/** What the web framework before Dokploy's own code refuses: a status and one line of plain text. */
class Unread extends Error {
  readonly status: number;
  constructor(status: number, line: string) {
    super(line);
    this.status = status;
  }
}

const mostBytes = 1024 * 1024;
/** Requests kept for a look. */
const mostSeen = 1_000;

/** `/api/<router>.<procedure>`, as Dokploy serves its procedures to the outside. */
export const createApi = (deps: ApiDeps): Server =>
  createServer((request, response) => {
    answer(deps, request, response).catch((thrown: unknown) => {
      if (thrown instanceof Unread) {
        // The rest of the body is not read, so the connection cannot be used again.
        response.writeHead(thrown.status, { "content-type": "text/plain", connection: "close" });
        return response.end(thrown.message);
      }
      const error =
        thrown instanceof ApiError ? thrown : new ApiError("INTERNAL_SERVER_ERROR", "Internal server error");
      send(response, { status: error.status, body: error.body("") });
    });
  });

const answer = async (deps: ApiDeps, request: IncomingMessage, response: ServerResponse): Promise<void> => {
  const url = new URL(request.url ?? "/", "http://sandbox");
  const method = request.method ?? "GET";
  const call = url.pathname.replace(/^\/api\//, "");
  const text = await readBody(request);
  const json = /^application\/json\b/i.test(request.headers["content-type"] ?? "");
  const input = method === "GET" ? Object.fromEntries(url.searchParams) : parseJson(text, json);
  const key = request.headers["x-api-key"];
  const keyOk = deps.keyCheck(typeof key === "string" ? key : undefined);
  deps.seen.push({ method, call, input, keyOk });
  if (deps.seen.length > mostSeen) deps.seen.shift();

  const fault = takeFault(deps.faults, call);
  if (fault !== null && "answer" in fault && fault.answer === "never") return;
  if (fault !== null && "cut" in fault && fault.cut === "before") return void request.socket.destroy();
  const given =
    fault !== null && "unknown" in fault
      ? unknownCall
      : fault !== null && "refuse" in fault
        ? refusal(
            new ApiError(
              fault.refuse,
              fault.message ?? (fault.refuse === "UNAUTHORIZED" ? "Unauthorized" : fault.refuse),
            ),
            call,
          )
        : await ordinary(deps, {
            method,
            call,
            input,
            keyOk,
            contentType: request.headers["content-type"],
          });
  if (fault !== null && "slowMs" in fault) await wait(fault.slowMs);
  if (fault !== null && "cut" in fault) return void request.socket.destroy();
  send(response, fault !== null && "answer" in fault ? { status: 200, body: undefined } : given);
};

const ordinary = async (
  { calls, faults }: Pick<ApiDeps, "calls" | "faults">,
  { method, call, input, keyOk, contentType }: SeenRequest & { contentType: string | undefined },
): Promise<Answer> => {
  if (!keyOk) return refusal(new ApiError("UNAUTHORIZED", "Unauthorized"), call);
  const known = Object.hasOwn(calls, call) ? calls[call] : undefined;
  if (known?.method !== method) return unknownCall;
  try {
    if (method === "POST" && !/^application\/json\b/i.test(contentType ?? ""))
      throw new ApiError(
        "UNSUPPORTED_MEDIA_TYPE",
        `Unsupported content-type "${(contentType ?? "").replace(/;.*$/, "")}`,
      );
    assertMay(faults.member, call);
    return { status: 200, body: await known.answer(input) };
  } catch (thrown) {
    if (thrown instanceof ApiError) return refusal(thrown, call);
    throw thrown;
  }
};

const unknownCall: Answer = {
  status: 404,
  body: {
    message: "Not found",
    code: "NOT_FOUND",
    data: { code: "NOT_FOUND", httpStatus: 404, zodError: null },
  },
};

/** A refused key is answered with the message alone, whatever else is wrong; a missing right like any other error. */
const refusal = (error: ApiError, call: string): Answer => ({
  status: error.status,
  body: error.message === "Unauthorized" ? { message: "Unauthorized" } : error.body(call),
});

const send = (response: ServerResponse, { status, body }: Answer): void => {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(body === undefined ? "" : JSON.stringify(body));
};

const readBody = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += chunk.length;
    if (bytes > mostBytes) throw new Unread(413, "Body exceeded 1mb limit");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
};

/** No body is an empty one; only a body that calls itself JSON is read as such. */
const parseJson = (text: string, json: boolean): unknown => {
  if (text === "") return {};
  try {
    return JSON.parse(text);
  } catch {
    if (json) throw new Unread(400, "Invalid JSON");
    return undefined;
  }
};
