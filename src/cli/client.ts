import { z } from "zod";
import { eventsOf } from "#connectors/http/event-stream.ts";
import { createJsonClient } from "#connectors/http/json-client.ts";
import { AppError, isErrorCode } from "#core/errors.ts";
import type { FeedEvent, LogLine } from "#core/event.ts";
import type { Form } from "#core/form.ts";
import { parseJson } from "#core/parse-json.ts";
import type { RunPicture, RunSummary } from "#core/picture.ts";
import { standBelow } from "#core/route.ts";
import { routes } from "#core/routes.ts";
import type { RunVerb } from "#core/rules.ts";
import type { RunMode } from "#core/run.ts";
import type { RunState } from "#core/states.ts";

/** A run as the API gives it: log and history have addresses of their own. */
export type RunJson = Omit<RunPicture, "log" | "history">;

export type Given = Readonly<Record<string, string | readonly string[]>>;

export interface WorkflowJson {
  id: string;
  title: string;
  about: string;
}

export interface Client {
  workflows(): Promise<readonly WorkflowJson[]>;
  /** A workflow with the form that starts it. */
  workflow(id: string): Promise<WorkflowJson & { form: Form }>;
  /** A key makes it one run, however often it is asked for. */
  start(workflowId: string, values: Given, mode: RunMode, key: string): Promise<RunJson>;
  runs(filter: RunFilter): Promise<readonly RunRow[]>;
  run(id: string): Promise<RunJson>;
  numbered(workflowId: string, number: number): Promise<RunJson>;
  /** `code`: only for a retry, the version of its file that it goes on with. */
  verb(id: string, verb: RunVerb, code?: string): Promise<RunJson>;
  /** Tries the items of a step again that failed. */
  retryItems(id: string, stepId: string): Promise<RunJson>;
  answer(id: string, stepId: string, values: Given, press: string | undefined): Promise<RunJson>;
  logs(id: string, after: number | null, limit: number): Promise<readonly LogLine[]>;
  /** The events of a run after the nth, over one connection. */
  events(id: string, after: number, signal: AbortSignal): AsyncGenerator<FeedEvent>;
  schedules(): Promise<readonly ScheduleJson[]>;
  /** As the API takes it. */
  addSchedule(wish: object): Promise<ScheduleJson>;
  /** Null once it is removed. */
  changeSchedule(id: string, verb: "pause" | "resume" | "remove"): Promise<ScheduleJson | null>;
  /** The page of a run, for people. */
  page(id: string): URL;
}

/** What starts runs by itself, as the API tells it. */
export interface ScheduleJson {
  id: string;
  name: string;
  workflowId: string;
  /** "every Monday at 07:00 (Europe/Berlin)" */
  words: string;
  paused: { at: number; because: string } | null;
  /** The next five times. */
  next: readonly number[];
}

/** A line of the list of runs as the API tells it. */
export type RunRow = Omit<RunSummary, "starter" | "fileOf" | "asks"> & { exportId: string | null };

export interface RunFilter {
  search?: string | undefined;
  state?: RunState | undefined;
  workflowId?: string | undefined;
  limit: number;
}

const timeLimitMs = 30_000;
/** The server sends a sign of life more often than this. */
const silentMs = 45_000;
const largestAnswerBytes = 64 * 1024 * 1024;
const mostTries = 3;
/** Before the next try, unless the server says how long. */
const restMs = 500;

const advice = "Is Milepost running there? MILEPOST_URL says where it is.";

