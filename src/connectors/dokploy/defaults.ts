import type { ConnectionValues } from "#core/connection.ts";
import { AppError } from "#core/errors.ts";

/** How stacks are made on a connection unless a run says otherwise. */
export interface StackDefaults {
  image: string | null;
  /** "apps.example.org" */
  domainSuffix: string;
  /** Where the container listens. */
  port: number;
  https: boolean;
  /** Where people reach it, when it is not the scheme's usual port. */
  publicPort: number | null;
  /** The folder of a container that a volume keeps; null: none. */
  keptFolder: string | null;
}

/** Reads a connection's values. Throws AppError("bad-input") with the field at fault. */
export const readDefaults = (values: ConnectionValues): StackDefaults => {
  const text = (name: string) => (values[name] ?? "").trim();
  const publicPort = text("publicPort");
  return {
    image: text("image") === "" ? null : readImage(text("image")),
    domainSuffix: readSuffix(text("domainSuffix")),
    port: readPort(text("port") || "8080", "port"),
    https: readYesNo(text("https") || "yes", "https"),
    publicPort: publicPort === "" ? null : readPort(publicPort, "publicPort"),
    keptFolder: text("keptFolder") === "" ? null : readFolder(text("keptFolder")),
  };
};

/** An image's reference: lower case, no spaces, no leading dash that a command could take for an option. */
export const readImage = (typed: string): string => {
  if (
    typed.length <= 255 &&
    /^[a-z0-9][a-z0-9._/:@-]*(:[A-Za-z0-9._-]+)?(@sha256:[0-9a-f]{64})?$/.test(typed)
  )
    return typed;
  throw new AppError(
    "bad-input",
    "The image is no Docker image name. It looks like ghcr.io/example/app:1.2",
    {
      field: "image",
    },
  );
};

const readFolder = (typed: string): string => {
  const folder = typed.replace(/\/+$/, "");
  if (/^(?:\/[.-]*\w[\w.-]*)+$/.test(folder)) return folder;
  throw new AppError("bad-input", "The folder to keep must be an absolute path, like /workspace", {
    field: "keptFolder",
  });
};

export const readPort = (typed: string, field: string): number => {
  const port = Number(typed);
  if (/^\d{1,5}$/.test(typed) && port >= 1 && port <= 65_535) return port;
  throw new AppError("bad-input", `The port must be a number from 1 to 65535, not “${typed}”.`, { field });
};

/** Labels of letters, digits and hyphens (RFC 1123); short enough that a stack's name fits before it (253 in all). */
const readSuffix = (typed: string): string => {
  const suffix = typed.toLowerCase().replace(/^\*?\.+|\.+$/g, "");
  const label = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?";
  if (suffix.length <= 230 && new RegExp(`^${label}(?:\\.${label})*$`).test(suffix)) return suffix;
  throw new AppError("bad-input", "The domain suffix is no host name. It looks like apps.example.org", {
    field: "domainSuffix",
  });
};

const readYesNo = (typed: string, field: string): boolean => {
  if (/^(yes|true|on|1)$/i.test(typed)) return true;
  if (/^(no|false|off|0)$/i.test(typed)) return false;
  throw new AppError("bad-input", `Answer yes or no, not “${typed}”.`, { field });
};
