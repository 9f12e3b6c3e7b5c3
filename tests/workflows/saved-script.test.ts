import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Actor } from "#core/actor.ts";
import type { Connections } from "#core/connection.ts";
import type { ScriptText } from "#core/saved-script.ts";
import { fixedWorkflows } from "#core/workflows.ts";
import { createKits } from "#kits/kits.ts";
import type { KitDeps } from "#kits/machine.ts";
import { openScripts } from "#scripts/saved-scripts.ts";
import { savedScript } from "#workflows/run-script/saved-script.ts";
import { openWorld, realClock, silent } from "../engine/world.ts";
import { openHosts } from "../kits/hosts.ts";
import { newStore } from "../store/new-store.ts";

const ada: Actor = { kind: "person", id: "ada", name: "Ada" };

const text = (over: Partial<ScriptText>): ScriptText => ({
  ...{ name: "Note it", about: "", script: "true", inputs: "", check: "", undo: "", as: "", minutes: 5 },
  ...over,
});

/** Two servers on loopback, and a Milepost that is connected to them and keeps scripts. */
const openFleet = async () => {
  const { hosts, kits, connections } = await openHosts(["web1", "web2"]);
  const store = await newStore();
  const tagless = {
    ...connections,
    list: async (kind: string) => (await connections.list(kind)).map((one) => ({ ...one, values: {} })),
  };
  const made = kits();
  const open = () =>
    openScripts({
      ...{ table: store.scripts, accounts: store.accounts, clock: realClock, log: silent },
      others: fixedWorkflows([]),
      make: (version) => savedScript({ connections: tagless, kits: made }, version),
    });
  const scripts = await open();
  const world = await openWorld([], { store, overrides: { workflows: scripts.workflows } });
  const inHome = (name: "web1" | "web2", file: string) => join(hosts[name].home, file);
  return { hosts, scripts, world, open, store, inHome };
};

test("a run goes on with the version that it began with, says which, and takes over a newer one only where a person says so", async () => {
  const { scripts, world, inHome } = await openFleet();
  const first = await scripts.save(null, text({ script: "echo one >> ran; exit 3" }), null, ada);
  expect(first).toMatchObject({ id: "script-note-it", n: 1, savedBy: "Ada" });
  const { runId } = await world.engine.start(first.id, { servers: ["web1", "web2"], atOnce: "1" }, "Ada");
  await world.until(runId, "failed");
  expect((await world.run(runId)).run.code).toBe("script-note-it@1");
  await scripts.save(first.id, text({ script: "echo two >> ran" }), 1, ada);
  await world.engine.retry(runId, "Ada");
  await world.until(runId, "failed");
  expect(readFileSync(inHome("web1", "ran"), "utf8")).toBe("one\none\n");
  const { newerCode } = await world.engine.picture(runId);
  expect(newerCode).toMatchObject({ code: "script-note-it@2", unfit: null });
  await world.engine.retry(runId, "Ada", { code: "script-note-it@2" });
  await world.until(runId, "completed");
  expect((await world.run(runId)).run.code).toBe("script-note-it@2");
  expect([readFileSync(inHome("web1", "ran"), "utf8"), readFileSync(inHome("web2", "ran"), "utf8")]).toEqual([
    "one\none\ntwo\n",
    "two\n",
  ]);
  await world.close();
});

test("a removed script is started by nobody, while a run of it goes on with its version, also after a restart", async () => {
  const { scripts, world, open, inHome } = await openFleet();
  const { id } = await scripts.save(null, text({ script: "echo it >> ran; test -e ready" }), null, ada);
  const { runId } = await world.engine.start(id, { servers: ["web1"] }, "Ada");
  await world.until(runId, "failed");
  await scripts.remove(id, ada);
  await expect(world.engine.start(id, { servers: ["web1"] }, "Ada")).rejects.toMatchObject({
    code: "not-found",
  });
  const { workflows } = await open();
  const { run } = await world.run(runId);
  expect(workflows.of(run)).toBeUndefined();
  await workflows.ready(run);
  expect(workflows.of(run)?.steps[0]).toMatchObject({ id: "servers" });
  await world.engine.retry(runId, "Ada");
  await world.until(runId, "failed");
  expect(readFileSync(inHome("web1", "ran"), "utf8")).toBe("it\nit\n");
  await world.close();
});

