import type { Child, StartChild } from "#core/child.ts";
import type { Crawl, CrawlHolds, CrawlOrder, Crawls, CrawlWish, SoonRecords } from "#core/crawl.ts";
import { AppError } from "#core/errors.ts";
import type { FromCrawl, ToCrawl } from "./child-main.ts";

interface CrawlsDeps {
  records: SoonRecords;
  /** Who of several processes makes a crawl go on; left out: this one. */
  holds?: CrawlHolds;
  startChild: StartChild;
}

/** A book of crawls, and the processes in which they are made. */
export interface CrawlBook extends Crawls {
  /** Resolves when the crawl's process is gone. */
  left(id: number): Promise<void>;
  /** Crawls under way go on at the next start, or at another process. */
  close(): Promise<void>;
}

interface UnderWay {
  child: Child;
  /** What somebody wants of it, so that its end is told as what it was. */
  wanted: "run" | "pause" | "stop";
  /** What it told is kept in the order in which it came. */
  kept: Promise<void>;
  left: Promise<void>;
  /** Why what it found could not be kept. */
  refused?: unknown;
}

/** A page's work is bounded, so that a process that says nothing for so long is stuck. */
const silentMs = 30_000;
const memoryMb = 256;
/** For the requests that are under way when somebody pauses. */
const pauseWithinMs = 6_000;

/**
 * Makes each crawl in a process of its own and keeps what it finds. Those that a restart cut off go on from where they were; where several processes
 * share them, one goes on at whichever process is asked for it when the one that made it is gone.
 */
export const createCrawls = ({ records, holds, startChild }: CrawlsDeps): CrawlBook => {
  const underWay = new Map<number, UnderWay>();
  let closing = false;

  const must = async (id: number): Promise<Crawl> => {
    const found = await records.get(id);
    if (found === null) throw new AppError("not-found", "The crawler does not know this crawl any more.");
    return found;
  };
  const fail = async (id: number, why: string, tryInstead?: string) =>
    records.end(id, "failed", `${(await must(id)).url} could not be crawled: ${why}`, tryInstead);

  const hear = async (id: number, message: FromCrawl): Promise<void> => {
    if ("finds" in message) await records.keep(id, message.finds);
    else if ("failed" in message) await fail(id, message.failed, message.tryInstead);
    else if (message.ended === "done") await records.finish(id);
  };

  const start = (id: number): UnderWay => {
    const child = startChild({
      entry: new URL("./child-main.ts", import.meta.url),
      memoryMb,
      silentMs,
      onMessage: (message) => {
        one.kept = one.kept.then(async () => {
          if (one.wanted === "stop" || one.refused !== undefined) return;
          // What cannot be kept, on a full disk, must not be told as done.
          await hear(id, message as FromCrawl).catch(refuse);
        });
      },
    });
    const refuse = (error: unknown) => {
      one.refused = error;
      void child.end();
    };
    const ended = async (how: string): Promise<void> => {
      await one.kept;
      if (one.wanted !== "run" || (await records.get(id))?.state !== "running") return;
      // Where the place of all crawls is away, it goes on when that is back.
      if (holds !== undefined && one.refused instanceof AppError) return;
      await fail(
        id,
        one.refused === undefined ? `the process that reads its pages ${how}.` : wordsOf(one.refused),
      );
    };
    const one: UnderWay = {
      child,
      wanted: "run",
      kept: Promise.resolve(),
      left: child.ended
        .then(ended)
        // What a full disk refuses to note is noted at the next start, as a crawl that was cut off.
        .catch(() => undefined)
        .then(() => holds?.release(id).catch(() => undefined))
        .finally(() => underWay.delete(id)),
    };
    underWay.set(id, one);
    Promise.resolve(id)
      .then(records.progress)
      .then((progress) => child.send(progress satisfies ToCrawl))
      .catch(refuse);
    return one;
  };
  /** Nothing where it goes on already, here or elsewhere. */
  const launch = async (id: number): Promise<void> => {
    const hearing = (what: "pause" | "lost") => {
      const one = underWay.get(id);
      if (one !== undefined) void (what === "pause" ? pauseNow(one) : endNow(one));
    };
    if (closing || underWay.has(id) || !((await holds?.take(id, hearing)) ?? true)) return;
    if (!underWay.has(id)) start(id);
  };

  for (const id of records.underWay()) start(id);

  return {
    get: async (id) => {
      const crawl = await must(id);
      if (holds !== undefined && crawl.state === "running") await launch(id);
      return crawl;
    },
    lines: async (id, after) => records.lines(id, after),
    begin: async (wish) => {
      const crawl = await records.begin(orderOf(wish));
      if (crawl.state === "running") await launch(crawl.id);
      return crawl;
    },
    pause: async (id) => {
      if ((await must(id)).state === "running") await records.setState(id, "paused");
      const one = underWay.get(id);
      if (one !== undefined) await pauseNow(one);
      else await holds?.rest(id);
      return must(id);
    },
    resume: async (id) => {
      // One that is just being paused has to be gone first.
      await underWay.get(id)?.left;
      if ((await must(id)).state === "paused") {
        await records.setState(id, "running");
        await launch(id);
      }
      return must(id);
    },
    cancel: async (id) => {
      const one = underWay.get(id);
      if (one !== undefined) await endNow(one);
      if (holds !== undefined && (await must(id)).state === "running") {
        await records.setState(id, "paused");
        await holds.rest(id);
      }
      const { state, pagesDone } = await must(id);
      if (state !== "running" && state !== "paused") return must(id);
      if (pagesDone > 0) await records.stop(id);
      else await records.end(id, "cancelled", "It was cancelled.");
      return must(id);
    },
    left: async (id) => underWay.get(id)?.left,
    close: async () => {
      closing = true;
      await Promise.all([...underWay.values()].map(endNow));
    },
  };
};

const pauseNow = async (one: UnderWay): Promise<void> => {
  one.wanted = "pause";
  one.child.send({ pause: true } satisfies ToCrawl);
  const limit = setTimeout(() => void one.child.end(), pauseWithinMs);
  await one.left;
  clearTimeout(limit);
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
