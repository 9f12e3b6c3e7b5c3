import { join } from "node:path";
import { fingerprintOf, pinnedKeyTypes } from "./host-key.ts";
import { readPins } from "./known-hosts.ts";
import { quote } from "./quote.ts";
import type { BySsh, SshTarget } from "./target.ts";

/**
 * The ssh_config(5) for one connection. Of each setting the first value counts, so what Milepost decides stands before what the operator's
 * file says: host keys are checked against the connection's own pins and nothing else, and nobody is asked anything at a terminal.
 * Those on the way are reached with the same file.
 */
export const configText = (dir: string, target: SshTarget, by: BySsh): string => {
  const { host, port, user } = by.given;
  const jumps = (target.jumps ?? []).map((one) => `${one.user}@${bracketed(one.host)}:${one.port}`);
  const types = pinnedKeyTypes(target).flatMap((type) =>
    type === "ssh-rsa" ? ["rsa-sha2-512", "rsa-sha2-256"] : [type],
  );
  const lines = [
    `Host ${by.alias}`,
    host === undefined ? null : `HostName ${host.replaceAll("%", "%%")}`,
    port === undefined ? null : `Port ${port}`,
    user === undefined ? null : `User ${user}`,
    jumps.length === 0 ? null : `ProxyJump ${jumps.join(",")}`,
    types.length === 0 ? null : `HostKeyAlgorithms ^${types.join(",")}`,
    "Host *",
    `UserKnownHostsFile ${join(dir, "known_hosts")}`,
    "GlobalKnownHostsFile none",
    `KnownHostsCommand /bin/sh ${join(dir, "pins")} %I %H %t %K %f`,
    ...["StrictHostKeyChecking yes", "UpdateHostKeys no", "CheckHostIP no", "VerifyHostKeyDNS no"],
    ...["BatchMode no", "NumberOfPasswordPrompts 1", "ConnectTimeout 15", "ConnectionAttempts 1"],
    ...["ServerAliveInterval 10", "ServerAliveCountMax 3", "Compression no", "LogLevel VERBOSE"],
    ...["ControlMaster no", "ControlPath none", "RequestTTY no"],
    ...identityLines(dir, target, by),
    by.configFile === null ? null : `Include "${by.configFile}"`,
  ];
  return `${lines.filter((line) => line !== null).join("\n")}\n`;
};

/** Who gave a key, an agent or a password wants to be signed in by that; who gave nothing leaves it to the operator's file. */
const identityLines = (dir: string, { auth }: SshTarget, { certificate }: BySsh): string[] => {
  const { privateKey, agentSocket, password } = auth;
  const keys = privateKey !== undefined || agentSocket !== undefined;
  return [
    ...(certificate === undefined ? [] : [`CertificateFile ${join(dir, "certificate")}`]),
    ...(keys ? ["IdentityAgent SSH_AUTH_SOCK", "IdentityFile none"] : []),
    ...(!keys && password !== undefined
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
