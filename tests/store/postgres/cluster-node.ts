import { appendFileSync, existsSync } from "node:fs";
import { join } from "node:path";
import { createEventChannels } from "#web/live/event-channels.ts";
import { flow, silent } from "../../engine/world.ts";
import { openANode } from "./a-node.ts";

/** One node as a process of its own: node cluster-node.ts URL NAME ROLE FOLDER. It is told what to do, and tells, by messages. */
const [url = "", name = "", role = "", folder = ""] = process.argv.slice(2);
const rest = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** What a step does elsewhere, where it can be counted: one line for each time. */
const act = (key: string) => appendFileSync(join(folder, "effects"), `${key}\n`);
const claim = { safeBecause: "It only counts." };

const short = flow("short")
  .do("one", "One", { ...claim, run: async ({ key }) => act(key) })
  .wait("job", "Job", {
    ...{ everyMs: 20, timeoutMs: 600_000 },
    look: async ({ look }) => (look < 3 ? { waiting: "busy" } : { done: "ready" }),
  })
  .ask("word", "Word", {
    form: () => ({ fields: [{ kind: "text", name: "word", label: "Word", value: "" }], submit: "Answer" }),
    read: (values) => String(values.word),
  })
  .do("two", "Two", { ...claim, run: async ({ key }) => act(key) })
  .hands((_input, { word }) => ({ sentence: word }));

/** It holds its worker until the test opens the gate. */
const long = flow("long")
  .do("first", "First", { ...claim, run: async ({ key }) => act(key) })
  .do("held", "Held", {
    ...claim,
    run: async ({ key, signal }) => {
      act(key);
      while (!existsSync(join(folder, "gate")) && !signal.aborted) await rest(100);
    },
  })
  .do("last", "Last", { ...claim, run: async ({ key }) => act(key) })
  .hands(() => ({ sentence: "Done." }));

const works = role === "worker";
const { engine, store } = await openANode(url, { name, works, concurrency: 8 }, [short, long]);
const channels = createEventChannels({
  engine,
  log: silent,
  read: (runId, after, limit) => store.events(runId, after, limit),
});
const followed = new Map<string, number[]>();
const gone = new AbortController();

const does: Record<string, (...given: string[]) => Promise<unknown>> = {
  start: async (workflow = "") => (await engine.start(workflow, {}, "Ada")).runId,
  answer: (runId = "", stepId = "") => engine.answer(runId, stepId, { word: "so", decision: "again" }, "Ada"),
  follow: async (runId = "") => {
    const numbers: number[] = [];
    followed.set(runId, numbers);
    const send = ({ n }: { n: number }) => void numbers.push(n);
    const follower = { last: 0, send, drained: async () => {}, end: () => {}, signal: gone.signal };
    await channels.follow(runId, follower);
  },
  seen: async () => Object.fromEntries(followed),
};

process.on("message", ({ id, verb, given }: { id: number; verb: string; given: string[] }) => {
  does[verb]?.(...given).then(
    (answer) => process.send?.({ id, answer: answer ?? null }),
    (error: unknown) => process.send?.({ id, error: String(error) }),
  );
});
process.send?.({ id: 0, answer: "ready" });
