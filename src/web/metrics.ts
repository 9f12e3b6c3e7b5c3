import { runStates } from "#core/states.ts";
import { type DiskUse, diskKinds, type Room } from "#core/storage.ts";
import type { SentCounts } from "#notify/sent-counts.ts";
import { type Counters, statusClasses } from "./live/counters.ts";
import type { LoopDelay } from "./loop-delay.ts";
import { type Outcome, outcomes, type RunCounts } from "./run-counts.ts";

/** What is told at one look. */
export interface Measured {
  version: string;
  runs: Readonly<Record<string, number>>;
  ended: Iterable<readonly [workflowId: string, of: Readonly<Record<Outcome, number>>]>;
  estimates: RunCounts["estimates"];
  counters: Counters;
  delay: LoopDelay;
  /** For how long the run that is due the longest has been waiting to be taken up. Milliseconds. */
  queueMs: number;
  /** Runs that were due and had to be put into the queue anew; null: there is no queue beside the tables. */
  mended: number | null;
  /** How many runs this process works on; null where it is the only one, or cannot tell. */
  here: number | null;
  /** Null: not measured yet. */
  use: DiskUse | null;
  room: Room | null;
  /** What became of messages to people, by kind of channel. */
  sent: ReturnType<SentCounts["all"]>;
  process: { residentBytes: number; cpuSeconds: number; startedAt: number };
}

interface Metric {
  name: `milepost_${string}` | `process_${string}`;
  help: string;
  type: "gauge" | "counter" | "summary";
  samples: readonly Sample[];
}

interface Sample {
  labels?: Readonly<Record<string, string>>;
  value: number;
}

const by = (label: string, values: Iterable<readonly [string, number]>): Sample[] =>
  [...values].map(([name, value]) => ({ labels: { [label]: name }, value }));

const one = (value: number | undefined): Sample[] => (value === undefined ? [] : [{ value }]);

const metricsOf = ({
  version,
  runs,
  ended,
  estimates,
  counters,
  delay,
  queueMs,
  mended,
  here,
  use,
  room,
  sent,
  process,
}: Measured): Metric[] => [
  gauge("milepost_build_info", "Which Milepost this is.", [{ labels: { version }, value: 1 }]),
  gauge(
    "milepost_runs",
    "Runs by state.",
    by(
      "state",
      runStates.map((state) => [state, runs[state] ?? 0]),
    ),
  ),
  counter(
    "milepost_runs_ended_total",
    "Runs that came to an end since the server started, by workflow and how they ended.",
    [...ended].flatMap(([workflow, of]) =>
      outcomes.map((outcome) => ({ labels: { workflow, outcome }, value: of[outcome] })),
    ),
  ),
  gauge(
    "milepost_queue_wait_seconds",
    "For how long the run that is due the longest has waited to be taken up.",
    one(queueMs / 1_000),
  ),
  counter(
    "milepost_queue_mended_runs_total",
    "Runs that were due and not in the queue that several processes share, since this one started; stays at 0.",
    one(mended ?? undefined),
  ),
  gauge(
    "milepost_node_runs",
    "Runs that this one of several processes works on: one that drains may be stopped when it is at 0.",
    one(here ?? undefined),
  ),
  counter(
    "milepost_time_left_checked_total",
    "Estimates of the time left that were held against what came, since the server started.",
    one(estimates.checked),
  ),
  counter(
    "milepost_time_left_held_total",
    "Those of them whose interval held what came; four of five are meant to.",
    one(estimates.held),
  ),
  gauge("milepost_disk_free_bytes", "Free on the disk that has the data.", one(room?.freeBytes)),
  gauge("milepost_disk_size_bytes", "The size of that disk.", one(room?.totalBytes)),
  gauge("milepost_disk_least_free_bytes", "Below this nothing new is begun.", one(room?.leastBytes)),
  gauge(
    "milepost_disk_used_bytes",
    "What the data folder takes, by kind, as it was measured last.",
    use === null
      ? []
      : by(
          "kind",
          diskKinds.map((kind) => [kind, use.bytes[kind]]),
        ),
  ),
  {
    name: "milepost_event_loop_delay_seconds",
    help: "How long a request had to wait for other work, since the last time this was asked for.",
    type: "summary",
    samples: by("quantile", [
      ["0.5", delay.p50],
      ["0.99", delay.p99],
      ["1", delay.max],
    ]),
  },
  counter(
    "milepost_http_requests_total",
    "Requests answered, by the class of their status.",
    by(
      "status",
      statusClasses.map((status) => [status, counters.requests[status]]),
    ),
  ),
  counter(
    "milepost_polls_total",
    "Polls of open pages: 204 found nothing new, 200 was given a fragment.",
    by("status", [
      ["204", counters.pollsUnchanged],
      ["200", counters.pollsChanged],
    ]),
  ),
  counter("milepost_renders_total", "Fragments rendered for polls.", one(counters.renders)),
  counter(
    "milepost_messages_total",
    "Messages and edits sent to people, by kind of channel and by what became of them: delivered, ambiguous, later, dead, refused, gone.",
    sent.map(({ kind, was, n }) => ({ labels: { channel: kind, was }, value: n })),
  ),
  gauge("milepost_event_streams", "Event streams open now.", one(counters.streams)),
  counter(
    "milepost_event_streams_dropped_total",
    "Event streams ended because their reader was too slow.",
    one(counters.streamsDropped),
  ),
  gauge("milepost_web_sockets", "WebSockets open now.", one(counters.sockets)),
  counter(
    "milepost_web_sockets_dropped_total",
    "WebSockets closed because their reader was too slow.",
    one(counters.socketsDropped),
  ),
  gauge("process_resident_memory_bytes", "Memory that the process holds.", one(process.residentBytes)),
  counter("process_cpu_seconds_total", "Processor time that the process took.", one(process.cpuSeconds)),
  gauge(
    "process_start_time_seconds",
    "When it started, in seconds since 1970.",
    one(process.startedAt / 1_000),
  ),
];

const gauge = (name: Metric["name"], help: string, samples: readonly Sample[]): Metric => ({
  name,
  help,
  type: "gauge",
  samples,
});
const counter = (name: Metric["name"], help: string, samples: readonly Sample[]): Metric => ({
  name,
  help,
  type: "counter",
  samples,
});

/** The text format of Prometheus, version 0.0.4. */
export const metricsText = (measured: Measured): string =>
  `${metricsOf(measured)
    .filter(({ samples }) => samples.length > 0)
    .flatMap(({ name, help, type, samples }) => [
      `# HELP ${name} ${help}`,
      `# TYPE ${name} ${type}`,
      ...samples.map(
        ({ labels, value }) => `${name}${labels === undefined ? "" : labelsText(labels)} ${value}`,
      ),
    ])
    .join("\n")}\n`;

const labelsText = (labels: Readonly<Record<string, string>>): string =>
  `{${Object.entries(labels)
    .map(
      ([name, value]) =>
        `${name}="${value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n")}"`,
    )
    .join(",")}}`;
