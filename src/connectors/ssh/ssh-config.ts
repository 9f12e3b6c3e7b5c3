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
  certificatefile: "Milepost does not sign in by OpenSSH certificates.",
};

/**
 * Reads ssh_config text for one host (ssh_config(5)): of each setting the first value counts, from blocks whose patterns fit the name as
 * it was typed. Throws AppError("bad-input", …, { field: "sshConfig" }) for what would change the way there and is not supported.
 */
export const hostConfig = (text: string, host: string): HostConfig => {
  const found: HostConfig = {};
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
      throw new AppError("bad-input", `Line ${index + 1} of the ssh_config cannot be used. ${why}`, {
        field: "sshConfig",
      });
    const name = wanted[keyword];
    if (fits && name !== undefined) found[name] ??= value.replaceAll("%h", host).replaceAll("%%", "%");
  }
  const { proxyJump, ...rest } = found;
  return proxyJump === undefined || proxyJump.toLowerCase() === "none" ? rest : { ...rest, proxyJump };
};

/** "HostName = example.net", quotes and comments as ssh takes them. */
const settingIn = (line: string): { keyword: string; value: string } => {
  const [, keyword = "", value = ""] = /^\s*([A-Za-z]+)(?:\s*=\s*|\s+)(.*?)\s*$/.exec(line) ?? [];
  return { keyword: keyword.toLowerCase(), value: value.replace(/^"([^"]*)"$/, "$1") };
};
