import { setTimeout as wait } from "node:timers/promises";
import type { BuiltIn } from "#connections/book.ts";
import type { Child, StartChild } from "#core/child.ts";
import type { ConnectionValues } from "#core/connection.ts";
import { type Crawl, type Crawls, type CrawlWish, crawlsAt } from "#core/crawl.ts";
import { AppError, type ErrorCode } from "#core/errors.ts";
import type { Log } from "#core/log.ts";

interface SandboxesOptions {
  /** Where they keep what they have. */
  folder: string;
  startChild: StartChild;
  log: Log;
  /** Whether this machine's own Botify crawls its sample site at the first start. */
  sampleSite: boolean;
  /** Where what was crawled is kept for all processes; null: in the folder, for this one. */
  database: string | null;
  /** Which of them this process has: of several that share a database, all have the crawler, and the others are this machine's. */
  machines: readonly Machine[];
}

export interface Sandboxes {
  /** The connections that lead to them. */
  builtIns: readonly BuiltIn[];
  crawls: Crawls;
  close(): Promise<void>;
}

export type Machine = "botify" | "dokploy" | "ssh";

export type SandboxQuestion =
  | { values: Machine }
  /** So that others need not wait for what this process holds. */
  | { letGo: true }
  | { crawl: "begin"; wish: CrawlWish }
  | { crawl: "lines"; id: number; after: number }
  | { crawl: Exclude<keyof Crawls, "begin" | "lines">; id: number };

/** What their process is told before anything is asked of it. Not by its arguments, which others can see. */
export interface SandboxesTold {
  database: string | null;
}

export type SandboxAnswer =
  // A channel leaves out what is undefined: some answers have nothing in them.
  | { number: number; answer?: unknown }
  | { number: number; refusal: { code: ErrorCode; message: string } }
  | { warning: string };

interface Running {
  child: Child;
  asked: Map<number, { resolve(answer: unknown): void; reject(error: Error): void }>;
  /** Each machine tells where it is once. */
  values: Map<Machine, Promise<ConnectionValues>>;
}

const titles = { botify: "Botify", dokploy: "Dokploy", ssh: "SSH host" } satisfies Record<Machine, string>;
const memoryMb = 512;
/** Long, because all of them end with it. */
const silentMs = 120_000;
/** For ending what they run themselves. */
const closeWithinMs = 2_000;

/**
 * The servers on loopback for those who have none. They run in one process of their own, which starts at the first use of one of them,
 * ends with ours, and is started again at the next use when it ended by itself.
 */
export const createSandboxes = ({
  folder,
  startChild,
  log,
  sampleSite,
  database,
  machines,
}: SandboxesOptions): Sandboxes => {
  let running: Running | null = null;
  let closing = false;
  let questions = 0;

  const start = (): Running => {
    const asked: Running["asked"] = new Map();
    const child = startChild({
      entry: new URL("./sandboxes-child.ts", import.meta.url),
      args: [folder, sampleSite ? "sample-site" : "no-sample-site"],
      memoryMb,
      silentMs,
      onMessage: (message) => {
        const told = message as SandboxAnswer;
        if ("warning" in told) return log.warn({}, told.warning);
        const waiting = asked.get(told.number);
        asked.delete(told.number);
        if ("refusal" in told) waiting?.reject(new AppError(told.refusal.code, told.refusal.message));
        else waiting?.resolve(told.answer);
      },
    });
    child.send({ database } satisfies SandboxesTold);
    const begun: Running = { child, asked, values: new Map() };
    void child.ended.then((how) => {
      if (running === begun) running = null;
      if (!closing) log.warn({ how }, "this machine's own servers ended; they start again at their next use");
      const sentence = `The process of this machine's own servers ${how}. It starts again when it is next used.`;
      for (const { reject } of asked.values()) reject(new AppError("unreachable", sentence));
    });
    running = begun;
    return begun;
  };

  const ask = <T>(question: SandboxQuestion): Promise<T> => {
    if (closing) return Promise.reject(new AppError("unreachable", "This machine's own servers stop."));
    const { child, asked } = running ?? start();
    const number = ++questions;
    return new Promise<T>((resolve, reject) => {
      asked.set(number, { resolve: (answer) => resolve(answer as T), reject });
      child.send({ number, question });
    });
  };

  const valuesOf = (machine: Machine): Promise<ConnectionValues> => {
    const { values } = running ?? start();
    const known = values.get(machine);
    if (known !== undefined) return known;
    const asked = ask<ConnectionValues>({ values: machine }).catch((error: unknown) => {
      values.delete(machine);
      if (error instanceof AppError && error.code === "unreachable") throw error;
      log.warn({ err: error }, `this machine's own ${titles[machine]} could not be started`);
      const why = error instanceof Error ? error.message : String(error);
      throw new AppError("unreachable", `This machine's own ${titles[machine]} could not be started: ${why}`);
    });
    values.set(machine, asked);
    return asked;
  };

  const of = (id: string, machine: Machine, name: string, values: ConnectionValues): BuiltIn => ({
    ...{ id, kind: machine, name, values, isElsewhereToo: database !== null && machine === "botify" },
    open: async () => ({ ...values, ...(await valuesOf(machine)) }),
  });
  const onCrawl = (crawl: Exclude<keyof Crawls, "begin" | "lines">) => (id: number) =>
    ask<Crawl>({ crawl, id });
  return {
    builtIns: [
      of(crawlsAt, "botify", "This machine", {}),
      of("this-dokploy", "dokploy", "This machine", {
        image: "milepost/hello",
        domainSuffix: "apps.localhost",
        port: "8080",
        https: "no",
      }),
      of("this-node", "ssh", "This machine (sandbox)", { openclaw: "openclaw" }),
    ].filter(({ kind }) => machines.some((one) => one === kind)),
    crawls: {
      begin: (wish) => ask({ crawl: "begin", wish }),
      get: onCrawl("get"),
      lines: (id, after) => ask({ crawl: "lines", id, after }),
      pause: onCrawl("pause"),
      resume: onCrawl("resume"),
      cancel: onCrawl("cancel"),
    },
    close: async () => {
      if (running !== null && database !== null)
        await Promise.race([ask({ letGo: true }), wait(closeWithinMs, undefined, { ref: false })]).catch(
          () => undefined,
        );
      closing = true;
      await running?.child.end(closeWithinMs);
    },
  };
};
