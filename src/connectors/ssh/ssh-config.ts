import { readFileSync } from "node:fs";
import { AppError } from "#core/errors.ts";
import { isFor } from "./known-hosts.ts";

/** What an ssh_config says of a host; what it does not say is missing. */
export interface HostConfig {
  hostName?: string;
  user?: string;
  port?: string;
  /** As ProxyJump of ssh: "me@bastion:2222,inner"; "none" is left out. */
  proxyJump?: string;
}

const wanted: Readonly<Record<string, keyof HostConfig>> = {
  hostname: "hostName",
  user: "user",
  port: "port",
  proxyjump: "proxyJump",
};

/** What would lead elsewhere, or run something on the machine of Milepost, when it was left out. */
const refused: Readonly<Record<string, string>> = {
  match: "Milepost reads Host blocks only: write what a Match block sets for this host into one.",
  include: "Milepost does not read further files: paste their lines here.",
  proxycommand:
    "Milepost runs no command on its own machine to reach a server. Name the machine in between with ProxyJump.",
  certificatefile: "Milepost's own client does not sign in by OpenSSH certificates.",
};
const otherWay =
  "Or choose the system's ssh as the client, with these lines in the file that MILEPOST_SSH_CONFIG names.";

/** What is read for a connection: lines that were pasted into it, then the operator's own file, "" for none. */
export interface ConfigTexts {
  pasted: string;
  mounted: string;
}

/** The operator's file. Throws AppError("bad-input") when it cannot be read. */
export const readMounted = (path: string | null): string => {
  if (path === null) return "";
  try {
    return readFileSync(path, "utf8");
  } catch (thrown) {
    throw new AppError(
      "bad-input",
      `The ssh_config that MILEPOST_SSH_CONFIG names, ${path}, cannot be read.`,
      {
        field: "host",
        cause: thrown,
      },
    );
  }
};

/**
 * Reads ssh_config text for one host (ssh_config(5)): of each setting the first value counts, from blocks whose patterns fit the name as
 * it was typed. Throws AppError("bad-input", …, { field: "sshConfig" }) for what would change the way there and is not supported.
 */
export const hostConfig = ({ pasted, mounted }: ConfigTexts, host: string): HostConfig => {
  const found: HostConfig = {};
  take(found, pasted, host, "the ssh_config");
  take(found, mounted, host, "the ssh_config that MILEPOST_SSH_CONFIG names");
  const { proxyJump, ...rest } = found;
  return proxyJump === undefined || proxyJump.toLowerCase() === "none" ? rest : { ...rest, proxyJump };
};

const take = (found: HostConfig, text: string, host: string, source: string): void => {
  let fits = true;
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const { keyword, value } = settingIn(line);
    if (keyword === "") continue;
    if (keyword === "host") {
      fits = isFor(value.split(/\s+/).join(","), host.toLowerCase());
      continue;
    }
    const why = refused[keyword];
    // A Match or Include may set anything, wherever it stands.
    const isAnywhere = keyword === "match" || keyword === "include";
    if (why !== undefined && (fits || isAnywhere) && value.toLowerCase() !== "none")
      throw new AppError("bad-input", `Line ${index + 1} of ${source} cannot be used. ${why} ${otherWay}`, {
        field: "sshConfig",
      });
    const name = wanted[keyword];
    if (fits && name !== undefined) found[name] ??= value.replaceAll("%h", host).replaceAll("%%", "%");
  }
};

/** "HostName = example.net", quotes and comments as ssh takes them. */
const settingIn = (line: string): { keyword: string; value: string } => {
  const [, keyword = "", value = ""] = /^([A-Za-z]+)(?:\s*=\s*|\s+)(.*)/s.exec(line.trim()) ?? [];
  return { keyword: keyword.toLowerCase(), value: value.replace(/^"([^"]*)"$/, "$1") };
};