test("what it asks comes in as variables and never as text, a secret is blotted out, and nothing else can be given", async () => {
  const { scripts, world, inHome } = await openFleet();
  const { id } = await scripts.save(
    null,
    text({
      script: 'printf "%s|%s|%s" "$who" "$token" "$loud" > ran; echo "token $token"',
      inputs: 'who text "Who?"\n\n# ask: token secret "Token"\nloud yes "Loudly"',
    }),
    null,
    ada,
  );
  const evil = "'; touch broken-in; $(touch broken-in) `touch broken-in` \" #";
  const values = {
    servers: ["web1"],
    who: evil,
    token: "top-secret-token",
    loud: "on",
    variables: "PATH=/x",
  };
  const { runId } = await world.engine.start(id, values, "Ada");
  await world.until(runId, "completed");
  expect(readFileSync(inHome("web1", "ran"), "utf8")).toBe(`${evil}|top-secret-token|yes`);
  expect(existsSync(inHome("web1", "broken-in"))).toBe(false);
  const { rows } = await world.engine.items(runId, "servers");
  const log = await world.store.logs(rows[0]?.runId ?? "", { after: null, limit: 5 });
  expect(log.at(-1)?.text).toBe("token •••");
  await expect(world.engine.start(id, { ...values, who: "" }, "Ada")).rejects.toMatchObject({ field: "who" });
  await world.close();
});

test.each<[string, Partial<ScriptText>, keyof ScriptText]>([
  ["no name", { name: " " }, "name"],
  ["no script", { script: " \n" }, "script"],
  ["an input that is none", { inputs: 'who text "Who?"\ndays' }, "inputs"],
  ["an input that could be a variable of the system", { inputs: 'PATH text "Path"' }, "inputs"],
  ["an input twice", { inputs: 'who text "Who?"\nwho text "Who?"' }, "inputs"],
  ["an input that is called as the form's own", { inputs: 'servers text "Servers"' }, "inputs"],
  ["a secret that is filled in", { inputs: 'token secret "Token" = abc' }, "inputs"],
  ["a user that is a command", { as: "root; reboot" }, "as"],
  ["half a minute", { minutes: 0.5 }, "minutes"],
])("%s is refused at its field, and nothing is saved", async (_, over, field) => {
  const store = await newStore();
  const connections = { list: async () => [] } as unknown as Connections;
  const kits = createKits({ connections, environment: {}, jobsFolder: "/nowhere" } as unknown as KitDeps);
  const scripts = await openScripts({
    ...{ table: store.scripts, accounts: store.accounts, clock: realClock, log: silent },
    others: fixedWorkflows([]),
    make: (version) => savedScript({ connections, kits }, version),
  });
  await expect(scripts.save(null, text(over), null, ada)).rejects.toMatchObject({ code: "bad-input", field });
  expect(await store.scripts.offered()).toEqual([]);
  await store.close();
});

test("who saves over another's version is told so; what is as it was is no new version; two of one name are two scripts", async () => {
  const { scripts, world } = await openFleet();
  const { id } = await scripts.save(null, text({}), null, ada);
  expect(await scripts.save(id, text({ script: "true\r\n" }), 1, ada)).toMatchObject({ n: 1 });
  await scripts.save(id, text({ script: "false" }), 1, { ...ada, name: "Bob" });
  await expect(scripts.save(id, text({ script: "exit 2" }), 1, ada)).rejects.toMatchObject({
    code: "conflict",
    message: "Bob saved version 2 meanwhile. Look at it, then save yours.",
  });
  expect((await scripts.save(null, text({}), null, ada)).id).toBe("script-note-it-2");
  expect((await scripts.versions(id)).map(({ n, script }) => [n, script])).toEqual([
    [2, "false"],
    [1, "true"],
  ]);
  await world.close();
});

test("what is saved or removed in one process is offered, or not, by the others", async () => {
  const store = await newStore();
  const hears: ((what: string) => void)[] = [];
  const connections = { list: async () => [] } as unknown as Connections;
  const kits = createKits({ connections, environment: {}, jobsFolder: "/nowhere" } as unknown as KitDeps);
  const open = (at: number) =>
    openScripts({
      ...{ table: store.scripts, accounts: store.accounts, clock: realClock, log: silent },
      others: fixedWorkflows([]),
      processes: {
        say: (what) => hears.filter((_, other) => other !== at).forEach((hear) => hear(what)),
        listen: (hear) => {
          hears.push(hear);
          return () => {};
        },
      },
      make: (version) => savedScript({ connections, kits }, version),
    });
  const [one, other] = [await open(0), await open(1)];
  const offered = () => other.workflows.offered().map(({ code }) => code);
  const { id } = await one.save(null, text({}), null, ada);
  await expect.poll(offered).toEqual(["script-note-it@1"]);
  await one.remove(id, ada);
  await expect.poll(offered).toEqual([]);
  await store.close();
});
