/** Where a pair is asked: an organisation, one of its projects, a finished crawl of it, and a job. */
export interface Place {
  org: string;
  project: string;
  analysis: string;
  job: string;
}

/** A request of ours and the answer that we assume. Nobody of us has an account: what is known stands in Botify's documents and in public clients. */
export interface Assumed {
  name: string;
  method: "GET" | "POST";
  /** Below the API's address. */
  path(at: Place): string;
  body?(at: Place): unknown;
  status: number;
  /** What is read of the answer, by example; `either` where sources disagree. More in a real answer is no difference. */
  answer: unknown;
  /** It makes a job, which costs credits. */
  costs?: true;
}

/** Values of one of these kinds. */
export class Either {
  readonly examples: readonly unknown[];
  constructor(examples: readonly unknown[]) {
    this.examples = examples;
  }
}
const either = (...examples: unknown[]) => new Either(examples);
const maybe = (example: unknown) => either(example, null, undefined);

const crawl = ({ analysis }: Place) => `crawl.${analysis}`;
const project = ({ org, project: slug }: Place) => `${encodeURIComponent(org)}/${encodeURIComponent(slug)}`;
const page = (row: unknown) => ({ results: [row], next: maybe("https://api.botify.com/v1/…?page=2") });
const row = (dimensions: unknown[], metrics: unknown[]) => page({ dimensions, metrics });

const job = {
  job_id: either(3658303, "3658303"),
  job_url: maybe("/v1/jobs/3658303"),
  job_status: "CREATED",
  job_type: maybe("export"),
  date_created: maybe("2026-01-01T00:00:00Z"),
};

/** Only URLs of depth 0: the start page, one row and one credit. */
const tinyQuery = (at: Place) => ({
  collections: [crawl(at)],
  query: {
    dimensions: [`${crawl(at)}.url`],
    metrics: [],
    filters: { field: `${crawl(at)}.depth`, predicate: "lte", value: 0 },
    sort: [{ field: `${crawl(at)}.url`, order: "asc" }],
  },
});

export const assumed: readonly Assumed[] = [
  {
    name: "who the token belongs to",
    method: "GET",
    path: () => "authentication/profile",
    status: 200,
    answer: { data: { username: "jane.doe" } },
  },
  {
    name: "the projects of a user or organisation",
    method: "GET",
    path: ({ org }) => `projects/${encodeURIComponent(org)}?page=1&size=100`,
    status: 200,
    answer: page({ slug: "shop.example", name: maybe("Shop"), organization: maybe({ slug: "acme" }) }),
  },
  {
    name: "the crawls of a project",
    method: "GET",
    path: (at) => `analyses/${project(at)}/light?page=1&size=100&only_success=false`,
    status: 200,
    answer: page({
      slug: "20240301",
      status: maybe("success"),
      urls_done: either("1200", 1200, null, undefined),
      urls_in_queue: either("0", 0, null, undefined),
      date_finished: maybe("2024-03-01T00:00:00Z"),
    }),
  },
  {
    name: "the collections of a project",
    method: "GET",
    path: (at) => `projects/${project(at)}/collections`,
    status: 200,
    answer: [{ id: "crawl.20240301", name: maybe("2024 Mar. 1st"), timestamped: maybe(false) }],
  },
  {
    name: "the data model of a crawl",
    method: "GET",
    path: (at) => `projects/${project(at)}/collections/${encodeURIComponent(crawl(at))}?sequenced=false`,
    status: 200,
    answer: {
      datasets: [{ fields: [{ id: "crawl.20240301.url", type: maybe("string"), multiple: maybe(false) }] }],
    },
  },
  {
    name: "URLs by depth",
    method: "POST",
    path: (at) => `projects/${project(at)}/query?page=1&size=500`,
    body: (at) => ({
      collections: [crawl(at)],
      query: {
        dimensions: [`${crawl(at)}.depth`],
        metrics: [{ field: `${crawl(at)}.count_urls_crawl` }],
        sort: [{ field: `${crawl(at)}.depth`, order: "asc" }],
      },
    }),
    status: 200,
    answer: row([either(0, null)], [either(10, "10")]),
  },
  {
    name: "how many URLs up to a depth",
    method: "POST",
    path: (at) => `projects/${project(at)}/query?page=1&size=1`,
    body: (at) => ({
      collections: [crawl(at)],
      query: {
        dimensions: [],
        metrics: [{ function: "count", args: [`${crawl(at)}.url`] }],
        filters: { field: `${crawl(at)}.depth`, predicate: "lte", value: 3 },
      },
    }),
    status: 200,
    answer: row([], [either(10, "10")]),
  },
  {
    name: "a query with a field that there is not",
    method: "POST",
    path: (at) => `projects/${project(at)}/query?page=1&size=1`,
    body: (at) => ({
      collections: [crawl(at)],
      query: { dimensions: [`${crawl(at)}.no_such_field`], metrics: [] },
    }),
    status: 400,
    answer: {
      error: { message: maybe("Field does not exist"), error_code: either("1029", 1029, null, undefined) },
    },
  },
  {
    name: "a project that there is not",
    method: "GET",
    path: ({ org }) => `analyses/${encodeURIComponent(org)}/no-such-project-milepost/light`,
    status: 404,
    answer: {
      error: { message: maybe("Project not found"), error_code: either("1010", 1010, null, undefined) },
    },
  },
  {
    name: "the export jobs of a project",
    method: "GET",
    path: ({ project: slug }) => `jobs?project=${encodeURIComponent(slug)}&job_type=export&size=100&page=1`,
    status: 200,
    answer: { results: either([job], []), next: maybe("…") },
  },
  {
    name: "an export of one row",
    method: "POST",
    path: () => "jobs",
    body: (at) => ({
      job_type: "export",
      payload: {
        username: at.org,
        project: at.project,
        connector: "direct_download",
        formatter: "csv",
        formatter_config: { print_header: true, print_delimiter: false, header_format: "slug" },
        export_size: 10,
        export_job_name: "Milepost tries its assumptions",
        query: tinyQuery(at),
      },
    }),
    status: 201,
    answer: { ...job, results: either(null, undefined, {}) },
    costs: true,
  },
  {
    name: "the job of that export, once it is done",
    method: "GET",
    path: ({ job: id }) => `jobs/${encodeURIComponent(id)}`,
    status: 200,
    answer: { ...job, job_status: "DONE", results: { download_url: "https://…/export.csv.gz" } },
    costs: true,
  },
];
