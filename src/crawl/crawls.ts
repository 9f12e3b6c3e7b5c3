import type { Child, StartChild } from "#core/child.ts";
import type { Crawl, CrawlOrder, CrawlRecords, Crawls, CrawlWish } from "#core/crawl.ts";
import { AppError } from "#core/errors.ts";
import type { FromCrawl, ToCrawl } from "./child-main.ts";

interface CrawlsDeps {
  records: CrawlRecords;
  startChild: StartChild;
}

/** A book of crawls, and the processes in which they are made. */
export interface CrawlBook extends Crawls {
  /** Resolves when the crawl's process is gone. */
  left(id: number): Promise<void>;
  /** Crawls under way go on at the next start. */
  close(): Promise<void>;
}

interface UnderWay {
  child: Child;
  /** What somebody wants of it, so that its end is told as what it was. */
  wanted: "run" | "pause" | "stop";
  left: Promise<void>;
  /** All is read, and what is to be known of the whole is being found out. */
  finishing?: Promise<void>;
  /** Why what it found could not be kept. */
  refused?: unknown;
}

/** A page's work is bounded, so that a process that says nothing for so long is stuck. */
const silentMs = 30_000;
const memoryMb = 256;
/** For the requests that are under way when somebody pauses. */
const pauseWithinMs = 6_000;

/** Makes each crawl in a process of its own and keeps what it finds. Those that a restart cut off go on from where they were. */
export const createCrawls = ({ records, startChild }: CrawlsDeps): CrawlBook => {
  const underWay = new Map<number, UnderWay>();

  const must = (id: number): Crawl => {
    const found = records.get(id);
    if (found === null) throw new AppError("not-found", "The crawler does not know this crawl any more.");
    return found;
  };
  const fail = (id: number, why: string, tryInstead?: string) =>
    records.end(id, "failed", `${must(id).url} could not be crawled: ${why}`, tryInstead);

  const hear = (id: number, one: UnderWay, message: FromCrawl) => {
    if ("finds" in message) records.keep(id, message.finds);
    else if ("failed" in message) fail(id, message.failed, message.tryInstead);
    else if (message.ended === "done")
      one.finishing = records.finish(id).catch((error: unknown) => {
        one.refused = error;
      });
  };

  const launch = (id: number) => {
    const child = startChild({
      entry: new URL("./child-main.ts", import.meta.url),
      memoryMb,
      silentMs,
      onMessage: (message) => {
        // What cannot be kept, on a full disk, must not be told as done.
        try {
          if (underWay.get(id)?.wanted !== "stop") hear(id, one, message as FromCrawl);
        } catch (error) {
          one.refused = error;
          void child.end();
        }
      },
    });
    const one: UnderWay = {
      child,
      wanted: "run",
      left: child.ended.then(async (how) => {
        await one.finishing;
        underWay.delete(id);
        if (one.wanted !== "run" || records.get(id)?.state !== "running") return;
        fail(
          id,
          one.refused === undefined ? `the process that reads its pages ${how}.` : wordsOf(one.refused),
        );
      }),
    };
    // What a full disk refuses to note is noted at the next start, as a crawl that was cut off.
    one.left = one.left.catch(() => undefined);
    underWay.set(id, one);
    child.send(records.progress(id) satisfies ToCrawl);
  };

  for (const id of records.underWay()) launch(id);

  return {
    get: async (id) => must(id),
    lines: async (id, after) => records.lines(id, after),
    begin: async (wish) => {
      const crawl = records.begin(orderOf(wish));
      if (crawl.state === "running" && !underWay.has(crawl.id)) launch(crawl.id);
      return crawl;
    },
    pause: async (id) => {
      if (must(id).state === "running") records.setState(id, "paused");
      const one = underWay.get(id);
      if (one === undefined) return must(id);
      one.wanted = "pause";
      one.child.send({ pause: true } satisfies ToCrawl);
      const limit = setTimeout(() => void one.child.end(), pauseWithinMs);
      await one.left;
      clearTimeout(limit);
      return must(id);
    },
    resume: async (id) => {
      // One that is just being paused has to be gone first.
      await underWay.get(id)?.left;
      if (must(id).state === "paused") {
        records.setState(id, "running");
        launch(id);
      }
      return must(id);
    },
    cancel: async (id) => {
      const one = underWay.get(id);
      if (one !== undefined) await endNow(one);
      const { state, pagesDone } = must(id);
      if (state !== "running" && state !== "paused") return must(id);
      if (pagesDone > 0) await records.stop(id);
      else records.end(id, "cancelled", "It was cancelled.");
      return must(id);
    },
    left: async (id) => underWay.get(id)?.left,
    close: async () => {
      await Promise.all([...underWay.values()].map(endNow));
    },
  };
};

const endNow = async (one: UnderWay): Promise<void> => {
  one.wanted = "stop";
  await one.child.end();
  await one.left;
};

const usualPages = 2_000;
const usualDepth = 20;
/** Between two requests to a host, unless it is this machine itself. */
const politePauseMs = 500;

const orderOf = ({ url, project, key, ...wish }: CrawlWish): CrawlOrder => {
  const start = URL.parse(url);
  if (start === null || (start.protocol !== "https:" && start.protocol !== "http:"))
    throw new AppError("bad-input", "Enter the address of a site, such as https://www.example.com/.", {
      field: "url",
    });
  start.hash = "";
  return {
    url: start.href,
    project: project ?? start.host.replace(":", "-"),
    key: key ?? null,
    mostPages: wish.mostPages ?? usualPages,
    mostDepth: wish.mostDepth ?? usualDepth,
    pauseMs: wish.pauseMs ?? (isThisMachine(start.hostname) ? 0 : politePauseMs),
  };
};

const isThisMachine = (hostname: string): boolean => /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);

const wordsOf = (error: unknown): string => (error instanceof Error ? `${error.message}.` : String(error));
