import type { Connection, Connections } from "#core/connection.ts";
import { AppError } from "#core/errors.ts";
import type { InputField } from "#core/fields.ts";
import { start } from "#core/start.ts";
import { type Workflow, workflow } from "#core/workflow.ts";
import type { Job } from "#kits/job/job-options.ts";
import { createServerField } from "#kits/server-field.ts";
import type { Shell } from "#kits/shell-options.ts";
import { environmentOf, fieldOf, secretNamesOf, secretsOf } from "./asked.ts";
import { type Header, HeaderFault, readHeader } from "./header.ts";

export interface ScriptDeps {
  connections: Connections;
  shell: Shell;
  job: Job;
}

/** What was typed, as the script finds it in its environment, and the server that it runs on. */
interface Input {
  env: Readonly<Record<string, string>>;
  server: { id: string; name: string } | null;
}

/** Longer ones do not fit on the command line of a server. */
const longestChars = 64 * 1024;

/** The workflow that a script with a header is. Throws HeaderFault. */
export const scriptWorkflow = (
  file: string,
  script: string,
  { connections, shell, job }: ScriptDeps,
): Workflow => {
  const header = readHeader(script);
  const id = file.replace(/\.sh$/, "");
  if (!/^[a-z][a-z0-9-]*$/.test(id))
    throw new HeaderFault(
      1,
      "Its name must be lower case letters, digits and dashes, and begin with a letter: rotate-logs.sh.",
    );
  if (script.length > longestChars)
    throw new HeaderFault(
      1,
      "A script may have 64 KiB at most. Put what is longer on the server, and call it.",
    );
  const fields: (ReturnType<typeof fieldOf> | InputField<string, unknown>)[] = header.asks.map(fieldOf);
  if (header.on === "asked") fields.unshift(createServerField(connections)("server", "On which server?"));
  const common = {
    shell: header.shell,
    env: ({ input }: { input: Input }) => input.env,
    secrets: secretsOf(secretNamesOf(header.asks)),
    on: ({ input }: { input: Input }) => input.server?.id ?? null,
  };
  const work = { ...common, script, limitMs: header.limitMs };
  const steps = workflow(
    id,
    header.title,
    header.about || `Runs ${file}.`,
    start({
      fields,
      input: (given) => inputOf(header, connections, given as Readonly<Record<string, unknown>>),
      subject: ({ env, server }: Input) => [server?.name, ...Object.values(env)].filter(Boolean).join(" / "),
    }),
  ).wait(
    "run",
    header.title,
    job<Input, object, string, string>({
      ...work,
      ...(header.again === null ? {} : { safeBecause: header.again }),
      ...(header.undo === null ? {} : { undo: header.undo }),
    }),
  );
  const sentence = ({ server }: Input) =>
    `${header.title}: done${server === null ? "" : ` on ${server.name}`}.`;
  return header.check === null
    ? steps.hands((input) => ({ sentence: sentence(input) }))
    : steps
        .do(
          "check",
          "Look whether it worked",
          shell<Input, object, string, string>({ ...common, script: header.check, readsOnly: true }),
        )
        .hands((input) => ({ sentence: `${sentence(input)} It was looked at and is so.` }));
};

const inputOf = async (
  { asks, on }: Header,
  connections: Connections,
  given: Readonly<Record<string, unknown>>,
): Promise<Input> => {
  const env = environmentOf(asks, given);
  if (on === "here") return { env, server: null };
  const server = on === "asked" ? (given.server as Connection) : await named(connections, on.server);
  return { env, server: { id: server.id, name: server.name } };
};

const named = async (connections: Connections, name: string): Promise<Connection> => {
  const found = (await connections.list("ssh")).find((one) => one.name === name);
  if (found !== undefined) return found;
  throw new AppError(
    "bad-input",
    `There is no connection to a server called “${name}”. Add one under Connections.`,
  );
};
