import { randomBytes } from "node:crypto";
import { statSync } from "node:fs";
import { request as ask } from "node:http";
import { Readable } from "node:stream";
import type { Child, StartChild } from "#core/child.ts";
import { AppError } from "#core/errors.ts";
import { inFull } from "#core/route.ts";
import type { Visitor } from "./answering.ts";
import type { AppsHome } from "./open-apps.ts";
import type { OpenApp } from "./registry.ts";

/** What the process that answers for large apps is told at its beginning; it tells the port back where it listens. */
export interface ApartOrder {
  home: AppsHome;
  /** Requests without it are somebody else's. */
  secret: string;
  /** Below which path people see the server. */
  below: string;
}
export type ApartTold = { port: number } | { failed: string; slug: string };

/** How the parent says what a request is about. */
export const apartHeaders = {
  secret: "x-milepost-secret",
  slug: "x-milepost-app",
  mayChange: "x-milepost-may-change",
  name: "x-milepost-name",
} as const;

export interface ApartOptions {
  home: AppsHome;
  startChild: StartChild;
  /** What the processes run: it hands its order to `serveApart`. */
  entry: URL;
  onError(error: unknown, slug: string): void;
  /** Until an answer begins. Default: 20 s. */
  limitMs?: number;
}

/** Answers for apps that have much in them, in processes of their own: one search through all of it holds up nobody else. */
export interface Apart {
  /** Throws AppError("timed-out") for what takes longer than anybody waits; its process is ended with it. */
  answer(app: Pick<OpenApp, "slug" | "schema">, request: Request, visitor: Visitor): Promise<Response>;
  close(): Promise<void>;
}

/** So much is looked through in a few milliseconds. */
const largestHereBytes = 1024 * 1024;
const mostProcesses = 2;
const memoryMb = 256;
const idleMs = 120_000;
/** Where every app is answered for so, most of the wait for the first page would be for the process. */
const idleWithAllMs = 1_800_000;
const usualLimitMs = 20_000;

/** Whether an app has so much in it that a question to it may take long: each condition that `search` sets is looked at in every row. */
export const isLarge = (
  { at }: Pick<OpenApp, "at">,
  search: URLSearchParams = new URLSearchParams(),
): boolean =>
  // Whoever waits for another machine answers nobody meanwhile.
  "database" in at || sizeOfAll(at.file) * (1 + conditionsIn(search)) > largestHereBytes;

const sizeOfAll = (file: string): number =>
  ["", "-wal"].reduce((sum, end) => sum + sizeOf(`${file}${end}`), 0);

const conditionsIn = (search: URLSearchParams): number =>
  [...search].reduce(
    (sum, [key, text]) =>
      sum + (text === "" || /^(?:limit|offset|order)$/.test(key) ? 0 : text.split(/[\s,]+/).length),
    0,
  );

const sizeOf = (file: string): number => statSync(file, { throwIfNoEntry: false })?.size ?? 0;

interface Running {
  child: Child;
  port: Promise<number>;
  secret: string;
  busy: number;
  /** Ended because it took too long. */
  late: boolean;
  idle: NodeJS.Timeout | undefined;
}

export const createApart = ({
  home,
  startChild,
  entry,
  onError,
  limitMs = usualLimitMs,
}: ApartOptions): Apart => {
  const running = new Set<Running>();
  const idle = "database" in home ? idleWithAllMs : idleMs;

  const start = (): Running => {
    const secret = randomBytes(32).toString("hex");
    const port = Promise.withResolvers<number>();
    const child = startChild({
      entry,
      memoryMb,
      onMessage: (message) => {
        const told = message as ApartTold;
        if ("port" in told) port.resolve(told.port);
        else onError(new Error(told.failed), told.slug);
      },
    });
    const one: Running = { child, port: port.promise, secret, busy: 0, late: false, idle: undefined };
    port.promise.catch(() => undefined);
    void child.ended.then((how) => {
      running.delete(one);
      clearTimeout(one.idle);
      port.reject(new AppError("unreachable", `The process that answers for this app ${how}. Try again.`));
    });
    child.send({ home, secret, below: inFull("/") } satisfies ApartOrder);
    running.add(one);
    return one;
  };

  const choose = (): Running => {
    const [least] = [...running].filter(({ late }) => !late).sort((a, b) => a.busy - b.busy);
    return least === undefined || (least.busy > 0 && running.size < mostProcesses) ? start() : least;
  };

  const answer: Apart["answer"] = async ({ slug, schema }, request, { mayChange, name }) => {
    const body = new Uint8Array(await request.arrayBuffer());
    const one = choose();
    one.busy += 1;
    clearTimeout(one.idle);
    const limit = setTimeout(() => {
      one.late = true;
      void one.child.end();
    }, limitMs);
    const free = () => {
      one.busy -= 1;
      if (one.busy === 0) one.idle = setTimeout(() => void one.child.end(), idle).unref();
    };
    try {
      return await passOn(request, body, await one.port, free, {
        ...Object.fromEntries(request.headers),
        [apartHeaders.secret]: one.secret,
        [apartHeaders.slug]: slug,
        [apartHeaders.mayChange]: mayChange ? "yes" : "no",
        [apartHeaders.name]: encodeURIComponent(name.toWellFormed()),
      });
    } catch (error) {
      free();
      if (!one.late) throw error;
      throw new AppError(
        "timed-out",
        `“${schema.title}” has so much in it that this took longer than ${limitMs / 1_000} s, so it was ended. Ask for less: a filter finds what a search does not reach in time.`,
      );
    } finally {
      clearTimeout(limit);
    }
  };
  return {
    answer,
    close: async () => {
      await Promise.all([...running].map(({ child }) => child.end()));
    },
  };
};

const passOn = (
  { method, url }: Request,
  body: Uint8Array,
  port: number,
  over: () => void,
  headers: Record<string, string>,
): Promise<Response> =>
  new Promise((resolve, reject) => {
    const { pathname, search } = new URL(url);
    // An app is handed nothing of Milepost's, so nothing that signs anybody in.
    const { "transfer-encoding": _, connection: __, cookie: ___, authorization: ____, ...kept } = headers;
    const asked = ask({
      ...{ host: "127.0.0.1", port, method, path: `${pathname}${search}`, agent: false },
      headers: { ...kept, "content-length": String(body.length) },
    });
    asked.once("error", (error) =>
      reject(
        new AppError("unreachable", "The process that answers for this app ended. Try again.", {
          cause: error,
        }),
      ),
    );
    asked.once("response", (incoming) => {
      incoming.once("close", over);
      const { connection: _, "keep-alive": __, "transfer-encoding": ___, ...given } = incoming.headers;
      const status = incoming.statusCode ?? 502;
      const isEmpty = method === "HEAD" || status === 204 || status === 304;
      if (isEmpty) incoming.resume();
      resolve(
        new Response(isEmpty ? null : (Readable.toWeb(incoming) as ReadableStream<Uint8Array>), {
          status,
          headers: Object.entries(given).flatMap(([name, value]) =>
            value === undefined ? [] : [value].flat().map((one): [string, string] => [name, one]),
          ),
        }),
      );
    });
    asked.end(body);
  });
