import { z } from "zod";
import { systemClock } from "#connectors/http/waiting.ts";
import type { Clock } from "#core/clock.ts";
import { AppError } from "#core/errors.ts";
import type { Moments } from "#core/moments.ts";
import { createAsk } from "./ask.ts";
import type { ApiRequest, Botify, JobFilter, ProjectName } from "./botify.ts";
import { dataFields } from "./data-fields.ts";
import { jobAddress, readJob } from "./job.ts";
import { allOf, pages } from "./pages.ts";
import { depthQuery, type JobRequest, type Query } from "./query.ts";
import { accountKey, createBreaksOnly, rateLimitOf } from "./rate-limit.ts";
import {
  analysisRow,
  collectionsAnswer,
  countCell,
  depthCell,
  fieldsAnswer,
  jobAnswer,
  pageOf,
  profileAnswer,
  projectRow,
  queryRow,
} from "./schemas.ts";
import { sharedLimit } from "./shared-limit.ts";

export interface BotifyOptions {
  /** "https://api.botify.com/v1" or a server that speaks the same. */
  baseUrl: URL | string;
  token: string;
  clock?: Clock;
  /** False for a server of one's own, which needs no rest between calls. */
  limited?: boolean;
  /** By which processes that ask for the same account agree on their turns; left out: this one is alone. */
  moments?: Moments | null;
}

const depthTimeLimitMs = 120_000;

