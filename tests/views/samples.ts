import type { Connection } from "#core/connection.ts";
import type { FeedEvent, LogLine } from "#core/event.ts";
import type { Export } from "#core/exports.ts";
import type { Form } from "#core/form.ts";
import type { RunPicture, RunSummary, StepPicture } from "#core/picture.ts";
import type { RunState } from "#core/states.ts";
import { runVerbs } from "#core/urls.ts";

/** Plain data of every state, for tests and the gallery. `now` is a fixed instant: nothing here looks at a clock. */
export const now = Date.UTC(2026, 2, 1, 14, 5, 9);
export const evil = `<img src=x onerror=alert(1)>`;
const long =
  "https://www.example.com/a/very/long/path/that/goes/on/and/on/for/ever/and/never/ends/because/nobody/told/it/to.html";

export const step = (number: number, title: string, more: Partial<StepPicture> = {}): StepPicture => ({
  id: `step-${number}`,
  number,
  kind: "do",
  title,
  state: "pending",
  attempt: 0,
  startedAt: null,
  endedAt: null,
  activeMs: 0,
  progress: null,
  share: null,
  substeps: [],
  detail: null,
  form: null,
  error: null,
  waiting: null,
  skippable: null,
  mayRewind: false,
  maySkip: false,
  mayRetry: false,
  ...more,
});

export const done = (number: number, title: string, more: Partial<StepPicture> = {}): StepPicture =>
  step(number, title, {
    state: "completed",
    attempt: 1,
    startedAt: now - 200_000,
    endedAt: now - 190_000,
    activeMs: 1200,
    mayRewind: true,
    ...more,
  });

const may = (...verbs: readonly (typeof runVerbs)[number][]): RunPicture["may"] =>
  Object.fromEntries(runVerbs.map((verb) => [verb, verbs.includes(verb)])) as RunPicture["may"];

const line = (n: number, text: string, level: LogLine["level"] = "info"): LogLine => ({
  n,
  at: now - 60_000 + n * 900,
  stepId: "step-5",
  attempt: 1,
  level,
  text,
});

const log: readonly LogLine[] = [
  line(1, "GET /v1/analyses/botify-org/example.com/light?page=1"),
  line(2, "200 in 0.31 s, 12 analyses"),
  line(3, "POST /v1/jobs"),
  line(4, "201 in 0.52 s, job 184467"),
  line(5, `The other side asked for a pause of 2 s (429)`, "warn"),
  line(6, `Title of a page: ${evil}`),
  line(7, `${long}?a=1&b=2`, "error"),
  ...Array.from({ length: 40 }, (_, at) => line(8 + at, `GET /v1/jobs/184467: PROCESSING (look ${at + 1})`)),
];

const event = (n: number, body: object): FeedEvent =>
  ({ runId: "r1", n, at: now - 200_000 + n * 4000, ...body }) as FeedEvent;

export const events: readonly FeedEvent[] = [
  event(1, { type: "run.created", by: "admin" }),
  event(2, { type: "run.state", from: "queued", to: "running" }),
  event(3, { type: "step.state", stepId: "step-1", from: "pending", to: "asking", attempt: 1 }),
  event(4, {
    type: "step.state",
    stepId: "step-1",
    from: "asking",
    to: "completed",
    attempt: 1,
    detail: evil,
  }),
  event(5, {
    type: "step.retry",
    stepId: "step-5",
    code: "unreachable",
    message: "The server did not answer.",
    attempt: 1,
    nextAt: now,
  }),
  event(6, { type: "step.look", stepId: "step-6", word: "PROCESSING", looks: 14, nextAt: now }),
];

