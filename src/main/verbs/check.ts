import { readdir } from "node:fs/promises";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { checkFolder } from "#authored/check-folder.ts";
import type { Fault } from "#core/authored.ts";
import { createKits } from "#kits/kits.ts";
import { nothing } from "#kits/machine.ts";
import { scriptWorkflow } from "#kits/script/script-workflow.ts";
import { startChild } from "#main/child.ts";
import { readConfig } from "#main/config.ts";
import { inDataFolder } from "#main/data-folder.ts";
import { check } from "#main/keep/check.ts";
import { say } from "#main/say.ts";

export const run = (folder?: string): Promise<void> =>
  folder === undefined ? checkData() : checkWorkflows(resolve(folder));

const checkData = async (): Promise<void> => {
  const config = readConfig();
  const { faults, remarks, looked } = await check(inDataFolder(config.dataDir), config);
  for (const sentence of [...faults, ...remarks]) say(sentence);
  say(
    `Looked at ${looked}. ${faults.length === 0 ? "All is as it should be." : `Faults: ${faults.length}.`}`,
  );
  if (faults.length > 0) process.exitCode = 1;
};

const checkWorkflows = async (folder: string): Promise<void> => {
  const scripts = { connections: nothing.connections, ...createKits(nothing) };
  const { workflows, faults, warnings, typed } = await checkFolder(folder, {
    uid: process.getuid?.(),
    startChild,
    examineEntry: new URL("../examine-child.ts", import.meta.url),
    script: (file, text) => scriptWorkflow(file, text, scripts),
    taken: await readdir(fileURLToPath(new URL("../../workflows", import.meta.url))),
    besides: fileURLToPath(new URL("../../../package.json", import.meta.url)),
  });
  for (const fault of faults) say(lineFor(fault));
  for (const warning of warnings) say(`warning: ${lineFor(warning)}`);
  for (const { file, id, title } of workflows) say(`${file}: ${id}, “${title}”`);
  if (!typed)
    say("Types were not looked at: install typescript in the folder, and see that it has a tsconfig.json.");
  say(faults.length === 0 ? "All can be used." : `Faults: ${faults.length}.`);
  if (faults.length > 0) process.exitCode = 1;
};

/** As editors and terminals make links of it. */
const lineFor = ({ file, line, sentence }: Fault): string =>
  `${file}${line === null ? "" : `:${line}`}: ${sentence}`;
