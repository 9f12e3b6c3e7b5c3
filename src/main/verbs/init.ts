import { relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { initFolder } from "#authored/init.ts";
import { readConfig } from "#main/config.ts";
import { makeFolder } from "#main/make-folder.ts";
import { say } from "#main/say.ts";

const types = `${fileURLToPath(new URL("../../kits/", import.meta.url))}milepost.ts`;

export const run = async (given?: string): Promise<void> => {
  const { workflowsDir } = readConfig();
  const folder = given === undefined ? workflowsDir : resolve(given);
  makeFolder(folder, 0o755);
  const made = await initFolder(folder, types);
  if (made.length === 0) return say(`${folder} has all that it needs; nothing was changed.`);
  say(`Made in ${folder}: ${made.join(", ")}.`);
  if (made.includes("greet.ts")) say("greet.ts is an example: a server that runs offers it already.");
  if (folder !== workflowsDir)
    say(
      `A server reads it when it is started with MILEPOST_WORKFLOWS=${relative(process.cwd(), folder) || "."}`,
    );
};
