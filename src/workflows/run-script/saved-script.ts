import { AppError } from "#core/errors.ts";
import { type AnyField, group, wrong } from "#core/fields.ts";
import { type ScriptVersion, scriptCode } from "#core/saved-script.ts";
import { start } from "#core/start.ts";
import { type Workflow, workflow } from "#core/workflow.ts";
import { environmentOf, fieldOf, secretNamesOf, secretsOf } from "#kits/script/asked.ts";
import { type Ask, askOf, HeaderFault } from "#kits/script/header.ts";
import type { Host } from "#workflows/host.ts";
import { type OnOne, onAServer } from "./on-a-server.ts";
import { outcomeOf } from "./outcome.ts";
import {
  chosen,
  namesOf,
  type Spread,
  serversField,
  spreadFields,
  undoAtOnceField,
  userShape,
} from "./start.ts";

interface Input extends Spread {
  env: Readonly<Record<string, string>>;
}
type Item = OnOne & Pick<Input, "env">;
/** What is asked of each script. */
type Asked = Pick<Spread, "atOnce" | "waves" | "stopAfter"> & {
  servers: readonly string[];
  undoAtOnce?: boolean;
};

/**
 * The workflow that a saved script is: whoever starts it chooses servers and gives what it asks, and nothing else of what runs there. Throws
 * AppError("bad-input") with the field that is wrong.
 */
export const savedScript = (
  { connections, kits }: Pick<Host, "connections" | "kits">,
  version: ScriptVersion,
): Workflow => {
  const { id, n, name, about, script, check, undo, as, minutes } = version;
  if (!userShape.is.test(as)) throw wrong("as", userShape.says);
  const asks = asksIn(version.inputs);
  const secrets = secretNamesOf(asks);
  const undoing = undo === "" ? [] : [undoAtOnceField];
  const flow = workflow(
    id,
    name,
    about === "" ? `Runs version ${n} of the script “${name}” on servers.` : about,
    start<AnyField, Input>({
      fields: [
        serversField(connections),
        ...asks.map(fieldOf),
        ...undoing,
        group("How many at a time", spreadFields()),
      ],
      submit: "Run it",
      input: async (given) => {
        // What the script asks has names that the compiler cannot know; these are not among them.
        const { servers, undoAtOnce = false, ...spread } = given as unknown as Asked;
        return {
          servers: chosen(await connections.list("ssh"), servers),
          env: environmentOf(asks, given),
          undoAtOnce,
          ...{ atOnce: spread.atOnce, waves: spread.waves, stopAfter: spread.stopAfter },
        };
      },
      subject: ({ servers }) => namesOf(servers),
    }),
  )
    .each("servers", "On each server", {
      flow: onAServer<Item, string>(kits, {
        scriptOf: ({ env }) => ({ script, check, undo, as, env, limitMs: minutes * 60_000 }),
        secretsOf: () => secretsOf(secrets),
        secrets,
        ...(undo === "" ? { undoneBy: null } : {}),
      }),
      what: "servers",
      of: ({ input: { servers, env, undoAtOnce } }) =>
        servers.map((server) => ({ key: server.id, title: server.name, input: { server, env, undoAtOnce } })),
      atOnce: ({ atOnce }) => atOnce,
      waves: ({ waves }) => waves,
      stopAfter: ({ stopAfter }) => stopAfter,
      gives: ({ run }) => run,
    })
    .hands((_input, { servers }) => outcomeOf(servers));
  return { ...flow, code: scriptCode(version) };
};

/** What the form has already. */
const taken = new Set(["servers", "waves", "undoAtOnce", "atOnce", "stopAfter", "press"]);

const asksIn = (inputs: string): readonly Ask[] => {
  const asks: Ask[] = [];
  for (const [index, line] of inputs.split("\n").entries()) {
    const rest = line.replace(/^#\s*ask:/, "").trim();
    if (rest === "") continue;
    const ask = askIn(rest, index + 1);
    if (taken.has(ask.name) || asks.some((one) => one.name === ask.name))
      throw wrong("inputs", `Line ${index + 1}: “${ask.name}” is asked already.`);
    asks.push(ask);
  }
  return asks;
};

const askIn = (rest: string, line: number): Ask => {
  try {
    return askOf(rest, line);
  } catch (thrown) {
    if (!(thrown instanceof HeaderFault)) throw thrown;
    throw new AppError("bad-input", `Line ${line}: ${thrown.message.replace("# ask: ", "")}`, {
      field: "inputs",
    });
  }
};