const steps: readonly StepPicture[] = [
  done(1, "Which project?", { kind: "ask", detail: "botify-org / example.com" }),
  done(2, "Which crawl?", { kind: "ask", detail: "1 March 2026, 29,114 URLs" }),
  done(3, "How deep?", { kind: "ask", detail: "Depth 5: 28,903 of 29,114 URLs" }),
  done(4, "Which columns?", { kind: "ask", detail: "url, title, description, h1 and 3 more; 2 filters" }),
  done(5, "Start the export", { activeMs: 520, detail: "Job 184467 was started for 28,903 rows" }),
  step(6, "Botify prepares the file", {
    kind: "wait",
    state: "waiting",
    attempt: 1,
    startedAt: now - 124_000,
    waiting: { for: "look", word: "PROCESSING", since: now - 124_000, nextAt: now + 12_000, looks: 14 },
  }),
  step(7, "Save the file", { skippable: "The file stays on the other side and is not saved here." }),
  step(8, "Unpack and check"),
];

export const picture = (more: Partial<RunPicture> = {}): RunPicture => ({
  id: "r1",
  workflowId: "botify-export",
  title: "Export URLs from Botify",
  subject: "botify-org / example.com · crawl of 1 March 2026",
  state: "waiting",
  version: 42,
  lastEvent: 61,
  createdAt: now - 205_000,
  createdBy: "admin",
  startedAt: now - 201_000,
  endedAt: null,
  changedAt: now - 800,
  percent: 42,
  timeLeft: { lowMs: 190_000, highMs: 300_000, runs: 14 },
  firstRuns: false,
  wish: null,
  may: may("pause", "cancel"),
  error: null,
  cancel: null,
  recovery: null,
  finalizedAt: null,
  steps,
  outcome: null,
  export: null,
  log,
  history: events,
  ...more,
});

export const exportRow = (more: Partial<Export> = {}): Export => ({
  id: "e1",
  provider: "botify",
  connectionId: "c1",
  org: "botify-org",
  project: "example.com",
  analysis: "20260301",
  title: "URLs of example.com",
  queryHash: "5f2c",
  query: {},
  status: "ready",
  remoteStatus: "DONE",
  jobId: "184467",
  jobUrl: null,
  downloadUrl: null,
  ownerRunId: "r1",
  filePath: "botify/botify-org/example.com/20260301/urls-5f2c.csv",
  fileName: "example.com-20260301-urls.csv",
  sizeBytes: 29_114_302,
  rows: 28_901,
  expectedRows: 28_903,
  sha256: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
  header: ["url", "title", "description", "h1", "http_code", "depth"],
  preview: Array.from({ length: 50 }, (_, at) => [
    at === 3 ? `${long}?page=${at}` : `https://www.example.com/page-${at}`,
    at === 1 ? evil : `Page number ${at}, with “quotes”, commas`,
    "",
    `Heading ${at}`,
    "200",
    String(1 + (at % 5)),
  ]),
  error: null,
  createdAt: now - 300_000,
  postedAt: now - 290_000,
  readyAt: now - 60_000,
  deletedAt: null,
  updatedAt: now - 60_000,
  ...more,
});

