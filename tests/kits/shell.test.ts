import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { secret, text } from "#core/field-kinds.ts";
import { start } from "#core/start.ts";
import { workflow } from "#core/workflow.ts";
import { mortalStore } from "../engine/dying-store.ts";
import { flow, openWorld, type World } from "../engine/world.ts";
import { newStore } from "../store/new-store.ts";
import { openHosts } from "./hosts.ts";

const linesOf = async (world: World, id: string) =>
  (await world.store.logs(id, { after: 0, limit: 1_000 })).map(({ text: line }) => line);

/** Prints as wget does, and a line before and after it. */
const wgetRows =
  'echo begins; i=1; while [ $i -le 791 ]; do echo " "$i"0K .......... .......... .......... .......... .......... $((i * 100 / 791))% 33.1M 1s"; i=$((i + 1)); done >&2; echo ends';

test("of 791 rows of progress that come at once the last is kept, on a server and here, in a short step and in a long one", async () => {
  const { kits } = await openHosts(["node1"]);
  const { shell, job } = kits();
  const world = await openWorld([
    flow()
      .do("there", "There", shell<unknown, object>({ script: wgetRows, on: () => "node1", readsOnly: true }))
      .do("here", "Here", shell<unknown, object>({ script: wgetRows, readsOnly: true }))
      .wait("job", "Job", job<unknown, object>({ script: wgetRows, on: () => "node1" }))
      .hands(() => ({ sentence: "" })),
  ]);
  const id = await world.start();
  const { steps } = await world.until(id, "completed", "failed");
  const lines = await linesOf(world, id);
  expect(lines.filter((line) => line.includes(" 100% ")).length).toBe(3);
  expect(lines.filter((line) => line.includes("....")).length).toBeLessThan(12);
  expect(lines.filter((line) => !line.includes("....")).sort()).toEqual([
    "begins",
    "begins",
    "begins",
    "ends",
    "ends",
    "ends",
  ]);
  for (const { progress } of steps)
    expect(progress).toMatchObject({ done: 100, total: 100, what: "fetched" });
  await world.close();
});

test("a step that was cut off asks whether it is done already, and is done once; its undo gets what it got", async () => {
  const { hosts, kits } = await openHosts(["node1"]);
  const { home } = hosts.node1;
  const made = () =>
    flow()
      .do(
        "make",
        "Make",
        kits().shell<unknown, object, { size: number }>({
          on: () => "node1",
          env: () => ({ name: "a b" }),
          script: 'echo x >> "$name"; wc -c < "$name"; until [ -e go ]; do sleep 0.02; done',
          already: 'test -e "$name" && wc -c < "$name"',
          gives: ({ stdout }) => ({ size: Number(stdout) }),
          undo: 'rm -f -- "$name"',
        }),
      )
      .hands((_input, { make }) => ({ sentence: String(make.size) }));
  const store = await newStore();
  const { store: mortal, die } = mortalStore(store);
  const first = await openWorld([made()], { store: mortal });
  const id = await first.start();
  while (!existsSync(join(home, "a b"))) await new Promise((resolve) => setTimeout(resolve, 5));
  void die();
  const second = await openWorld([made()], { store });
  // What the dead one began there is waited for.
  await second.when(id, ({ run }) => run.recovery !== null);
  writeFileSync(join(home, "go"), "");
  const { run } = await second.until(id, "completed", "failed");
  expect([run.state, run.outcome?.sentence, readFileSync(join(home, "a b"), "utf8")]).toEqual([
    "completed",
    "2",
    "x\n",
  ]);
  expect(run.recovery).toMatchObject({ outcome: "found", checked: "On node1 it is done already." });
  await second.engine.undo(id, "Ada");
  await second.until(id, "undone", "failed");
  expect(existsSync(join(home, "a b"))).toBe(false);
  await second.close();
});

