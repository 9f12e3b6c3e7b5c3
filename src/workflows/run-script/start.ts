import type { Connection, Connections } from "#core/connection.ts";
import { isShare, isWave, type Share, type Wave } from "#core/each.ts";
import { AppError } from "#core/errors.ts";
import { many } from "#core/field-choices.ts";
import { checkbox, number, secret, text } from "#core/field-kinds.ts";
import { group, wrong } from "#core/fields.ts";
import { longestScript, type ScriptText } from "#core/saved-script.ts";
import { unreadable } from "#core/script-reader.ts";
import { start } from "#core/start.ts";
import { variablesIn } from "./variables-in.ts";

export interface Server {
  id: string;
  name: string;
}

/** What is run, and with what: the same on each server. */
export interface Script extends Pick<ScriptText, "script" | "check" | "undo" | "as"> {
  env: Readonly<Record<string, string>>;
  limitMs: number;
}

/** On which servers, and how many at a time. */
export interface Spread {
  servers: readonly Server[];
  /** The undo script is run at once where the script or its check fails. */
  undoAtOnce: boolean;
  atOnce: number;
  waves: readonly Wave[];
  stopAfter: Share;
}

export interface Input extends Script, Spread {
  secretNames: readonly string[];
}

/** The name of a user as `sudo -u` takes it, or nothing. */
export const userShape = { is: /^([a-z_][a-z0-9_-]*)?$/i, says: "Give the name of a user, or nothing." };
const tagged = "tag:";

export const tagsOf = ({ values }: Pick<Connection, "values">): readonly string[] =>
  (values.tags ?? "").split(/[\s,]+/).filter((tag) => tag !== "");

export const serversField = (connections: Connections) =>
  many("servers", "On which servers?", {
    options: async () => choicesOf(await connections.list("ssh")),
    help: "Tags are words at a connection; one stands for all servers that have it.",
    whenEmpty: "There is no server yet. Add one under Connections, then come back.",
    otherwise: "Choose servers that are among the connections.",
  });

export const undoAtOnceField = checkbox(
  "undoAtOnce",
  "Take it back at once on a server where the script or its check fails",
);

/** How many at a time, and when no more. */
export const spreadFields = () =>
  [
    number("atOnce", "Servers at a time", { preset: 5, min: 1, max: 100 }),
    text("waves", "Waves", {
      preset: "1, 10 %, rest",
      help: "A wave begins when the one before is over.",
      read: readWaves,
    }),
    text("stopAfter", "Stop when so many have failed", {
      preset: "1",
      help: "A number, or a share of all such as 10 %. Those under way come to their end.",
      read: readShare,
    }),
  ] as const;

export const minutesField = () =>
  number("minutes", "Minutes at most on one server", { preset: 60, min: 1, max: 10_080 });

export const scriptStart = (connections: Connections) =>
  start({
    fields: [
      serversField(connections),
      text("script", "Script", {
        required: true,
        multiline: true,
        longest: longestScript,
        help: "For sh, or what a first line such as #!/usr/bin/env python3 names. What differs from server to server it finds out itself.",
      }),
      text("check", "It worked when this ends with 0", {
        multiline: true,
        longest: longestScript,
        help: "Another script, run afterwards; it should change nothing. Left empty, the script's own end counts.",
      }),
      group("How it is taken back", [
        text("undo", "Undo script", {
          multiline: true,
          longest: longestScript,
          help: "Run on each server where the script was begun when the run is undone. It has to bear being run twice, and where there is nothing to take back.",
        }),
        undoAtOnceField,
      ]),
      group("What it is given", [
        text("variables", "Variables", {
          multiline: true,
          help: "NAME=value, one a line. The script finds each as $NAME.",
          read: (typed) => variablesIn(typed),
        }),
        secret("secrets", "Secret variables", {
          multiline: true,
          help: "The same for what nobody may see.",
          tells: (typed) => Object.keys(variablesIn(typed)),
        }),
        text("as", "Run it as this user", {
          help: "By sudo, without a password. Left empty: the user of the connection.",
          shape: userShape,
        }),
      ]),
      group("How many at a time", [...spreadFields(), minutesField()]),
    ],
    submit: "Run it",
    input: async ({ servers, secrets, variables, minutes, ...given }): Promise<Input> => ({
      ...readable(given),
      servers: chosen(await connections.list("ssh"), servers),
      env: variables,
      secretNames: secrets,
      limitMs: minutes * 60_000,
    }),
    subject: ({ servers }) => namesOf(servers),
  });

const readable = <T extends Pick<Script, "script" | "check" | "undo">>(given: T): T => {
  for (const field of ["script", "check", "undo"] as const) {
    const fault = unreadable(given[field]);
    if (fault !== null) throw wrong(field, fault);
  }
  return given;
};

const namedAtMost = 3;

export const namesOf = (servers: readonly Server[]): string => {
  const named = servers.slice(0, namedAtMost).map(({ name }) => name);
  const more = servers.length - named.length;
  return more > 0 ? `${named.join(", ")} and ${more} more` : named.join(", ");
};

const choicesOf = (servers: readonly Connection[]) => {
  const tags = [...new Set(servers.flatMap(tagsOf))].sort();
  return [
    ...tags.map((tag) => {
      const count = servers.filter((one) => tagsOf(one).includes(tag)).length;
      return { value: `${tagged}${tag}`, label: `All with the tag “${tag}” (${count})` };
    }),
    ...servers.map(({ id, name }) => ({ value: id, label: name })),
  ];
};

export const chosen = (all: readonly Connection[], values: readonly string[]): readonly Server[] => {
  const isMeant = (one: Connection) =>
    values.includes(one.id) || tagsOf(one).some((tag) => values.includes(tagged + tag));
  const servers = all.filter(isMeant).map(({ id, name }) => ({ id, name }));
  if (servers.length === 0) throw wrong("servers", "Choose at least one server, or a tag.");
  return servers;
};

const counted = (typed: string): unknown => (/^\d+$/.test(typed) ? Number(typed) : typed);

const readShare = (typed: string): Share => {
  const share = counted(typed.replace(/\s*%$/, " %"));
  if (isShare(share)) return share;
  throw new AppError("bad-input", "Give a number such as 2, or a share such as 10 %.");
};

const readWaves = (typed: string): readonly Wave[] => {
  const waves = typed.split(",").map((part) => counted(part.trim().replace(/\s*%$/, " %")));
  if (waves.every(isWave)) return waves;
  throw new AppError("bad-input", "Give waves such as: 1, 10 %, rest.");
};
