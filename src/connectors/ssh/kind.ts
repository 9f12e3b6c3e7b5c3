import type { ConnectionKind, ConnectionReport, ConnectionValues } from "#core/connection.ts";
import { AppError } from "#core/errors.ts";
import { checkPrivateKey } from "./auth.ts";
import { certificateIn, clientFields, isBySsh, wayBySsh } from "./by-ssh.ts";
import { createConnection } from "./connection.ts";
import { fingerprintOf, HostKeyError } from "./host-key.ts";
import { wayFields, wayTo } from "./jumps.ts";
import { readPins } from "./known-hosts.ts";
import { checkedLimits, limitFields } from "./limits.ts";
import { lookAround, usualCommand } from "./look-around.ts";
import { readMounted } from "./ssh-config.ts";
import type { SshTarget } from "./target.ts";

/** `configFile`: absolute path of the operator's ssh_config; null: there is none. */
export const createSshKind = (configFile: string | null): ConnectionKind => ({
  kind: "ssh",
  title: "Server (SSH)",
  about: "Runs commands and puts files on a Linux or Unix machine of yours.",
  fields: [
    { name: "host", label: "Host", placeholder: "node1.example.net", required: true, secret: false },
    { name: "port", label: "Port", preset: "22", required: true, secret: false },
    { name: "user", label: "User", placeholder: "deploy", required: false, secret: false },
    {
      name: "privateKey",
      label: "Private key",
      help: "The whole file, for example ~/.ssh/id_ed25519. It is kept sealed here.",
      required: false,
      secret: true,
      multiline: true,
    },
    {
      name: "passphrase",
      label: "Passphrase",
      help: "Only when the private key is encrypted.",
      required: false,
      secret: true,
    },
    {
      name: "password",
      label: "Password",
      help: "Only when you sign in without a key.",
      required: false,
      secret: true,
    },
    {
      name: "agentSocket",
      label: "SSH agent",
      help: "The path that SSH_AUTH_SOCK holds, when an agent on this machine has the key.",
      placeholder: "/run/user/1000/keyring/ssh",
      required: false,
      secret: false,
    },
    ...clientFields,
    ...wayFields,
    {
      name: "hostKey",
      label: "Host key",
      help:
        "The server's SHA256 fingerprint, what ssh-keygen -l prints, or its lines of known_hosts. Leave it empty and test the connection: " +
        "the test shows the fingerprint and goes no further until it stands here. A jump host's stands behind its name.",
      placeholder: "SHA256:…",
      required: false,
      secret: false,
      leads: false,
      multiline: true,
    },
    {
      name: "openclaw",
      label: "OpenClaw command",
      help: "Only bots need it. As a shell there would run it. When openclaw comes from nvm, give its full path or put PATH=… in front.",
      preset: usualCommand,
      required: true,
      leads: false,
      secret: false,
    },
    {
      name: "tags",
      label: "Tags",
      help: "Words that say what it is for, such as “web berlin”: scripts run on all servers that have one.",
      required: false,
      leads: false,
      secret: false,
    },
    ...limitFields,
  ],

  check: (values) => {
    const target = sshTarget("the server", values, configFile);
    const typed = (field: string) => (values[field] ?? "").trim();
    // An alias stays one, so that the connection follows its ssh_config.
    const asTyped = typed("sshConfig") !== "" || configFile !== null || target.openssh !== undefined;
    return {
      client: target.openssh === undefined ? "own" : "openssh",
      certificate: certificateIn(values),
      host: asTyped ? typed("host") : target.host,
      port: asTyped ? typed("port") || "22" : String(target.port),
      user: asTyped ? typed("user") : target.user,
      privateKey: target.auth.privateKey ?? "",
      passphrase: target.auth.passphrase ?? "",
      password: target.auth.password ?? "",
      agentSocket: target.auth.agentSocket ?? "",
      jumps: typed("jumps"),
      sshConfig: typed("sshConfig"),
      hostKey: target.hostKey,
      openclaw: openclawCommand(values),
      tags: typed("tags"),
      ...checkedLimits(values),
    };
  },

  async test(values, signal): Promise<ConnectionReport> {
    const started = performance.now();
    const report = (ok: boolean, sentence: string, facts: ConnectionReport["facts"]): ConnectionReport => ({
      ok,
      sentence,
      latencyMs: Math.round(performance.now() - started),
      facts,
    });
    try {
      const target = sshTarget(values.host ?? "the server", values, configFile);
      const connection = createConnection(target, []);
      try {
        const seen = await lookAround(connection, openclawCommand(values), signal);
        return { ...report(seen.ok, seen.sentence, seen.facts), latencyMs: seen.latencyMs };
      } finally {
        await connection.end();
      }
    } catch (thrown) {
      if (!(thrown instanceof AppError) || thrown.code === "cancelled" || thrown.code === "internal")
        throw thrown;
      return {
        ...report(false, thrown.message, factsOf(thrown)),
        ...(thrown instanceof HostKeyError && thrown.why === "unknown"
          ? { offer: pinOf(thrown, values) }
          : {}),
      };
    }
  },
});

