import { AppError } from "#core/errors.ts";
import { readVariables, variableNames } from "#stacks/env-lines.ts";
import type { ComposeFile } from "./compose-file.ts";

/**
 * The names of the variables that a text sets. Dokploy writes them into a file that Docker Compose reads by rules of its own, quoted by newer
 * versions and bare by older ones. Throws AppError("bad-input") for what would not arrive as it was typed by either.
 */
export const composeVariableNames = (text: string): string[] => {
  const names = variableNames(text);
  for (const [name, value] of readVariables(text)) {
    const why = changedBy.find(({ has }) => has.test(value))?.why;
    if (why === undefined) continue;
    throw new AppError(
      "bad-input",
      `The value of ${name} ${why}, which Docker Compose reads otherwise than it is written, so it would not arrive unchanged. Put it into the file itself, where $ is written $$.`,
      { field: "env" },
    );
  }
  return names;
};

const changedBy = [
  { has: /\$/, why: "holds $" },
  { has: /\n/, why: "has several lines" },
  { has: /^["']/, why: "begins with a quote" },
  { has: / #/, why: "holds a space before #" },
  { has: /^\s|\s$/, why: "begins or ends with a space" },
];

/** What does not fit between the variables that there will be and those that the file reads, each a whole sentence. */
export const unmatched = (
  { reads, readsAll }: Pick<ComposeFile, "reads" | "readsAll">,
  { set, there }: { set: readonly string[]; there: readonly string[] },
): string[] => {
  const known = new Set([...there, ...set, "APP_NAME", "COMPOSE_PROJECT_NAME", "DOCKER_CONFIG"]);
  const missing = reads.filter(({ name, needed }) => needed && !known.has(name)).map(({ name }) => name);
  const unread = readsAll ? [] : set.filter((name) => !reads.some((one) => one.name === name));
  return [
    ...(missing.length === 0
      ? []
      : [`The file reads ${missing.join(", ")}, which no variable sets: it will be empty.`]),
    ...(unread.length === 0
      ? []
      : [
          `The file names ${unread.join(", ")} nowhere, so no container gets it. \${${unread[0]}} in it would.`,
        ]),
  ];
};
