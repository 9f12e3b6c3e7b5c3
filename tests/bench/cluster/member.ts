import { createEventChannels } from "#web/live/event-channels.ts";
import { noOps } from "../../engine/no-ops.ts";
import { flow, silent } from "../../engine/world.ts";
import { openANode } from "../../store/postgres/a-node.ts";

/** What a member of the cluster is told: a verb, and of what: a workflow to start, or a run. */
export interface Order {
  id: number;
  verb: "start" | "started asking" | "follow" | "pause" | "resume" | "times";
  given?: string;
}
/** What it tells: the answer to an order, or, by itself, that a first step began at this time (ms since 1970, with fractions). */
export type Report = { id: number; answer: unknown } | { began: number };

const [url = "", name = "", role = ""] = process.argv.slice(2);
const now = () => performance.timeOrigin + performance.now();

const asking = flow("asking")
  .ask("word", "Word", {
    form: () => ({ fields: [{ kind: "text", name: "word", label: "Word", value: "" }], submit: "Answer" }),
    read: (values) => String(values.word),
  })
  .hands(() => ({ sentence: "Done." }));

const tellBegan = () => void process.send?.({ began: now() } satisfies Report);

const { engine, store } = await openANode(url, { name, works: role === "worker", concurrency: 10 }, [
  noOps(tellBegan),
  noOps(tellBegan, { readsOnly: true }),
  asking,
]);
const channels = createEventChannels({
  engine,
  log: silent,
  read: (runId, after, limit) => store.events(runId, after, limit),
});
/** By the number of the event: when whoever follows here had it. */
const times = new Map<number, number>();
const never = new AbortController();

const does: Record<Order["verb"], (given: string) => Promise<unknown>> = {
  start: async (workflowId) => (await engine.start(workflowId, {}, "Ada")).runId,
  "started asking": async () => (await engine.start("asking", {}, "Ada")).runId,
  follow: async (runId) => {
    const send = ({ n }: { n: number }) => void times.set(n, now());
    await channels.follow(runId, {
      ...{ last: 0, send, drained: async () => {}, end: () => {}, signal: never.signal },
    });
  },
  pause: (runId) => engine.pause(runId, "Ada"),
  resume: (runId) => engine.resume(runId, "Ada"),
  times: async () => Object.fromEntries(times),
};

process.on("message", ({ id, verb, given = "" }: Order) => {
  does[verb](given).then(
    (answer) => process.send?.({ id, answer: answer ?? null } satisfies Report),
    (error: unknown) => {
      throw error;
    },
  );
});
process.send?.({ id: 0, answer: "ready" } satisfies Report);