/** A form with every kind of field there is. */
export const everyField: Form = {
  submit: "Go on",
  buttons: [
    { does: "redraw", value: "count", label: "Count the rows" },
    { does: "answer", value: "none", label: "Without filters" },
  ],
  fields: [
    { kind: "note", tone: "info", text: "Counting costs nothing; the export itself costs one credit a row." },
    {
      kind: "text",
      name: "project",
      label: "Project address",
      help: "Any page of the project at app.botify.com.",
      placeholder: "https://app.botify.com/org/project",
      required: true,
      inputMode: "url",
      suggestions: ["https://app.botify.com/botify-org/example.com"],
    },
    {
      kind: "text",
      name: "find",
      label: "Find a field",
      inputMode: "search",
      button: { does: "redraw", value: "find", label: "Search" },
    },
    { kind: "text", name: "remark", label: "Remark", multiline: true, value: `Two lines\nand ${evil}` },
    {
      kind: "number",
      name: "limit",
      label: "At most",
      unit: "rows",
      min: 1,
      max: 1_000_000,
      value: "1000000",
      help: "Of each kind.",
    },
    {
      kind: "choice",
      name: "analysis",
      label: "Which crawl?",
      value: "20260301",
      columns: ["Crawl", "Status", "URLs"],
      help: "The newest finished one is chosen.",
      options: [
        {
          value: "20260301",
          label: "1 March 2026",
          cells: ["finished", "29,114"],
          marks: ["newest", "downloaded"],
        },
        { value: "20260201", label: "1 February 2026", cells: ["finished", "28,630"] },
        { value: "20260101", label: evil, cells: ["failed", "0"], disabled: "This crawl failed." },
      ],
    },
    {
      kind: "choice",
      name: "template",
      label: "Start from",
      value: "basic",
      options: [
        { value: "basic", label: "Basic crawl", marks: ["usual"] },
        { value: "graph", label: "Link graph" },
      ],
    },
    {
      kind: "many",
      name: "columns",
      label: "Columns",
      values: ["title", "h1"],
      options: [
        { value: "url", label: "URL", disabled: "Always there" },
        { value: "title", label: "Title", cells: ["metadata.title.content"] },
        { value: "h1", label: "First heading", cells: ["metadata.h1.contents"], marks: ["usual"] },
        ...Array.from({ length: 24 }, (_, at) => ({
          value: `more-${at}`,
          label: `Further field ${at}`,
          cells: [`segment.field_${at}`],
        })),
      ],
    },
    {
      kind: "group",
      legend: "Filters",
      help: "All of them must be true.",
      buttons: [{ does: "redraw", value: "add", label: "Add a filter" }],
      fields: [
        {
          kind: "row",
          buttons: [{ does: "redraw", value: "remove-0", label: "Remove" }],
          fields: [
            {
              kind: "select",
              name: "field-0",
              label: "Field",
              value: "depth",
              options: [
                { value: "depth", label: "Depth" },
                { value: "code", label: "HTTP code", disabled: "not in this crawl" },
              ],
            },
            {
              kind: "select",
              name: "is-0",
              label: "Is",
              options: [{ value: "lte", label: "at most" }],
              help: "Compared as numbers.",
            },
            { kind: "number", name: "value-0", label: "Value", value: "5" },
          ],
        },
      ],
    },
    {
      kind: "group",
      legend: "More options",
      open: false,
      fields: [
        {
          kind: "checkbox",
          name: "anew",
          label: "Export anew",
          help: "Even if the same file is here.",
          checked: true,
        },
      ],
    },
    { kind: "hidden", name: "draft", value: evil },
    {
      kind: "table",
      caption: "URLs by depth",
      head: ["Depth", "URLs", "Total"],
      rows: [
        ["0", "1", "1"],
        ["1", "120", "121"],
        ["2", "8,410", "8,531"],
      ],
    },
    {
      kind: "facts",
      label: "What it costs",
      facts: [
        { label: "Rows", value: "28,903" },
        { label: "Credits", value: "28,903" },
      ],
    },
    {
      kind: "code",
      label: "The request as cURL",
      text: `curl -X POST https://api.botify.com/v1/jobs \\\n  -H 'Authorization: Token ••••' \\\n  -d '{"job_type":"export"}'`,
    },
    { kind: "note", tone: "warning", text: "211 URLs have no depth and are left out." },
    { kind: "note", tone: "danger", text: evil },
    { kind: "note", tone: "success", text: "The same file was exported yesterday." },
  ],
};

const asking = (form: Form): RunPicture =>
  picture({
    state: "asking",
    timeLeft: null,
    percent: 0,
    may: may("cancel", "pause"),
    log: [],
    steps: steps.map((one) =>
      one.number < 4
        ? one
        : one.number === 4
          ? step(4, "Which columns?", {
              kind: "ask",
              state: "asking",
              attempt: 1,
              startedAt: now - 45_000,
              form,
            })
          : step(one.number, one.title, { kind: one.kind }),
    ),
  });

const botTitles = [
  "SSH connection check",
  "Bot name collision check",
  "Home directory creation",
  "Template file copy",
  "Register in agents.list",
  "Telegram Bot binding",
  "auth-profiles.json symlink creation",
  "OpenClaw config file write",
  "Agent config file creation",
  "Gateway restart",
  "Startup verification (log monitoring)",
  "Dev directory creation",
  "TOOLS.md generation",
  "Symlink final verification",
  "Gateway restart wait",
  "Completion notification",
];

