import { randomBytes } from "node:crypto";
import { createSshPool } from "#connectors/ssh/pool.ts";
import { text } from "#core/field-kinds.ts";
import { start } from "#core/start.ts";
import { isOver } from "#core/states.ts";
import { workflow } from "#core/workflow.ts";
import { createKits } from "#kits/kits.ts";
import { openSqliteStore } from "#store/sqlite/open.ts";
import { openWorld } from "../engine/world.ts";

/**
 * An engine in a process that may be killed: it starts the runs that are not there yet, one on each of the servers that it is told of, says
 * "open", sees them through and says "over". Words: a folder; the servers' connections, as JSON; a file without which no job comes to its end.
 */
const [folder = "", told = "{}", enough = ""] = process.argv.slice(2);
const servers = JSON.parse(told) as Record<string, Record<string, string>>;

const connections = {
  list: async () => [],
  open: async (id: string) => ({ connection: { id, name: id }, values: servers[id] ?? {} }),
} as unknown as Parameters<typeof createKits>[0]["connections"];
const { job } = createKits({
  ...{ connections, machines: createSshPool(), environment: process.env, jobsFolder: `${folder}/jobs` },
});

const script = `echo "$mark" >> "$HOME/ran"
i=0
while [ $i -lt 12 ] || { [ -n "$enough" ] && [ ! -e "$enough" ]; }; do
  i=$((i + 1)); echo "$mark line $i"; sleep "$pause"
done
exit "$code"`;

const flow = workflow(
  "long",
  "Long",
  "",
  start({
    fields: [text("server", "Server"), text("mark", "Mark"), text("code", "Code")],
    subject: ({ mark }) => mark,
  }),
)
  .wait(
    "job",
    "Job",
    job<{ server: string; mark: string; code: string }, object>({
      on: ({ input }) => input.server,
      env: ({ input: { mark, code } }) => ({ mark, code, enough, pause: enough === "" ? "0.25" : "2" }),
      script,
    }),
  )
  .hands((_input, { job: said }) => ({ sentence: said }));

const store = await openSqliteStore({
  file: `${folder}/runs.sqlite`,
  now: Date.now,
  random: (n) => randomBytes(n),
});
const world = await openWorld([flow], {
  store,
  overrides: { retry: { attempts: 3, firstMs: 50, factor: 1, maxMs: 50 } },
});
const { rows } = await store.runs({ limit: 100 });
if (rows.length === 0)
  for (const [at, server] of Object.keys(servers).entries())
    for (const code of enough === "" ? [0, at + 3] : [at % 2 === 0 ? 0 : at + 3])
      await world.start({ server, mark: `${server}-${code}`, code: String(code) });
process.stdout.write("open\n");
const through = async (id: string): Promise<void> => {
  const { run } = await world.when(id, (at) => isOver(at.run.state) || at.run.state === "paused");
  if (run.state !== "paused") return;
  // Who was there both times when Milepost ended badly is held until a person says that it goes on.
  await world.engine.resume(id, "Ada");
  await through(id);
};
await Promise.all((await store.runs({ limit: 100 })).rows.map(({ run }) => through(run.id)));
process.stdout.write("over\n");