/** Without a file of the operator's. */
export const sshKind = createSshKind(null);

/** Beside what is pinned already, such as the host keys of jump hosts. A key that has changed is never offered. */
const pinOf = ({ fingerprint, pin }: HostKeyError, { hostKey = "" }: ConnectionValues) => ({
  field: "hostKey",
  // A fingerprint of a jump host that stood there without its name would be taken for the server's.
  value: [...hostKey.split("\n").filter((line) => !["", fingerprint].includes(line.trim())), pin].join("\n"),
  press: "This is it: pin it",
});

/** Where a stored connection leads. Throws AppError("bad-input", …, { field }). */
export const sshTarget = (
  name: string,
  values: ConnectionValues,
  configFile: string | null = null,
): SshTarget => {
  const text = (field: string) => (values[field] ?? "").trim();
  const given = (field: string) => (text(field) === "" ? undefined : (values[field] ?? ""));
  const bySsh = isBySsh(values);
  const passphrase = given("passphrase");
  const privateKey = given("privateKey");
  const agentSocket = given("agentSocket")?.trim();
  const password = given("password");
  if (!bySsh && privateKey === undefined && agentSocket === undefined && password === undefined)
    throw wrong("privateKey", "Give a private key, the socket of an SSH agent, or a password to sign in.");
  if (agentSocket !== undefined && !agentSocket.startsWith("/"))
    throw wrong("agentSocket", "The SSH agent's socket is a path that begins with a slash.");
  if (bySsh && privateKey !== undefined && agentSocket !== undefined)
    throw wrong(
      "agentSocket",
      "The system's ssh takes either a private key or an agent from here, not both.",
    );
  const client = bySsh ? "openssh" : "own";
  return {
    name,
    ...(bySsh
      ? wayBySsh(values, configFile)
      : wayTo({
          ...{ host: text("host"), port: text("port"), user: text("user"), jumps: text("jumps") },
          config: { pasted: values.sshConfig ?? "", mounted: readMounted(configFile) },
        })),
    auth: {
      ...(privateKey === undefined ? {} : { privateKey: checkPrivateKey(privateKey, passphrase, client) }),
      ...(passphrase === undefined ? {} : { passphrase }),
      ...(agentSocket === undefined ? {} : { agentSocket }),
      ...(password === undefined ? {} : { password }),
    },
    hostKey: checkedHostKey(text("hostKey"), bySsh),
  };
};

/** How OpenClaw is started on the machine of a stored connection: shell text, put in front of its arguments as it is. */
export const openclawCommand = (values: ConnectionValues): string => {
  const text = (values.openclaw ?? "").trim() || usualCommand;
  if (/[\0\r\n]/.test(text)) throw wrong("openclaw", "The OpenClaw command must be a single line.");
  return text;
};

const factsOf = (error: AppError): ConnectionReport["facts"] => {
  if (error instanceof HostKeyError)
    return [
      { label: "Host key fingerprint", value: error.fingerprint },
      { label: "Host key type", value: error.keyType },
      ...(error.detail === undefined ? [] : [{ label: "Note", value: error.detail }]),
    ];
  return error.detail === undefined ? [] : [{ label: "Answer", value: error.detail }];
};

/** An authority that signs host keys (@cert-authority) is for the system's ssh, which reads such lines itself. */
const checkedHostKey = (typed: string, bySsh: boolean): string => {
  const { pins, notes } = readPins(typed, fingerprintOf);
  if (typed !== "" && pins.length === 0 && !(bySsh && /^@cert-authority /m.test(typed)))
    throw wrong(
      "hostKey",
      `Nothing here is a host key: give a fingerprint that begins with “SHA256:” or lines of known_hosts. ${notes.join(" ")}`.trim(),
    );
  return typed;
};

const wrong = (field: string, sentence: string) => new AppError("bad-input", sentence, { field });