const downloading: Partial<StepPicture> = {
  state: "running",
  attempt: 2,
  startedAt: now - 7000,
  share: 0.42,
  progress: { done: 12_300_000, total: 29_100_000, what: "Downloading", unit: "bytes", perSecond: 4_200_000 },
};

/** A run in each state that a person can meet. */
export const pictures = {
  waiting: picture(),
  running: picture({
    state: "running",
    percent: 81,
    recovery: {
      at: now - 9000,
      lastSignAt: now - 95_000,
      stepId: "step-7",
      checked: "12.3 MB of the file were saved.",
      outcome: "again",
      because:
        "The download goes on where it stopped; the whole file is checked against its hash at the end.",
    },
    steps: steps.map((one) =>
      one.number === 6
        ? done(6, one.title, { kind: "wait", activeMs: 128_000 })
        : one.number === 7
          ? { ...one, ...downloading, maySkip: true }
          : one,
    ),
  }),
  substeps: picture({
    title: "Cellphone Store CRM",
    subject: "Generate an application",
    state: "running",
    percent: 65,
    timeLeft: null,
    firstRuns: true,
    wish: "pause",
    steps: [
      done(1, "Create database tables"),
      step(2, "Generate application UI", {
        state: "running",
        attempt: 1,
        startedAt: now - 61_000,
        substeps: [
          { name: "Customer list", state: "completed" },
          { name: "Product list", state: "failed" },
          { name: "Sales form", state: "running" },
          { name: "Repair board", state: "pending" },
        ],
      }),
      step(3, "Add search and filters"),
      step(4, "Configure workflows"),
    ],
  }),
  retrying: picture({
    state: "waiting",
    steps: steps.map((one) =>
      one.number === 6
        ? {
            ...one,
            attempt: 2,
            error: {
              code: "unreachable",
              message: "api.botify.com did not answer within 10 s.",
              detail: null,
              field: null,
            },
            waiting: {
              for: "retry",
              word: "api.botify.com did not answer within 10 s.",
              since: now - 3000,
              nextAt: now + 5000,
              looks: 0,
            },
          }
        : one,
    ),
  }),
  queued: picture({
    state: "queued",
    startedAt: null,
    percent: 0,
    steps: steps.map((one) => step(one.number, one.title, { kind: one.kind })),
    log: [],
    history: [],
    timeLeft: null,
  }),
  asking: asking(everyField),
  paused: picture({ state: "paused", may: may("resume", "cancel", "undo") }),
  cancelling: picture({
    state: "waiting",
    wish: "cancel",
    may: may("pause"),
    cancel: {
      askedAt: now - 2400,
      by: "admin",
      stepId: "step-6",
      signalledAt: now - 2300,
      confirmedAt: null,
      unconfirmed: null,
      note: null,
    },
  }),
  cancelled: picture({
    state: "cancelled",
    endedAt: now - 1000,
    may: may("undo", "rewind"),
    cancel: {
      askedAt: now - 4400,
      by: "admin",
      stepId: "step-6",
      signalledAt: now - 4300,
      confirmedAt: now - 2100,
      unconfirmed: null,
      note: "The job at Botify cannot be stopped; it ends by itself and its file is not fetched.",
    },
  }),
  unconfirmed: picture({
    state: "cancelled",
    endedAt: now - 1000,
    may: may("undo"),
    cancel: {
      askedAt: now - 9400,
      by: "admin",
      stepId: "step-6",
      signalledAt: now - 9300,
      confirmedAt: null,
      unconfirmed: "node1 did not answer within 5 s; the command may still be running there.",
      note: null,
    },
  }),
  failed: picture({
    title: "Create a bot",
    subject: `node1 / ${evil}`,
    state: "failed",
    endedAt: now - 30_000,
    percent: 56,
    may: may("retry", "rewind", "undo", "cancel"),
    error: {
      code: "remote-failed",
      message: "The gateway did not start: port 18789 is in use by another program.",
      detail: `$ systemctl --user restart gateway\nJob for gateway.service failed.\n${evil}`,
      field: null,
      stepId: "step-10",
    },
    steps: botTitles.map((title, at) =>
      at < 9
        ? done(at + 1, title, { activeMs: 300 + at * 210 })
        : at === 9
          ? step(10, title, {
              state: "failed",
              attempt: 3,
              activeMs: 4100,
              mayRetry: true,
              maySkip: true,
              skippable: "The bot is there but answers nobody until the gateway is restarted by hand.",
              error: { code: "remote-failed", message: "port in use", detail: null, field: null },
            })
          : step(at + 1, title),
    ),
  }),
  completed: picture({
    state: "completed",
    percent: 100,
    endedAt: now - 50_000,
    may: may("finalize", "undo", "rewind"),
    outcome: {
      sentence: "28,901 URLs of example.com are saved.",
      exportId: "e1",
      facts: [{ label: "Credits spent", value: "28,903" }],
      links: [
        { label: "Open the project at Botify", href: "https://app.botify.com/botify-org/example.com" },
        { label: "No link", href: "javascript:alert(1)" },
      ],
    },
    export: exportRow(),
    recovery: {
      at: now - 150_000,
      lastSignAt: now - 180_000,
      stepId: "step-5",
      checked: "The job 184467 is in the list of jobs.",
      outcome: "found",
      because: "The job was already there, so none was started again.",
    },
    steps: steps.map((one) =>
      one.number < 6
        ? one
        : one.number === 8
          ? step(8, one.title, { state: "skipped", detail: "It was not packed." })
          : done(one.number, one.title, { kind: one.kind, activeMs: 64_000, detail: "29.1 MB in 6.9 s" }),
    ),
  }),
  finalized: picture({
    state: "completed",
    percent: 100,
    endedAt: now - 50_000,
    finalizedAt: now - 9000,
    may: may("unlock"),
    steps: steps.map((one) => done(one.number, one.title, { kind: one.kind, mayRewind: false })),
    outcome: { sentence: "The bot answers." },
  }),
  undone: picture({
    state: "undone",
    endedAt: now - 5000,
    may: may(),
    steps: steps.map((one) =>
      one.number < 6
        ? step(one.number, one.title, { state: "undone" })
        : one.number === 6
          ? step(6, one.title)
          : one,
    ),
  }),
  undoing: picture({ state: "undoing", may: may(), timeLeft: null }),
} as const satisfies Record<string, RunPicture>;

