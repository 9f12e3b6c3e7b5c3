import { join } from "node:path";
import { fingerprintOf, pinnedKeyTypes } from "./host-key.ts";
import { readPins } from "./known-hosts.ts";
import { quote } from "./quote.ts";
import type { BySsh, SshTarget } from "./target.ts";

/** What was given for just this host, as options of its command line: machines on the way, which may have its name, do not get them. */
export const optionsOf = (target: SshTarget, { given: { host, port, user } }: BySsh): string[] => {
  const jumps = (target.jumps ?? []).map((one) => `${one.user}@${bracketed(one.host)}:${one.port}`);
  const types = pinnedKeyTypes(target).flatMap((type) =>
    type === "ssh-rsa" ? ["rsa-sha2-512", "rsa-sha2-256"] : [type],
  );
  return [
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
    `KnownHostsCommand /bin/sh ${join(dir, "pins")} %I %H %t %K %f`,
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

/**
 * Asked by ssh about each host key (KnownHostsCommand): writes down which one was shown, and answers with it where just this fingerprint
 * is pinned. Lines of known_hosts ssh reads by itself.
 */
export const pinsScript = (dir: string, { hostKey }: SshTarget): string => {
  const pinned = readPins(hostKey, fingerprintOf).pins.filter(
    ({ hosts, mark }) => hosts === null && mark === "trusted",
  );
  const arms = pinned.map(({ fingerprint }) => `${fingerprint}) echo "$2 $3 $4" ;;`);
  return `[ "$1" = HOSTNAME ] || exit 0
echo "$2 $3 $5" >> ${quote(join(dir, "shown"))}
case "$5" in
${arms.join("\n")}
esac
`;
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