test("a secret reaches a script on a server, and stands in no plan, no log and no list of processes", async () => {
  const { kits } = await openHosts(["node1"]);
  const { shell, job } = kits();
  const options = {
    on: () => "node1",
    script:
      'printf "%s" "$password" | wc -c; cat /proc/[0-9]*/cmdline 2>/dev/null | tr "\\0" " " | grep -c "[h]ush-hush" || true',
    env: ({ input }: { input: { name: string } }) => ({ name: input.name }),
    secrets: { password: ({ secret: open }: { secret(name: "password"): string }) => open("password") },
  };
  type Input = { name: string };
  const made = workflow(
    "secretly",
    "Secretly",
    "",
    start({ fields: [text("name", "Name"), secret("password", "Password")], subject: ({ name }) => name }),
  )
    .do("shell", "Shell", shell<Input, object, string, "password">({ ...options, readsOnly: true }))
    .wait("job", "Job", job<Input, object, string, "password">(options))
    .hands(() => ({ sentence: "" }));
  const world = await openWorld([made]);
  const values = { name: "a'b", password: "hush-hush" };
  const { steps: planned } = await world.engine.plan("secretly", values);
  const told = JSON.stringify(planned);
  expect(told).toContain("password=•••");
  expect(told).toContain("name='a'\\\\''b'");
  expect(told).not.toContain("hush-hush");
  const id = await world.start(values);
  const { run } = await world.until(id, "completed", "failed");
  expect([run.state, await linesOf(world, id)]).toEqual(["completed", ["9", "0", "9", "0"]]);
  await world.close();
});

test("the result is made of the end of what a script wrote on a server, however much that was", async () => {
  const { kits } = await openHosts(["node1"]);
  const made = kits().shell<unknown, object, { short: boolean; last: string }>({
    script: 'head -c 4500000 /dev/zero | tr "\\0" "x" | fold -w 400000; echo; echo "rows: 7"',
    gives: ({ stdout }) => ({
      short: stdout.length <= 64 * 1024,
      last: stdout.trimEnd().split("\n").at(-1) ?? "",
    }),
    ...{ on: () => "node1", readsOnly: true },
  });
  const world = await openWorld([
    flow()
      .do("there", "There", made)
      .hands(() => ({ sentence: "" })),
  ]);
  const { steps } = await world.until(await world.start(), "completed", "failed");
  expect(steps[0]?.result).toEqual({ short: true, last: "rows: 7" });
  await world.close();
});

test("a mistake in what a kit is handed is told by its own name", async () => {
  const { kits } = await openHosts([]);
  const { shell, job } = kits();
  const wrong = (): never => {
    throw new TypeError("x is not a function");
  };
  const [ran, looked] = [{ script: "echo 1", readsOnly: true } as const, { script: "echo 1" }];
  const flows = {
    gives: [
      flow().do("one", "One", shell<unknown, object>({ ...ran, gives: wrong })),
      flow().wait("one", "One", job<unknown, object>({ ...looked, gives: wrong })),
    ],
    env: [
      flow().do("one", "One", shell<unknown, object>({ ...ran, env: wrong })),
      flow().wait("one", "One", job<unknown, object>({ ...looked, env: wrong })),
    ],
    "secrets.key": [
      flow().do("one", "One", shell<unknown, object>({ ...ran, secrets: { key: wrong } })),
      flow().wait("one", "One", job<unknown, object>({ ...looked, secrets: { key: wrong } })),
    ],
  };
  for (const [name, both] of Object.entries(flows))
    for (const one of both) {
      const world = await openWorld([one.hands(() => ({ sentence: "" }))]);
      const { run } = await world.until(await world.start(), "failed");
      expect(run.error?.message).toBe(`“One”: its function “${name}” threw TypeError: x is not a function.`);
      await world.close();
    }
});

test("where nothing is said of it, the result is the last line as a terminal shows it, without its colours", async () => {
  const { kits } = await openHosts(["node1"]);
  const { shell, job } = kits();
  const script = String.raw`printf 'first\n10%%\r50%%\r\033[32mall \033[1mdone\033[0m\n\n'`;
  const world = await openWorld([
    flow()
      .do("here", "Here", shell<unknown, object>({ script, readsOnly: true }))
      .do("there", "There", shell<unknown, object>({ script, on: () => "node1", readsOnly: true }))
      .wait("job", "Job", job<unknown, object>({ script, on: () => "node1" }))
      .hands((_input, all) => ({ sentence: JSON.stringify(Object.values(all)) })),
  ]);
  const { run } = await world.until(await world.start(), "completed", "failed");
  expect(run.outcome?.sentence).toBe('["all done","all done","all done"]');
  await world.close();
});
