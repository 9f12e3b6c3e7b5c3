import { spawnSync } from "node:child_process";
import { Command } from "commander";
import { expect, test } from "vitest";
import { completion } from "#cli/completion.ts";
import { addRemoteVerbs } from "#cli/program.ts";

const never = () => {
  throw new Error("Nothing is asked of a server.");
};
const program = new Command("milepost");
addRemoteVerbs(program, { terminal: {} as never, connect: never, end: never });

/** What bash offers once somebody pressed Tab behind these words. */
const offered = (...words: readonly string[]): string[] => {
  const input = `${completion(program, "bash")}
    milepost() { printf 'deploy-stack  Deploy a stack\\nbot-log  Read\\n'; }
    COMP_WORDS=(milepost ${words.map((word) => `'${word}'`).join(" ")}); COMP_CWORD=${words.length}
    _milepost && printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, stderr } = spawnSync("bash", ["-eu"], { input, encoding: "utf8" });
  expect(stderr).toBe("");
  return stdout.split("\n").filter((line) => line !== "");
};

test("bash completes verbs, their options, and what can be started", () => {
  expect(offered("sta")).toEqual(["start"]);
  expect(offered("")).toEqual(program.commands.map((verb) => verb.name()));
  expect(offered("retry", "--n")).toEqual(["--new-file"]);
  expect(offered("start", "de")).toEqual(["deploy-stack"]);
  expect(offered("start", "deploy-stack", "--w")).toEqual(["--wait"]);
  expect(offered("watch", "de")).toEqual([]);
});

test("zsh reads the same, fish has a line for each verb and option, and another shell is refused", () => {
  expect(completion(program, "zsh")).toContain(completion(program, "bash"));
  const fish = completion(program, "fish");
  for (const verb of program.commands) expect(fish).toContain(`-a ${verb.name()} `);
  expect(fish).toContain('"__fish_seen_subcommand_from start" -l wait');
  expect(() => completion(program, "csh")).toThrow("bash, zsh, fish");
});
