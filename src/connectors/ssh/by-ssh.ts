import type { ConnectionField, ConnectionValues } from "#core/connection.ts";
import { AppError } from "#core/errors.ts";
import { checkedHost, checkedPort, checkedUser } from "./address.ts";
import { jumpsTo } from "./jumps.ts";
import { hostConfig } from "./ssh-config.ts";
import type { BySsh, SshTarget } from "./target.ts";

export const clientFields: readonly ConnectionField[] = [
  {
    name: "client",
    label: "SSH client",
    help:
      "The system's ssh, on the machine that Milepost runs on, also knows security keys, certificates, ProxyCommand and the newest key exchanges, " +
      "and all that the ssh_config says which MILEPOST_SSH_CONFIG names; it needs no key here where that file names one.",
    options: [
      { value: "own", label: "Milepost's own" },
      { value: "openssh", label: "The system's ssh" },
    ],
    preset: "own",
    // Connections from before there was a choice, and the machine that is built in, say nothing.
    required: false,
    secret: false,
  },
  {
    name: "certificate",
    label: "Certificate of the key",
    help: "An OpenSSH user certificate, the one line of a file that ends in -cert.pub. For the system's ssh only.",
    placeholder: "ssh-ed25519-cert-v01@openssh.com AAAA…",
    required: false,
    secret: false,
    leads: false,
    multiline: true,
  },
];

/** Whether a stored connection is for the system's ssh; one from before there was a choice is not. Throws AppError("bad-input"). */
export const isBySsh = (values: ConnectionValues): boolean => {
  const client = (values.client ?? "").trim() || "own";
  if (client !== "own" && client !== "openssh") throw wrong("client", "Choose one of the two clients.");
  const certificate = certificateIn(values);
  if (client === "own" && certificate !== "")
    throw wrong(
      "certificate",
      "Milepost's own client does not sign in by certificates. Choose the system's ssh, which does.",
    );
  return client === "openssh";
};

/** The line of a certificate, "" for none. Throws AppError("bad-input", …, { field }). */
export const certificateIn = ({ certificate = "" }: ConnectionValues): string => {
  const line = certificate.trim();
  if (line === "" || /^\S+-cert-v01@openssh\.com [A-Za-z0-9+/=]+( [^\n]*)?$/.test(line)) return line;
  throw wrong(
    "certificate",
    "This is no OpenSSH certificate: it is one line, and its first word ends in -cert-v01@openssh.com.",
  );
};

/**
 * Where the system's ssh is sent: what was given here it is told, the rest is for its own ssh_config to say. Pasted lines are read by
 * Milepost, so that nobody who adds a connection has a command run on this machine.
 */
export const wayBySsh = (
  values: ConnectionValues,
  configFile: string | null,
): Pick<SshTarget, "host" | "port" | "user" | "jumps"> & { openssh: BySsh } => {
  const text = (field: string) => (values[field] ?? "").trim();
  const alias = checkedHost(text("host"));
  if (alias.startsWith("-")) throw wrong("host", "A host's name does not begin with a hyphen.");
  const pasted = { pasted: values.sshConfig ?? "", mounted: "" };
  const config = hostConfig(pasted, alias);
  const port = text("port") === "22" ? (config.port ?? "") : text("port") || config.port || "";
  const user = text("user") || config.user || "";
  const given = {
    ...(config.hostName === undefined ? {} : { host: checkedHost(config.hostName) }),
    ...(port === "" ? {} : { port: checkedPort(port) }),
    ...(user === "" ? {} : { user: plainUser(checkedUser(user)) }),
  };
  const certificate = certificateIn(values);
  return {
    ...{ host: given.host ?? alias, port: given.port ?? 22, user: given.user ?? "" },
    jumps: jumpsTo(text("jumps") || config.proxyJump || "", user, pasted),
    openssh: { alias, given, configFile, ...(certificate === "" ? {} : { certificate }) },
  };
};

const plainUser = (user: string): string => {
  if (/^[\w.][\w.+-]*\$?$/.test(user)) return user;
  throw wrong("user", "The system's ssh is not given such a user's name here. Choose Milepost's own client.");
};

const wrong = (field: string, sentence: string) => new AppError("bad-input", sentence, { field });