export const summary = (state: RunState, more: Partial<RunSummary> = {}): RunSummary => ({
  id: `run-${state}`,
  workflowId: "botify-export",
  title: "Export URLs from Botify",
  subject: "botify-org / example.com · crawl of 1 March 2026",
  state,
  percent: state === "completed" ? 100 : 42,
  now: "Step 6 of 8: Botify prepares the file",
  createdAt: now - 205_000,
  startedAt: state === "queued" ? null : now - 201_000,
  endedAt: ["completed", "failed", "cancelled", "undone"].includes(state) ? now - 50_000 : null,
  changedAt: now - 800,
  error: state === "failed" ? "The gateway did not start: port 18789 is in use by another program." : null,
  ...more,
});

export const connections: readonly Connection[] = [
  {
    id: "c0",
    kind: "botify",
    name: "This machine",
    values: { url: "http://127.0.0.1:41234" },
    builtIn: true,
    createdAt: now - 9e7,
    lastTest: {
      ok: true,
      sentence: "Signed in as you.",
      latencyMs: 12,
      facts: [{ label: "Projects", value: "1" }],
      at: now - 60_000,
    },
  },
  {
    id: "c1",
    kind: "botify",
    name: evil,
    values: { url: "https://api.botify.com" },
    builtIn: false,
    createdAt: now - 9e7,
    lastTest: {
      ok: false,
      sentence: "The token was refused (401). Copy it again from app.botify.com/account.",
      latencyMs: 310,
      facts: [],
      at: now - 3_600_000,
    },
  },
  {
    id: "c2",
    kind: "ssh",
    name: "node1",
    values: { host: "node1.lan", user: "deploy" },
    builtIn: false,
    createdAt: now - 9e7,
    lastTest: null,
  },
];
