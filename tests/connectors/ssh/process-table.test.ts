import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { lookScript, looks, readTable, treeOf } from "#connectors/ssh/process-table.ts";
import { quote } from "#connectors/ssh/quote.ts";
import { runScript } from "#connectors/ssh/script.ts";
import { testFolder } from "../../main/milepost.ts";

const marker = "milepost-look-abc:";
const undo: (() => void)[] = [];
afterEach(() => {
  for (const one of undo.splice(0)) one();
});

/** Runs it as a login shell would, up to its first line. */
const begin = async (command: string, nonce: string): Promise<number> => {
  const tag = { step: "run7/step 1", nonce, limitS: 60 };
  const child = spawn("sh", ["-c", runScript(command, "begun:", tag, {})], { detached: true });
  undo.push(() => process.kill(-(child.pid ?? 0), "SIGKILL"));
  await once(child.stdout, "data");
  return child.pid ?? 0;
};

const look = (script: string) => readTable(execFileSync("sh", ["-c", script], { encoding: "utf8" }), marker);
/** As on a machine where the first kind of look that we know cannot be made. */
const withoutProc = (script: string) => script.replaceAll("/proc/self/stat", "/nowhere");

describe("a look at a machine's processes", () => {
  it.each([
    ["/proc", (script: string) => script, looks.proc],
    ["ps", withoutProc, looks.ps],
  ])("finds a run's command by %s, and none of what it forked", async (_, change, part) => {
    const pid = await begin("( sleep 60; : ) & sleep 60; :", "aa01");
    const script = change(lookScript(marker, { runId: "run7" }, null));
    expect(script).toContain(part.split("\n")[0]);
    const table = look(script);
    expect(table.complete).toBe(true);
    expect(table.commands.filter(({ nonce }) => nonce === "aa01")).toEqual([
      { pid, step: "run7/step_1", nonce: "aa01", endsAtS: expect.closeTo(table.nowS + 60, -1) },
    ]);
    await expect.poll(() => treeOf(look(script), [pid]).size).toBeGreaterThanOrEqual(3);
    expect(look(change(lookScript(marker, { runId: "run" }, null))).commands).toEqual([]);
  });

  it("keeps the tag out of what a shell complains of: people read that", () => {
    const tag = { step: "run7/step 1", nonce: "aa09", limitS: 60 };
    const ran = spawnSync("sh", ["-c", runScript("nowhere-installed", "begun:", tag, {})], {
      encoding: "utf8",
    });
    expect(ran.status).toBe(127);
    expect(ran.stderr).toMatch(/^begun:\d+\nsh: .*nowhere-installed: (command )?not found\n$/);
  });

  it("says that it is not complete where a machine shows nothing, but for the group that was asked for", async () => {
    const pid = await begin("sleep 60; :", "aa02");
    const blind = withoutProc(
      lookScript(marker, { nonce: "aa02" }, { signal: "TERM", pids: [], group: pid }),
    ).replace("elif ps", "elif false && ps");
    expect(look(blind)).toMatchObject({ complete: false, commands: [] });
  });

  it("hands what it may not signal itself to the user that runs it, and nothing else", async () => {
    const own = await begin("sleep 60; :", "aa03");
    const gone = spawn("true");
    await once(gone, "close");
    const asked = join(testFolder(), "asked");
    const shell = ["sh", "-c", `printf '%s ' "$@" > ${quote(asked)}`, "as-other", "sh"];
    const pids = [own, gone.pid ?? 0];
    look(
      lookScript(
        marker,
        { nonce: "aa03" },
        { signal: "TERM", pids: [], group: null, asOther: { shell, pids } },
      ),
    );
    expect(readFileSync(asked, "utf8")).toBe(`sh -c kill -s TERM -- "$@" milepost ${gone.pid} `);
  });

  it("is not led astray by what a machine makes up", () => {
    const row = (pid: string | number, parent: number) => `s ${pid} (x) (y) S ${parent} ${pid} ${pid} 0 0`;
    const many = Array.from({ length: 20_000 }, (_, i) => row(i + 10, i + 9)).join("\n");
    const said = `${marker}5\n${row("9".repeat(40), 1)}\n${row(7, 7)}\nr 99999999999999 milepost:a/b:ff:1:\nr 7 milepost:a/b:ff:1:8@1\n${many}\n${marker}end\n`;
    const table = readTable(said, marker);
    expect(table.commands).toEqual([]);
    expect(table.processes.get(7)).toMatchObject({ pid: 7, parent: 7 });
    // A chain of any length, and one that bites its tail.
    expect(treeOf(table, [10]).size).toBe(20_000);
    expect(treeOf(table, [7]).size).toBe(1);
    expect(() => readTable(`${marker}5\n`, marker)).toThrow("did not say what runs there");
  });
});
