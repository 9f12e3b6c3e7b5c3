// A program of its own, because in a test runner's modules a function of a file is executed whenever another one reads from it. It walks
// through the house as people's requests do, and prints for each walk the files of which a function was executed, as JSON.

import { Session } from "node:inspector/promises";
import { fileURLToPath } from "node:url";
import { text } from "#core/field-kinds.ts";
import { textOf } from "#core/form.ts";
import { start } from "#core/start.ts";
import { workflow } from "#core/workflow.ts";
import { openSite } from "./site.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const colour = (name: string) => ({
  form: () => ({ fields: [{ kind: "text" as const, name, label: "Colour" }], submit: "Answer" }),
  read: (values: Parameters<typeof textOf>[0]) => textOf(values, name),
});
const walked = workflow(
  "walked",
  "Walked",
  "Asks, logs, asks, and goes on until it is cancelled.",
  start({ fields: [text("name", "Name")], subject: ({ name }) => name }),
)
  .ask("first", "Which colour first?", colour("first"))
  .do("paint", "Paint", { run: async ({ log }) => log("painted") })
  .ask("second", "Which colour then?", colour("second"))
  .do("endless", "Go on", {
    run: ({ signal }) =>
      new Promise<string>((_, reject) => signal.addEventListener("abort", () => reject(signal.reason))),
  })
  .hands(() => ({ sentence: "Never." }));

const site = await openSite({ workflows: [walked] });
const inspector = new Session();
inspector.connect();
await inspector.post("Profiler.enable");
await inspector.post("Profiler.startPreciseCoverage", { callCount: true, detailed: false });

const takeRooms = async (): Promise<string[]> => {
  const { result } = await inspector.post("Profiler.takePreciseCoverage");
  const files = result
    .filter(({ functions }) => functions.some(({ ranges }) => (ranges[0]?.count ?? 0) > 0))
    .filter(({ url }) => url.startsWith("file:"))
    .map(({ url }) => fileURLToPath(url).slice(root.length))
    .filter((file) => /^(?:src|views)\//.test(file));
  return [...new Set(files)].sort();
};

const until = async (runId: string, state: string, step: number): Promise<void> => {
  for (;;) {
    const at = await site.store.run(runId);
    if (at?.run.state === state && at.steps[step]?.state !== "pending") return;
    await new Promise((resolve) => setImmediate(resolve));
  }
};

/** The rooms that a request enters until what it asked for is kept. */
const walk = async (
  path: string,
  form: Record<string, string>,
  kept: (location: string) => Promise<void>,
) => {
  await takeRooms();
  const answer = await site.post(path, form);
  if (answer.status !== 303) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  const location = answer.headers.get("Location") ?? "";
  await kept(location);
  return { location, rooms: await takeRooms() };
};
const idOf = (location: string) => location.slice("/runs/".length);

const walkAll = async () => {
  const post = await walk("/workflows/walked/runs", { name: "Ada" }, (at) => until(idOf(at), "asking", 0));
  const id = idOf(post.location);
  const answer = await walk(`/runs/${id}/steps/first/answer`, { first: "red" }, () => until(id, "asking", 2));
  await site.post(`/runs/${id}/steps/second/answer`, { second: "blue" });
  await until(id, "running", 3);
  const cancel = await walk(`/runs/${id}/cancel`, {}, () => until(id, "cancelled", 3));
  return { post: post.rooms, answer: answer.rooms, cancel: cancel.rooms };
};

// The first time, statements are prepared and the session's last use is written.
await walkAll();
process.stdout.write(JSON.stringify(await walkAll()));
inspector.disconnect();
await site.close();
