import type { Job } from "./job.ts";
import type { JobRequest, Query } from "./query.ts";

export interface ApiRequest {
  method: "GET" | "POST";
  url: URL;
  body?: unknown;
}

/** An organisation (or user) and one of its projects, as Botify writes them in addresses. */
export interface ProjectName {
  org: string;
  project: string;
}

export interface Project extends ProjectName {
  name: string;
}

export interface Analysis {
  /** "20240301", or "20240301-2" for the second of a day. */
  slug: string;
  friendlyName: string | null;
  /** "success" when it is complete. */
  status: string | null;
  urlsDone: number | null;
  /** Known by its end and not read, because it was to end before. */
  urlsInQueue: number | null;
  /** Botify's own texts, mostly ISO 8601. */
  launchedAt: string | null;
  finishedAt: string | null;
  deletedFrom: string | null;
}

export interface Collection {
  /** "crawl.20240301", "search_console", "logs", … */
  id: string;
  name: string;
  date: string | null;
  timestamped: boolean;
}

export interface DataField {
  /** Without its collection: "metadata.title.content". */
  id: string;
  name: string;
  /** Botify's own word; `fieldType` of filter.ts reads it. */
  type: string | null;
  group: string;
  /** Holds several values per URL, such as H1. */
  multiple: boolean;
}

export interface DepthTable {
  /** Shallowest first; a depth without URLs is absent. */
  depths: { depth: number; urls: number }[];
  /** URLs that no click leads to (known from sitemaps, …): any limit on depth leaves them out. */
  withoutDepth: number;
}

export interface Row {
  dimensions: unknown[];
  metrics: unknown[];
}

export interface JobFilter {
  project?: string;
  analysis?: string;
  jobType?: string;
}

/**
 * Botify's API, version 1 (its Swagger, and developers.botify.com). Every call obeys its signal and ends within 60 s (120 s for depths)
 * of its turn; all clients of an account share 5 requests per second, and 429 is waited out a few times.
 * Throws AppError: "remote-refused" (401, 403, 400), "not-found" (404), "remote-busy" (429), "remote-failed" (5xx),
 * "remote-odd" (an answer we do not understand), "unreachable", "timed-out", "cancelled". The token is in none of them.
 */
export interface Botify {
  /** The API's address, ending in a slash. */
  readonly baseUrl: URL;
  /** Who the token belongs to. */
  profile(signal: AbortSignal): Promise<{ username: string }>;
  /** All projects of a user or organisation. */
  projects(username: string, signal: AbortSignal): Promise<Project[]>;
  /** All crawls, newest first as Botify gives them; `unfinished` brings those that are not complete too. */
  analyses(at: ProjectName, signal: AbortSignal, options?: { unfinished?: boolean }): Promise<Analysis[]>;
  collections(at: ProjectName, signal: AbortSignal): Promise<Collection[]>;
  /** The data model of a collection, without deprecated fields. */
  fields(at: ProjectName, collection: string, signal: AbortSignal): Promise<DataField[]>;
  /** One page of rows; Botify gives at most 2,000 per page. */
  query(
    at: ProjectName,
    query: Query,
    signal: AbortSignal,
    page?: { page?: number; size?: number },
  ): Promise<Row[]>;
  /** The single number that a `countQuery` asks for. */
  count(at: ProjectName, query: Query, signal: AbortSignal): Promise<number>;
  urlsByDepth(at: ProjectName, analysis: string, signal: AbortSignal): Promise<DepthTable>;
  /** The call that `createJob` makes, to show it to a person before. */
  createJobRequest(job: JobRequest): ApiRequest;
  /** Makes a new job each time, which costs credits: Botify knows no idempotency key. After a lost answer look with `findJob` first. */
  createJob(job: JobRequest, signal: AbortSignal): Promise<Job>;
  /** By id or by job_url; an address on another origin is refused. */
  job(idOrUrl: string, signal: AbortSignal): Promise<Job>;
  listJobs(filter: JobFilter, signal: AbortSignal): Promise<Job[]>;
  /** The first job in Botify's order that fits; asks no further page than needed. */
  findJob(filter: JobFilter, fits: (job: Job) => boolean, signal: AbortSignal): Promise<Job | null>;
}
