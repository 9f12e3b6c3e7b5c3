import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Workflow } from "#core/workflow.ts";
import { HeaderFault } from "#kits/script/header.ts";
import type { Examined } from "./examine.ts";

/** Makes the workflow of a script. */
export type ScriptWorkflow = (file: string, text: string) => Workflow;

export const isScript = (file: string): boolean => file.endsWith(".sh");

const longestMs = 10_000;

/** Looks at a script: at its header, and whether the shell can read it. It is not run. */
export const examineScript = async (
  folder: string,
  file: string,
  make: ScriptWorkflow,
): Promise<Examined> => {
  try {
    const text = await readFile(join(folder, file), "utf8");
    const { id, title } = make(file, text);
    const fault = await unread(text);
    if (fault !== null) return { kind: "fault", file, fault: { file, ...fault } };
    return { kind: "good", file, id, title, texts: { [file]: text }, warnings: [] };
  } catch (thrown) {
    const line = thrown instanceof HeaderFault ? thrown.line : null;
    const sentence = thrown instanceof Error ? thrown.message : String(thrown);
    return { kind: "fault", file, fault: { file, line, sentence } };
  }
};

/** What `sh -n` has against it. One that another shell reads is left to that one, which may not be here. */
const unread = (text: string): Promise<{ line: number | null; sentence: string } | null> => {
  if (!/^(?!#!)|^#!\s*\S*\/(?:env )?sh\b/.test(text)) return Promise.resolve(null);
  return new Promise((resolve) => {
    const child = execFile("sh", ["-n"], { timeout: longestMs }, (error, _, said) => {
      if (error === null || said === "") return resolve(null);
      const [, line, words] = /(\d+): (.*)/.exec(said) ?? [];
      resolve({
        line: line === undefined ? null : Number(line),
        sentence: `The shell cannot read it: ${words ?? said.trim()}.`,
      });
    });
    child.stdin?.on("error", () => {}).end(text);
  });
};
