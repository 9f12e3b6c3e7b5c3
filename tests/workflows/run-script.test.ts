import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Connections } from "#core/connection.ts";
import { can, everything } from "#core/rights.ts";
import runScript from "#workflows/run-script/workflow.ts";
import { openWorld } from "../engine/world.ts";
import { openHosts } from "../kits/hosts.ts";

/** Three web servers and a database, on loopback, and a Milepost that is connected to them. */
const openFleet = async () => {
  const { hosts, kits, connections } = await openHosts(["web1", "web2", "web3", "db1"]);
  const tagged: Connections = {
    ...connections,
    list: async (kind) =>
      (await connections.list(kind)).map((one) => ({
        ...one,
        values: { tags: one.name.startsWith("web") ? "web berlin" : "" },
      })),
  };
  const world = await openWorld([runScript({ connections: tagged, kits: kits() })]);
  return { hosts, world };
};

test("a script runs on all servers of a tag and is tried again only where it failed; what is done is not done again", async () => {
  const { hosts, world } = await openFleet();
  const script = 'echo "$WHO" >> ran; test -e ready || exit 3; echo "ready for $WHO with $TOKEN"';
  for (const name of ["web1", "web3"] as const) writeFileSync(join(hosts[name].home, "ready"), "");
  const id = (
    await world.engine.start(
      "run-script",
      {
        servers: ["tag:web"],
        script,
        check: "test -e ran",
        variables: "WHO=it's <me>",
        secrets: "TOKEN=top-secret-token",
        stopAfter: "3",
      },
      "Ada",
    )
  ).runId;
  const { run } = await world.until(id, "failed");
  expect(run.error?.message).toBe("2 done, 1 failed (web2). The script ended with code 3 on web2.");
  const ran = (name: "web1" | "web2" | "web3") => readFileSync(join(hosts[name].home, "ran"), "utf8");
  expect([ran("web1"), ran("web2"), ran("web3")]).toEqual(Array(3).fill("it's <me>\n"));
  const { rows } = await world.engine.items(id, "servers");
  expect(rows.map(({ title, state }) => [title, state])).toEqual([
    ["web2", "failed"],
    ["web1", "completed"],
    ["web3", "completed"],
  ]);
  expect(rows[0]?.now).toBe("The script ended with code 3 on web2.");
  const log = await world.store.logs(rows[1]?.runId ?? "", { after: null, limit: 5 });
  expect(log.at(-1)?.text).toBe("ready for it's <me> with •••");
  writeFileSync(join(hosts.web2.home, "ready"), "");
  await world.engine.retry(id, "Ada");
  const after = await world.until(id, "completed");
  expect(after.run.outcome?.sentence).toBe("3 done.");
  expect([ran("web1"), ran("web2"), ran("web3")]).toEqual([
    "it's <me>\n",
    "it's <me>\nit's <me>\n",
    "it's <me>\n",
  ]);
  await world.close();
});

test("where a check fails the script is taken back there at once, that server still has failed, and an undo takes back the others", async () => {
  const { hosts, world } = await openFleet();
  const { runId: id } = await world.engine.start(
    "run-script",
    {
      servers: ["tag:web"],
      script: 'echo made > "$WHAT"; echo begun >> log',
      check: "test ! -e broken",
      undo: 'rm -f -- "$WHAT"; echo taken back >> log',
      undoAtOnce: "yes",
      variables: "WHAT=my file",
      stopAfter: "3",
    },
    "Ada",
  );
  writeFileSync(join(hosts.web2.home, "broken"), "");
  const { run } = await world.until(id, "failed");
  expect(run.error?.message).toBe("2 done, 1 failed (web2). The check ended with code 1 on web2.");
  const log = (name: "web1" | "web2" | "web3") => readFileSync(join(hosts[name].home, "log"), "utf8");
  expect([log("web1"), log("web2")]).toEqual(["begun\n", "begun\ntaken back\n"]);
  expect(existsSync(join(hosts.web2.home, "my file"))).toBe(false);
  rmSync(join(hosts.web2.home, "broken"));
  await world.engine.retry(id, "Ada");
  await world.until(id, "completed");
  expect([log("web1"), log("web2")]).toEqual(["begun\n", "begun\ntaken back\nbegun\n"]);
  await world.engine.undo(id, "Ada");
  await world.until(id, "undone");
  expect([log("web1"), log("web2"), log("web3")].map((text) => text.endsWith("taken back\n"))).toEqual([
    true,
    true,
    true,
  ]);
  await world.close();
});

test("without an undo script nothing offers to undo, or claims that it did", async () => {
  const { world } = await openFleet();
  const { runId: id } = await world.engine.start("run-script", { servers: ["web1"], script: "true" }, "Ada");
  await world.until(id, "completed");
  await expect(world.engine.undo(id, "Ada")).rejects.toMatchObject({ code: "not-allowed-now" });
  await world.close();
});

test("the dry run reaches the servers, reads the script with their shell, blots out secrets and runs nothing", async () => {
  const { hosts, world } = await openFleet();
  const planOf = async (script: string) => {
    const values = { servers: ["web1", "db1"], script, variables: "A=1", secrets: "TOKEN=top-secret-token" };
    const { steps } = await world.engine.plan("run-script", values);
    return (steps[0]?.lines ?? []).map(({ text }) => text).join("\n");
  };
  const planned = await planOf("touch ran");
  expect(planned).toContain("web1 can be reached, and its shell reads the script.");
  expect(planned).toContain("A=1 TOKEN=••• sh -c 'touch ran'");
  expect(planned).not.toContain("top-secret");
  expect(await planOf("if true; then")).toContain("does not understand the script");
  await hosts.web1.cut();
  expect(await planOf("touch ran")).toMatch(/As things are it would fail: .*refuses/);
  expect(() => readFileSync(join(hosts.db1.home, "ran"))).toThrow();
  await world.close();
});