/** Milepost's API at `url`, with a token. Each call throws AppError with a sentence for the person at the terminal. */
export const createClient = ({ url, token }: { url: URL; token: string | null }): Client => {
  standBelow(url.pathname);
  const headers: Record<string, string> = token === null ? {} : { authorization: `Bearer ${token}` };
  const ask = createJsonClient({
    headers,
    secrets: token === null ? [] : [token],
    lead: "to",
    advice,
    timeLimitMs,
    largestAnswerBytes,
    // Nobody else waits for a terminal.
    mostValues: Number.POSITIVE_INFINITY,
    refused: ({ status, body, retryAfterMs }) => refusal(url, token, status, body, retryAfterMs),
    again: ({ error, tries, repeatable, retryAfterMs }) => {
      const mayRepeat = repeatable && error.canPass && tries < mostTries;
      if (mayRepeat || (error.code === "too-many" && tries < mostTries)) return retryAfterMs ?? restMs;
      return null;
    },
  });
  const signal = new AbortController().signal;
  const at = (href: string) => new URL(href, url);
  const get = <T>(href: string, about: string) =>
    ask({ method: "GET", url: at(href), schema: z.custom<T>(isObject), about }, signal);
  const post = <T>(href: string, about: string, body: unknown = {}, key: string | null = null) =>
    ask(
      {
        method: "POST",
        url: at(href),
        schema: z.custom<T>(isObject),
        about,
        body,
        ...(key === null ? {} : { headers: { "idempotency-key": `"${key}"` }, repeatable: true }),
      },
      signal,
    );
  return {
    workflows: async () =>
      (await get<{ workflows: readonly WorkflowJson[] }>(routes.api.workflows.href(), "list the workflows"))
        .workflows,
    workflow: (id) => get(routes.api.workflow.href({ id }), `show the workflow “${id}”`),
    start: (id, values, mode, key) =>
      post(routes.api.startRun.href({ id }), `start “${id}”`, { values, mode }, key),
    runs: async ({ search, state, workflowId, limit }) =>
      (
        await get<{ rows: readonly RunRow[] }>(
          routes.api.runs.href({ search, state, workflowId, limit }),
          "list the runs",
        )
      ).rows,
    run: (id) => get(routes.api.run.href({ id }), "show the run"),
    numbered: (id, number) =>
      get(routes.api.numberedRun.href({ id, number: String(number) }), "show the run"),
    verb: (id, verb, code) => post(routes.api.control[verb].href({ id }, { code }), `${verb} the run`),
    retryItems: (id, step) => post(routes.api.retryItems.href({ id, step }), "try again what failed"),
    answer: (id, step, values, press) =>
      post(routes.api.step.answer.href({ id, step }), "answer", {
        values,
        ...(press === undefined ? {} : { press }),
      }),
    logs: async (id, after, limit) =>
      (
        await get<{ lines: readonly LogLine[] }>(
          routes.api.logs.href({ id }, { after, limit }),
          "read the log",
        )
      ).lines,
    async *events(id, after, until) {
      const stream = {
        url: at(routes.api.events.href({ id })),
        headers: { ...headers, "last-event-id": String(after) },
        refused: (status: number, body: string) => refusal(url, token, status, body, undefined),
        silentMs,
      };
      for await (const { data } of eventsOf(stream, until)) yield JSON.parse(data) as FeedEvent;
    },
    schedules: async () =>
      (
        await get<{ schedules: readonly ScheduleJson[] }>(
          routes.api.schedules.href(),
          "list what starts by itself",
        )
      ).schedules,
    addSchedule: (wish) => post(routes.api.schedules.href(), "make the schedule", wish),
    changeSchedule: async (id, verb) => {
      const url = at(routes.api.scheduled[verb].href({ id }));
      const schema = z.custom<ScheduleJson | undefined>((value) => value === undefined || isObject(value));
      const asked = {
        method: "POST",
        url,
        schema,
        about: `${verb} the schedule`,
        body: {},
        empty: true,
      } as const;
      return (await ask(asked, signal)) ?? null;
    },
    page: (id) => at(routes.run.href({ id })),
  };
};

const isObject = (value: unknown): boolean => typeof value === "object" && value !== null;

const told = z.object({
  error: z.object({ code: z.string(), message: z.string(), field: z.string().optional() }),
});

/** Milepost's own sentence, or what an answer without one says. */
const refusal = (
  url: URL,
  token: string | null,
  status: number,
  body: string,
  retryAfterMs: number | undefined,
): AppError => {
  if (status === 401)
    return new AppError(
      "not-signed-in",
      token === null
        ? "Milepost wants to know who asks: make a token on its settings page and give it as MILEPOST_TOKEN."
        : "Milepost does not know this token: make a new one on its settings page and give it as MILEPOST_TOKEN.",
    );
  const read = told.safeParse(parseJson(body));
  if (!read.success)
    return new AppError(
      status >= 500 ? "unreachable" : "remote-odd",
      `${url.host} answered with status ${status}, which Milepost itself does not. ${advice}`,
    );
  const { code, message, field } = read.data.error;
  return new AppError(isErrorCode(code) ? code : "internal", message, {
    ...(field === undefined ? {} : { field }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
};