/** A client of one account. Throws AppError("bad-input") for a token that no header can carry. */
export const createBotify = ({
  baseUrl,
  token,
  clock = systemClock,
  limited = true,
  moments = null,
}: BotifyOptions): Botify => {
  // Checked here, because undici would put a token with a line break into its own error.
  if (!/^[\x21-\x7e]+$/.test(token)) {
    throw new AppError(
      "bad-input",
      "The token is empty or holds characters that no token has. Copy it again.",
      { field: "token" },
    );
  }
  const base = new URL(`${String(baseUrl).replace(/\/+$/, "")}/`);
  const own = limited ? rateLimitOf(base, token, clock) : createBreaksOnly(clock);
  const rateLimit =
    limited && moments !== null
      ? sharedLimit(own, `botify ${accountKey(base, token)}`, { moments, clock })
      : own;
  const ask = createAsk({ token, clock, rateLimit });
  const address = (parts: readonly string[], params: Params = {}): URL => {
    const url = new URL(parts.map(encodeURIComponent).join("/"), base);
    for (const [name, value] of Object.entries(params))
      if (value !== undefined) url.searchParams.set(name, String(value));
    return url;
  };
  const rowsOf = async function* (at: ProjectName, query: Query, signal: AbortSignal, timeLimitMs: number) {
    yield* pages(ask, signal, queryRow, (page) => ({
      ...queryRequest(at, query, page, 500),
      about: crawlName(at, query),
      timeLimitMs,
    }));
  };
  const queryRequest = ({ org, project }: ProjectName, body: Query, page: number, size: number) => ({
    method: "POST" as const,
    url: address(["projects", org, project, "query"], { page, size }),
    body,
  });
  const jobs = async function* (filter: JobFilter, signal: AbortSignal) {
    const params = {
      project: filter.project,
      analysis: filter.analysis,
      job_type: filter.jobType,
      size: 100,
    };
    const about = filter.project === undefined ? "your jobs" : `the jobs of the project ${filter.project}`;
    for await (const answer of pages(ask, signal, jobAnswer, (page) => ({
      method: "GET",
      url: address(["jobs"], { ...params, page }),
      about,
    }))) {
      yield readJob(answer, base);
    }
  };
  const createJobRequest = (job: JobRequest): ApiRequest => ({
    method: "POST",
    url: address(["jobs"]),
    body: job,
  });

  return {
    baseUrl: base,
    createJobRequest,

    async profile(signal) {
      const answer = await ask(
        {
          method: "GET",
          url: address(["authentication", "profile"]),
          schema: profileAnswer,
          about: "your account",
        },
        signal,
      );
      return { username: answer.data.username };
    },

    async projects(username, signal) {
      const rows = pages(ask, signal, projectRow, (page) => ({
        method: "GET",
        url: address(["projects", username], { page, size: 100 }),
        about: `the user or organisation ${username}`,
      }));
      return (await allOf(rows)).map((row) => ({
        org: row.organization?.slug ?? row.user?.username ?? row.user?.login ?? username,
        project: row.slug,
        name: row.name ?? row.slug,
      }));
    },

    async analyses(at, signal, { unfinished = false } = {}) {
      const rows = pages(ask, signal, analysisRow, (page) => ({
        method: "GET",
        url: address(["analyses", at.org, at.project, "light"], {
          page,
          size: 100,
          only_success: !unfinished,
        }),
        about: projectName(at),
      }));
      return (await allOf(rows)).map((row) => ({
        slug: row.slug,
        friendlyName: row.friendly_name || row.name || null,
        status: row.status ?? null,
        urlsDone: row.urls_done,
        urlsInQueue: row.urls_in_queue,
        launchedAt: row.date_launched ?? row.date_created ?? null,
        finishedAt: row.date_finished ?? null,
        deletedFrom: row.to_be_deleted_at ?? null,
      }));
    },

    async collections(at, signal) {
      const url = address(["projects", at.org, at.project, "collections"]);
      const answer = await ask(
        { method: "GET", url, schema: collectionsAnswer, about: projectName(at) },
        signal,
      );
      return answer.map(({ id, name, date, timestamped }) => ({
        id,
        name: name ?? id,
        date: date ?? null,
        timestamped: timestamped ?? false,
      }));
    },

    async fields(at, collection, signal) {
      const url = address(["projects", at.org, at.project, "collections", collection], { sequenced: false });
      const about = `the collection ${collection} of ${projectName(at)}`;
      return dataFields(await ask({ method: "GET", url, schema: fieldsAnswer, about }, signal), collection);
    },

    async query(at, query, signal, { page = 1, size = 500 } = {}) {
      const answer = await ask(
        { ...queryRequest(at, query, page, size), schema: pageOf(queryRow), about: crawlName(at, query) },
        signal,
      );
      return answer.results;
    },

    async count(at, query, signal) {
      const question = {
        ...queryRequest(at, query, 1, 1),
        schema: pageOf(queryRow),
        about: crawlName(at, query),
      };
      const { results } = await ask(question, signal);
      const count = countCell.safeParse(results[0]?.metrics[0] ?? null);
      if (!count.success)
        throw new AppError(
          "remote-odd",
          `Botify answered the count of ${question.about} with something that is no number.`,
        );
      return count.data;
    },

    async urlsByDepth(at, analysis, signal) {
      const table = new Map<number, number>();
      let withoutDepth = 0;
      for await (const row of rowsOf(at, depthQuery(analysis), signal, depthTimeLimitMs)) {
        const cells = z
          .tuple([depthCell, countCell])
          .safeParse([row.dimensions[0] ?? null, row.metrics[0] ?? null]);
        if (!cells.success)
          throw new AppError(
            "remote-odd",
            `Botify's table of URLs per depth of crawl ${analysis} holds something that is no number.`,
          );
        const [depth, urls] = cells.data;
        if (depth === null) withoutDepth += urls;
        else table.set(depth, (table.get(depth) ?? 0) + urls);
      }
      const depths = [...table].map(([depth, urls]) => ({ depth, urls })).sort((a, b) => a.depth - b.depth);
      return { depths, withoutDepth };
    },

    async createJob(job, signal) {
      const about = projectName({ org: job.payload.username, project: job.payload.project });
      return readJob(await ask({ ...createJobRequest(job), schema: jobAnswer, about }, signal), base);
    },

    async job(idOrUrl, signal) {
      const url = jobAddress(idOrUrl, base);
      const about = `the job ${url.pathname.split("/").findLast((part) => part !== "") ?? idOrUrl}`;
      return readJob(await ask({ method: "GET", url, schema: jobAnswer, about }, signal), base);
    },

    listJobs: (filter, signal) => allOf(jobs(filter, signal)),

    async findJob(filter, fits, signal) {
      for await (const job of jobs(filter, signal)) if (fits(job)) return job;
      return null;
    },
  };
};

type Params = Readonly<Record<string, string | number | boolean | undefined>>;

const projectName = ({ org, project }: ProjectName): string => `the project ${org}/${project}`;

const crawlName = (at: ProjectName, query: Query): string => {
  const crawls = query.collections
    .filter((id) => id.startsWith("crawl."))
    .map((id) => id.slice("crawl.".length));
  return crawls.length === 0 ? projectName(at) : `the crawl ${crawls.join(" and ")} of ${projectName(at)}`;
};
