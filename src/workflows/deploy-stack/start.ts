import { readDefaults, readImage, readPort } from "#connectors/dokploy/defaults.ts";
import { AppError } from "#core/errors.ts";
import { type Field, textOf, type Values } from "#core/form.ts";
import type { Start } from "#core/workflow.ts";
import { defaultConnection } from "./default-connection.ts";
import type { StackDeps, StackInput } from "./deps.ts";
import { variableNames } from "./env-lines.ts";
import { readName } from "./name.ts";

/** Asks for a name; everything else has a default, the connection's own where it has one. */
export const startStack = ({ connections }: Pick<StackDeps, "connections">): Start<StackInput> => ({
  secrets: ["env"],
  form: async () => {
    const all = await connections.list("dokploy");
    if (all.length === 0) {
      const text = "There is no Dokploy connection yet. Add one under Connections, then come back.";
      return { fields: [{ kind: "note", tone: "info", text }], submit: "Deploy" };
    }
    const only = all.length === 1 ? all[0] : undefined;
    const fields: Field[] = [
      {
        kind: "choice",
        name: "connection",
        label: "Where to?",
        options: all.map((one) => ({
          value: one.id,
          label: one.name,
          marks: one.builtIn ? ["no server needed"] : [],
        })),
        value: defaultConnection(all) ?? "",
      },
      {
        kind: "text",
        name: "name",
        label: "Stack name",
        help: "3 to 20 lower case letters, digits and hyphens. The host is this name and the connection's domain suffix. An existing stack of this name is updated.",
        required: true,
        autocomplete: "off",
      },
      {
        kind: "text",
        name: "image",
        label: "Docker image",
        help: "Empty: the connection's default.",
        ...(only?.values.image ? { placeholder: only.values.image } : {}),
      },
      {
        kind: "text",
        name: "env",
        label: "Environment variables",
        help: "One NAME=value per line, kept sealed. They replace those of an existing stack; empty leaves them as they are.",
        multiline: true,
        secret: true,
      },
      {
        kind: "checkbox",
        name: "keepFailed",
        label: "Keep a stack that failed",
        help: "To look at it. Otherwise what this run made is removed again when it fails.",
        checked: false,
      },
      {
        kind: "group",
        legend: "Port and health check",
        open: false,
        fields: [
          {
            kind: "number",
            name: "port",
            label: "Container port",
            help: "Empty: the connection's.",
            min: 1,
            max: 65_535,
          },
          { kind: "text", name: "healthPath", label: "Path of the health check", value: "/" },
          {
            kind: "number",
            name: "healthEvery",
            label: "Look every",
            value: "5",
            min: 1,
            max: 300,
            unit: "s",
          },
          {
            kind: "number",
            name: "healthTimeout",
            label: "Give up after",
            value: "60",
            min: 1,
            max: 3_600,
            unit: "s",
          },
        ],
      },
    ];
    return { fields, submit: "Deploy" };
  },
  read: async (values) => {
    const all = await connections.list("dokploy");
    const id = textOf(values, "connection") || defaultConnection(all);
    const connection = all.find((one) => one.id === id);
    if (connection === undefined) {
      throw new AppError(
        "bad-input",
        "Choose one of the Dokploy connections. If there is none, add one under Connections.",
        { field: "connection" },
      );
    }
    const defaults = readDefaults(connection.values);
    return {
      connectionId: connection.id,
      connectionName: connection.name,
      name: readName(textOf(values, "name")),
      image: imageOf(textOf(values, "image"), defaults.image),
      domainSuffix: defaults.domainSuffix,
      port: textOf(values, "port") === "" ? defaults.port : readPort(textOf(values, "port"), "port"),
      https: defaults.https,
      publicPort: defaults.publicPort,
      variables: variableNames(textOf(values, "env")),
      healthPath: readPath(textOf(values, "healthPath") || "/"),
      healthEveryMs: readSeconds(values, "healthEvery", 5, 300) * 1000,
      healthTimeoutMs: readSeconds(values, "healthTimeout", 60, 3_600) * 1000,
      keepFailed: textOf(values, "keepFailed") !== "",
    };
  },
  subject: ({ name, connectionName }) => `${name} · ${connectionName}`,
  lock: ({ connectionId, name }) => `stack:${connectionId}/${name}`,
  onFailure: ({ keepFailed }) => (keepFailed ? "stop" : "undo"),
});

const imageOf = (typed: string, preset: string | null): string => {
  if (typed !== "") return readImage(typed);
  if (preset !== null) return preset;
  throw new AppError("bad-input", "Give a Docker image: the connection has no default one.", {
    field: "image",
  });
};

const readPath = (path: string): string => {
  if (/^\/[\x21-\x7e]*$/.test(path) && !path.startsWith("//")) return path;
  throw new AppError("bad-input", "The path of the health check must begin with a slash, like /healthz", {
    field: "healthPath",
  });
};

/** Fractions are for programs; the form asks for whole seconds. */
const readSeconds = (values: Values, field: string, preset: number, most: number): number => {
  const typed = textOf(values, field);
  if (typed === "") return preset;
  const seconds = Number(typed);
  if (Number.isFinite(seconds) && seconds > 0 && seconds <= most) return seconds;
  throw new AppError("bad-input", `This must be a number of seconds up to ${most}, not “${typed}”.`, {
    field,
  });
};