/** Does with its words as sudo(8) says of -n, -H, -u and --preserve-env: an environment of its own, but for the variables that are named. */
const standInSudo = `#!/bin/sh
user= keep=
while [ "$1" != -- ]; do
  case "$1" in
    -u) user="$2"; shift ;;
    --preserve-env=*) keep="\${1#*=}" ;;
    -n | -H) ;;
    *) echo "sudo: invalid option $1" >&2; exit 1 ;;
  esac
  shift
done
shift
[ "$user" = deploy ] || { echo "sudo: a password is required" >&2; exit 1; }
for name in $(echo "$keep" | tr , ' '); do
  eval "value=\\$$name"
  set -- "$name=$value" "$@"
done
exec env -i HOME=/home/deploy USER=deploy PATH="$PATH" "$@"
`;

test("as another user a script has what it is given and nothing else; where sudo refuses, the run says so", async () => {
  const { hosts, world } = await openFleet();
  mkdirSync(join(hosts.web1.home, "bin"));
  writeFileSync(join(hosts.web1.home, "bin", "sudo"), standInSudo, { mode: 0o755 });
  const out = join(hosts.web1.home, "out");
  const values = (as: string) => ({
    servers: ["web1"],
    as,
    script: `printf '%s|' "$USER" "$HOME" "$WHO" "$TOKEN" > '${out}'`,
    check: 'test "$WHO" = "it\'s <me>"',
    variables: "WHO=it's <me>",
    secrets: "TOKEN=top-secret-token",
  });
  const start = (as: string) => world.engine.start("run-script", values(as), "Ada");
  const planned = async (as: string) =>
    (await world.engine.plan("run-script", values(as))).steps[0]?.lines.map(({ text }) => text).join();
  expect(await planned("somebody")).toContain(
    "web1 does not let it run as somebody: sudo: a password is required",
  );
  expect(await planned("deploy")).toContain("web1 can be reached");
  expect(existsSync(out)).toBe(false);
  const { runId } = await start("deploy");
  await world.until(runId, "completed");
  expect(readFileSync(out, "utf8")).toBe("deploy|/home/deploy|it's <me>|top-secret-token|");
  const { runId: refused } = await start("somebody");
  await world.until(refused, "failed");
  const { rows } = await world.engine.items(refused, "servers");
  const [step] = (await world.run(rows[0]?.runId ?? "")).steps;
  expect(step?.error?.detail).toContain("sudo: a password is required");
  await world.close();
});

test("an input that is no variable, no wave or no server is refused at its field", async () => {
  const { world } = await openFleet();
  const refused = (values: Record<string, string | string[]>) =>
    world.engine.start("run-script", { servers: ["web1"], script: "true", ...values }, "Ada");
  await expect(refused({ variables: "nonsense" })).rejects.toMatchObject({ field: "variables" });
  await expect(refused({ waves: "some" })).rejects.toMatchObject({ field: "waves" });
  await expect(refused({ waves: "1, 101 %" })).rejects.toMatchObject({ field: "waves" });
  await expect(refused({ stopAfter: "200 %" })).rejects.toMatchObject({ field: "stopAfter" });
  // They change which programs a shell runs.
  await expect(refused({ variables: "PATH=/tmp" })).rejects.toMatchObject({ field: "variables" });
  await expect(refused({ secrets: "LD_PRELOAD=/tmp/x" })).rejects.toMatchObject({ field: "secrets" });
  await expect(refused({ script: "echo a\0b" })).rejects.toMatchObject({ field: "script" });
  await expect(refused({ servers: [] })).rejects.toMatchObject({ field: "servers" });
  await expect(refused({ as: "root; rm" })).rejects.toMatchObject({ field: "as" });
  await world.close();
});

test("only an admin may start it until it is said who else may", () => {
  const person = (role: "operator" | "admin") => ({ id: role, name: role, role });
  const said = { operator: { people: ["operator"], roles: [] } };
  const book = (start: object | null) =>
    ({
      workflows: () => new Map(),
      of: (_kind: string, id: string) => (id === "run-script" && start !== null ? { start } : undefined),
    }) as never;
  const may = (role: "operator" | "admin", start: object | null = null) =>
    can({ person: person(role), scope: everything, access: book(start) }, "run", {
      workflowId: "run-script",
    });
  expect([may("admin"), may("operator"), may("operator", said.operator)]).toEqual([true, false, true]);
});

test("what the first line of a script names reads it, its check and its undo too, and one that nothing is known to read is refused", async () => {
  const { hosts, world } = await openFleet();
  const values = {
    servers: ["db1"],
    script: `#!/usr/bin/env node
require("fs").writeFileSync("by", "it's node " + process.argv.length)`,
    check: "#!/bin/bash\n[[ $(< by) == *node* ]]",
    undo: "#!/usr/bin/perl\nunlink 'by'",
  };
  const { runId } = await world.engine.start("run-script", values, "Ada");
  await world.until(runId, "completed");
  const by = join(hosts.db1.home, "by");
  expect(readFileSync(by, "utf8")).toBe("it's node 1");
  await world.engine.undo(runId, "Ada");
  await world.until(runId, "undone");
  expect(existsSync(by)).toBe(false);
  for (const field of ["script", "check", "undo"])
    await expect(
      world.engine.start("run-script", { ...values, [field]: "#!/usr/bin/awk -f\n{ print }" }, "Ada"),
    ).rejects.toMatchObject({ code: "bad-input", field });
});
