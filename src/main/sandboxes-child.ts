import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { AppError } from "#core/errors.ts";
import { startDokploySandbox } from "#sandbox/dokploy/server.ts";
import { startSshSandbox } from "#sandbox/ssh/sandbox.ts";
import { startChild } from "./child.ts";
import type { SandboxAnswer, SandboxQuestion } from "./sandboxes.ts";
import { startThisBotify } from "./this-botify.ts";

/** The servers on loopback for those who have none: each starts when it is first asked for. */
const [folder = "", sampleSite] = process.argv.slice(2);

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

const botify = once(async () => {
  const sandbox = await startThisBotify({
    dataDir: join(folder, "botify"),
    startChild,
    seed: sampleSite === "sample-site",
  });
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
  const { crawls } = await botify();
  if (question.crawl === "begin") return crawls.begin(question.wish);
  if (question.crawl === "lines") return crawls.lines(question.id, question.after);
  return crawls[question.crawl](question.id);
};

const say = (message: SandboxAnswer) => process.send?.(message, () => undefined);

process.on("message", async ({ number, question }: { number: number; question: SandboxQuestion }) => {
  try {
    say({ number, answer: await answer(question) });
  } catch (error) {
    const { message } = error instanceof Error ? error : new Error(String(error));
    say({ number, refusal: { code: error instanceof AppError ? error.code : "internal", message } });
  }
});
