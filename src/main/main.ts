import { readFile } from "node:fs/promises";
import { Command, CommanderError } from "commander";
import { codeOfError, exitCodes } from "#cli/exit-codes.ts";
import { addRemoteVerbs } from "#cli/program.ts";
import { thisTerminal } from "#cli/terminal.ts";
import { AppError } from "#core/errors.ts";
import { readClientConfig, readConfig } from "./config.ts";
import { inDataFolder } from "./data-folder.ts";
import { verbs } from "./verbs/verbs.ts";
import { version } from "./version.ts";
import { wordsFor } from "./words-for.ts";

const program = new Command("milepost")
  .description("Runs long, many-step work on a server and shows where it stands.")
  .version(version, "--version", "print the version")
  .exitOverride()
  .showSuggestionAfterError()
  .commandsGroup("The server and its data, found by MILEPOST_DATA or in the folder data:");

for (const [name, { takes, does, otherwise, load }] of Object.entries(verbs)) {
  const [option] = takes.filter((what) => what.startsWith("--"));
  const command = program.command(
    option === undefined
      ? [name, ...takes.map((what) => (what.startsWith("[") ? what : `<${what}>`))].join(" ")
      : name,
  );
  if (option !== undefined) command.requiredOption(option);
  command.description(does).action(async (...given: unknown[]) => {
    if (otherwise !== undefined && readConfig().database !== null)
      throw new AppError(
        "conflict",
        `“milepost ${name}” works on a database in the data folder, and MILEPOST_DATABASE names another one. ${otherwise}`,
      );
    const args =
      option === undefined
        ? given.slice(0, takes.length).filter((arg) => arg !== undefined)
        : Object.values(command.opts<Record<string, string>>());
    await (await load())(...args.map(String));
  });
}

/** Of what stopped it, by how far it came. */
let codeOf: (error: unknown) => number = () => exitCodes.failed;
addRemoteVerbs(program, {
  terminal: thisTerminal(),
  connect: async () => {
    codeOf = () => exitCodes.wrongUse;
    const { url, token, dataDir } = readClientConfig();
    codeOf = codeOfError;
    const { createClient } = await import("#cli/client.ts");
    return createClient({ url: url ?? (await ownAddress(dataDir)), token });
  },
  // What is kept open for a next request would hold the process for seconds.
  end: (code) => process.stdout.write("", () => process.exit(code)),
});

try {
  await program.parseAsync(process.argv.length > 2 ? process.argv : [...process.argv, "help"]);
} catch (error) {
  // Commander has said what is wrong, or printed the help that was asked for.
  if (error instanceof CommanderError) process.exit(error.exitCode === 0 ? 0 : 2);
  process.stderr.write(`${wordsFor(error)}\n`);
  process.exit(codeOf(error));
}

/** Of the server that runs here; where none ever did, where one usually is. */
async function ownAddress(dataDir: string): Promise<URL> {
  const kept = await readFile(inDataFolder(dataDir).address, "utf8").catch(() => "");
  return new URL(kept.trim() || "http://localhost:3000/");
}
