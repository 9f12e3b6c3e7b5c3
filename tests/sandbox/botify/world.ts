import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { onTestFinished } from "vitest";
import { z } from "zod";
import type { Crawl, Crawls, CrawlWish } from "#core/crawl.ts";
import type { CrawlJournal } from "#core/crawl-journal.ts";
import { startChild } from "#main/child.ts";
import { startThisBotify } from "#main/this-botify.ts";
import { addSynthetic } from "./synthetic.ts";

const newFolder = () => mkdtemp(join(tmpdir(), "milepost-botify-sandbox-"));

/** Gone at the test's end. */
export const folder = async (): Promise<string> => {
  const path = await newFolder();
  onTestFinished(() => rm(path, { recursive: true, force: true }));
  return path;
};

/** A site for one test, on loopback; remembers what was asked of it. */
export const serveSite = async (
  answer: RequestListener,
): Promise<{ origin: string; host: string; asked: { path: string; at: number; agent: string }[] }> => {
  const asked: { path: string; at: number; agent: string }[] = [];
  const server = createServer((request, response) => {
    const agent = request.headers["user-agent"] ?? "";
    asked.push({ path: request.url ?? "", at: performance.now(), agent });
    answer(request, response);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { origin: `http://${host}`, host, asked };
};

/** Without `seed` there is no sample site's analysis, and the start is quick. */
export const openSandbox = async (
  options: { dataDir?: string; seed?: boolean; now?: () => number; journal?: CrawlJournal } = {},
) => {
  const dataDir = options.dataDir ?? (await newFolder());
  const sandbox = await startThisBotify({ seed: false, startChild, ...options, dataDir });
  let open = true;
  const close = async () => {
    if (!open) return;
    open = false;
    await sandbox.close();
    if (options.dataDir === undefined) await rm(dataDir, { recursive: true, force: true });
  };
  sandbox.faults.callsPerSecond = null;
  await sandbox.seeded;
  return {
    ...sandbox,
    ...clientOf(sandbox.url, sandbox.token),
    ...crawlsOf(sandbox.crawls),
    addSynthetic: (project: string, rows: number) => addSynthetic(dataDir, project, rows),
    dataDir,
    close,
  };
};
export type Sandbox = Awaited<ReturnType<typeof openSandbox>>;

/** The same, and closed at the test's end. */
export const openSandboxForTest = async (options: Parameters<typeof openSandbox>[0] = {}) => {
  const sandbox = await openSandbox(options);
  onTestFinished(sandbox.close);
  return sandbox;
};

const jobAnswer = z.looseObject({
  job_id: z.union([z.int(), z.string()]),
  job_url: z.string(),
  job_status: z.string(),
  results: z.object({ download_url: z.string() }).nullable(),
});
const queryAnswer = z.looseObject({
  results: z.array(z.object({ dimensions: z.array(z.unknown()), metrics: z.array(z.unknown()) })),
  next: z.string().nullable(),
});

const until = async <T>(look: () => Promise<T>, is: (value: T) => boolean): Promise<T> => {
  for (;;) {
    const value = await look();
    if (is(value)) return value;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
};

const crawlsOf = (crawls: Crawls) => ({
  crawl: (id: number): Promise<Crawl> => crawls.get(id),
  beginCrawl: (wish: CrawlWish): Promise<Crawl> => crawls.begin(wish),
  crawled: (id: number): Promise<Crawl> =>
    until(
      () => crawls.get(id),
      ({ state }) => state !== "running",
    ),
});

/** Speaks to the server as a program in any language would. */
export const clientOf = (url: string, token: string) => {
  const ask = async (path: string, body?: unknown, method = body === undefined ? "GET" : "POST") => {
    const answer = await fetch(path.startsWith("http") ? path : `${url}${path}`, {
      method,
      headers: { authorization: `Token ${token}`, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: answer.status, body: (await answer.json()) as unknown };
  };
  const job = async (id: number | string) => jobAnswer.parse((await ask(`/jobs/${id}`)).body);
  const order = async (payload: JobPayload) => ask("/jobs", jobOf(payload));
  return {
    ask,
    until,
    job,
    order,
    jobEnded: async (payload: JobPayload) => {
      const { job_id: id } = jobAnswer.parse((await order(payload)).body);
      return until(
        () => job(id),
        ({ job_status: status }) => ["DONE", "FAILED"].includes(status),
      );
    },
    /** The rows of a query, or the refusal. */
    rows: async (project: string, analysis: string, query: object, params = "") => {
      const collections = [`crawl.${analysis}`];
      const { status, body } = await ask(`/projects/this-machine/${project}/query${params}`, {
        collections,
        query: { dimensions: [], metrics: [], ...query },
      });
      if (status !== 200) throw new Error(JSON.stringify(body));
      return queryAnswer.parse(body).results;
    },
  };
};

interface JobPayload {
  project: string;
  analysis: string;
  query: object;
  size?: number;
  config?: object;
  extra?: object;
}

const jobOf = ({ project, analysis, query, size = 1_000_000, config, extra }: JobPayload) => ({
  job_type: "export",
  payload: {
    username: "this-machine",
    project,
    connector: "direct_download",
    formatter: "csv",
    export_size: size,
    ...(config === undefined ? {} : { formatter_config: config }),
    ...(extra === undefined ? {} : { extra_config: extra }),
    query: { collections: [`crawl.${analysis}`], query: { dimensions: [], metrics: [], ...query } },
  },
});

export const download = async (url: string, headers: Record<string, string> = {}) => {
  const answer = await fetch(url, { headers });
  return {
    status: answer.status,
    headers: answer.headers,
    bytes: Buffer.from(await answer.arrayBuffer()),
  };
};

export const textOf = (bytes: Buffer): string => gunzipSync(bytes).toString("utf8");

export const html = (title: string, ...links: string[]): string =>
  `<!doctype html><title>${title}</title>${links.map((link) => `<a href="${link}">x</a>`).join("")}`;
