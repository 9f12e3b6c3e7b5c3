import { join } from "node:path";
import { fingerprintOf, pinnedKeyTypes } from "./host-key.ts";
import { type Pin, readPins } from "./known-hosts.ts";
import { quote } from "./quote.ts";
import type { BySsh, SshTarget } from "./target.ts";

/** What was given for just this host, as options of its command line: machines on the way, which may have its name, do not get them. */
export const optionsOf = (
  dir: string,
  target: SshTarget,
  { given: { host, port, user } }: BySsh,
): string[] => {
  const jumps = (target.jumps ?? []).map((one) => `${one.user}@${bracketed(one.host)}:${one.port}`);
  const types = pinnedKeyTypes(target).flatMap((type) =>
    type === "ssh-rsa" ? ["rsa-sha2-512", "rsa-sha2-256"] : [type],
  );
  return [
    `KnownHostsCommand=${askPins(dir, "last")}`,
    ...(host === undefined ? [] : [`HostName=${host.replaceAll("%", "%%")}`]),
    ...(port === undefined ? [] : [`Port=${port}`]),
    ...(user === undefined ? [] : [`User=${user}`]),
    ...(jumps.length === 0 ? [] : [`ProxyJump=${jumps.join(",")}`]),
    // A server with several keys shows the first of these that it has.
    ...(types.length === 0 ? [] : [`HostKeyAlgorithms=^${types.join(",")}`]),
  ];
};

/**
 * The ssh_config(5) for one connection and all on its way. Of each setting the first value counts, so what Milepost decides stands before
 * what the operator's file says: host keys are checked against the connection's own pins and nothing else, and nobody is asked anything
 * at a terminal.
 */
export const configText = (dir: string, target: SshTarget, by: BySsh): string => {
  const lines = [
    "Host *",
    `UserKnownHostsFile ${join(dir, "known_hosts")}`,
    "GlobalKnownHostsFile none",
    `KnownHostsCommand ${askPins(dir, "jump")}`,
    ...["StrictHostKeyChecking yes", "UpdateHostKeys no", "CheckHostIP no", "VerifyHostKeyDNS no"],
    ...["BatchMode no", "NumberOfPasswordPrompts 1", "ConnectTimeout 15", "ConnectionAttempts 1"],
    ...["ServerAliveInterval 10", "ServerAliveCountMax 3", "Compression no", "LogLevel VERBOSE"],
    ...["ControlMaster no", "ControlPath none", "RequestTTY no"],
    ...identityLines(dir, target, by),
    ...(by.configFile === null ? [] : [`Include "${by.configFile}"`]),
  ];
  return `${lines.join("\n")}\n`;
};

/** Who gave a key, an agent or a password wants to be signed in by that; who gave nothing leaves it to the operator's file. */
const identityLines = (dir: string, { auth }: SshTarget, { certificate }: BySsh): string[] => {
  const { privateKey, agentSocket, password } = auth;
  const agent = privateKey === undefined ? agentSocket : join(dir, "agent");
  return [
    ...(certificate === undefined ? [] : [`CertificateFile ${join(dir, "certificate")}`]),
    ...(agent === undefined ? [] : [`IdentityAgent "${agent}"`, "IdentityFile none"]),
    ...(agent === undefined && password !== undefined
      ? ["PubkeyAuthentication no", "PreferredAuthentications keyboard-interactive,password"]
      : []),
  ];
};

const askPins = (dir: string, whose: "jump" | "last"): string =>
  `/bin/sh ${join(dir, "pins")} ${whose} %I %H %t %K %f`;

/**
 * Asked by ssh about each host key (KnownHostsCommand): writes down which one was shown, and answers with it where its fingerprint is pinned
 * for that machine. Lines of known_hosts ssh reads by itself.
 */
export const pinsScript = (dir: string, { hostKey }: SshTarget): string => {
  const arms = readPins(hostKey, fingerprintOf)
    .pins.filter(({ hosts, keyType, mark }) => mark === "trusted" && (hosts === null || keyType === null))
    .map((pin) => `${shownAs(pin)}) echo "$3 $4 $5" ;;`);
  return `[ "$2" = HOSTNAME ] || exit 0
echo "$1 $3 $4 $6" >> ${quote(join(dir, "shown"))}
case "$1 $3 $6" in
${arms.join("\n")}
esac
`;
};

/** Pattern of a shell for what is asked when the pinned key is shown: which machine it is, its name, the fingerprint. */
const shownAs = ({ hosts, fingerprint }: Pin): string => {
  if (hosts === null) return `"last "*" ${fingerprint}"`;
  const name = hosts.toLowerCase();
  // One without a port is for each.
  return [name, ...(name.startsWith("[") ? [] : [`[${name}]:`])]
    .map((one) => `*" ${one}"${one.endsWith(":") ? "*" : ""}" ${fingerprint}"`)
    .join("|");
};

/** Answers what ssh would ask a person; what is neither a passphrase nor a password it does not know. */
export const askpassScript = `#!/bin/sh
[ "$SSH_ASKPASS_PROMPT" = none ] && exit 0
case "$1" in
*[Pp]assphrase*) printf '%s\\n' "$MILEPOST_SSH_PASSPHRASE" ;;
*[Pp]assword*) printf '%s\\n' "$MILEPOST_SSH_PASSWORD" ;;
*) exit 1 ;;
esac
`;

const bracketed = (host: string): string => (host.includes(":") ? `[${host}]` : host);
