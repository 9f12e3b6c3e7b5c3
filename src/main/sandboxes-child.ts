import { dirname, join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { AppError } from "#core/errors.ts";
import { startDokploySandbox } from "#sandbox/dokploy/server.ts";
import { startSshSandbox } from "#sandbox/ssh/sandbox.ts";
import { startChild } from "./child.ts";
import { makeCopiesFolder } from "./copies-folder.ts";
import { inDataFolder } from "./data-folder.ts";
import type { SandboxAnswer, SandboxesTold, SandboxQuestion } from "./sandboxes.ts";
import { startThisBotify, type ThisBotify } from "./this-botify.ts";

/** The servers on loopback for those who have none: each starts when it is first asked for. */
const [folder = "", sampleSite] = process.argv.slice(2);

const hearOf = Promise.withResolvers<SandboxesTold>();
const told = hearOf.promise;

/** What all processes have crawled, and a place for copies of it that goes with this process. Crawls from before there was such a place come there. */
const openShared = async (database: string) => {
  const { openCrawlJournal } = await import("#store/postgres/crawl-journal.ts");
  const { crawlsAside, crawlsFolder } = await import("./keep/crawls-elsewhere.ts");
  const { takeCrawlsIn } = await import("#sandbox/botify/move-crawls.ts");
  const journal = await openCrawlJournal(database);
  const at = inDataFolder(dirname(folder));
  await takeCrawlsIn(crawlsFolder(at), journal, crawlsAside(at)).catch((error: unknown) =>
    say({ warning: `crawls of the data folder could not be brought into PostgreSQL: ${error}` }),
  );
  return { journal, copies: makeCopiesFolder() };
};

const seedWithinMs = 15_000;

/** Starts once, and once more after it could not. */
const once = <T>(start: () => Promise<T>): (() => Promise<T>) => {
  let started: Promise<T> | null = null;
  return () => {
    started ??= start().catch((error: unknown) => {
      started = null;
      throw error;
    });
    return started;
  };
};

let opened: ThisBotify | null = null;
const botify = once(async () => {
  const { database } = await told;
  const shared = database === null ? null : await openShared(database);
  const sandbox = await startThisBotify({
    dataDir: shared?.copies ?? join(folder, "botify"),
    journal: shared?.journal ?? null,
    startChild,
    seed: sampleSite === "sample-site",
  });
  opened = sandbox;
  sandbox.faults.callsPerSecond = null;
  // Without its sample site this machine is only a little less useful; nothing else rests on it.
  sandbox.seeded.catch((error: unknown) =>
    say({ warning: `the sample site could not be crawled: ${error}` }),
  );
  return sandbox;
});
const dokploy = once(() => startDokploySandbox({ dataDir: join(folder, "dokploy") }));
const ssh = once(() => startSshSandbox({ dataDir: join(folder, "ssh") }));

const values = {
  botify: async () => {
    const { url, token, seeded } = await botify();
    // Whoever comes first finds something to export; it takes a moment, and nobody waits for long.
    await Promise.race([seeded.catch(() => undefined), wait(seedWithinMs, undefined, { ref: false })]);
    return { baseUrl: url, token };
  },
  dokploy: async () => {
    const { url, apiKey, domainSuffix, proxyPort } = await dokploy();
    return { baseUrl: url, apiKey, domainSuffix, publicPort: String(proxyPort) };
  },
  ssh: async () => {
    const { host, port, user, privateKey, fingerprint } = await ssh();
    return { host, port: String(port), user, privateKey, hostKey: fingerprint };
  },
};

const answer = async (question: SandboxQuestion): Promise<unknown> => {
  if ("values" in question) return values[question.values]();
  if ("letGo" in question) return opened?.crawls.close();
  const { crawls } = await botify();
  if (question.crawl === "begin") return crawls.begin(question.wish);
  if (question.crawl === "lines") return crawls.lines(question.id, question.after);
  return crawls[question.crawl](question.id);
};

const say = (message: SandboxAnswer) => process.send?.(message, () => undefined);

type Message = SandboxesTold | { number: number; question: SandboxQuestion };

process.on("message", async (message: Message) => {
  if ("database" in message) return hearOf.resolve(message);
  const { number, question } = message;
  try {
    say({ number, answer: await answer(question) });
  } catch (error) {
    const { message } = error instanceof Error ? error : new Error(String(error));
    say({ number, refusal: { code: error instanceof AppError ? error.code : "internal", message } });
  }
});
