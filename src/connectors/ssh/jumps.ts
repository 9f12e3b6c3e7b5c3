import type { ConnectionField } from "#core/connection.ts";
import { AppError } from "#core/errors.ts";
import { checkedHost, checkedPort, checkedUser } from "./address.ts";
import { type ConfigTexts, type HostConfig, hostConfig } from "./ssh-config.ts";

/** A machine on the way. */
export interface Jump {
  host: string;
  port: number;
  user: string;
}

/** Where a server is and what stands in between. */
export interface Way extends Jump {
  /** In the order in which they are passed; the first is reached directly. */
  jumps: readonly Jump[];
}

interface Typed {
  host: string;
  port: string;
  user: string;
  /** As ProxyJump of ssh; "" when nothing stands in between, or the ssh_config says what. */
  jumps: string;
  config: ConfigTexts;
}

export const wayFields: readonly ConnectionField[] = [
  {
    name: "jumps",
    label: "Jump hosts",
    help:
      "When the server is reached through others, as after ssh -J: me@bastion.example.net:2222, several with commas between, the first one reached directly. " +
      "They are signed in to like the server itself, and their host keys stand in “Host key” with their names.",
    placeholder: "me@bastion.example.net",
    required: false,
    secret: false,
  },
  {
    name: "sshConfig",
    label: "Lines of ~/.ssh/config",
    help: "Host blocks. “Host” above may then be an alias of theirs; HostName, User, Port and ProxyJump are taken from here unless they are given above.",
    required: false,
    secret: false,
    multiline: true,
  },
];

/** A way with more machines than this is taken for one that leads in a circle. */
const mostJumps = 8;
const usualPort = "22";

/** The way to a server, as ssh would go it. Throws AppError("bad-input", …, { field }). */
export const wayTo = ({ host, port, user, jumps, config: texts }: Typed): Way => {
  const config = hostConfig(texts, host);
  const through = jumps || config.proxyJump || "";
  return {
    // What was typed counts more than what the file says; the usual port is what the form has when nobody typed one.
    ...addressOf({ user, port: port === usualPort ? "" : port }, host, config, user),
    jumps: jumpsTo(through, user || config.user || "", texts),
  };
};

/** The machines that a ProxyJump names, in order; who is not named at one is `user` there. */
export const jumpsTo = (text: string, user: string, config: ConfigTexts): Jump[] =>
  jumpsIn(text, user, config, 0);

/** Each may be an alias whose own way leads through others. */
const jumpsIn = (text: string, user: string, texts: ConfigTexts, depth: number): Jump[] => {
  const hops = text
    .split(",")
    .map((hop) => hop.trim())
    .filter((hop) => hop !== "");
  if (depth + hops.length > mostJumps)
    throw wrong(`There are more than ${mostJumps} machines in between, or they lead in a circle.`);
  return hops.flatMap((hop, index) => {
    const parts = /^(?:ssh:\/\/)?(?:([^@\s]+)@)?(\[[^\]]+\]|[^:\s]+)(?::(\d+))?$/.exec(hop);
    if (parts === null)
      throw wrong(`“${hop}” is no jump host: it is written as user@host:port, or host alone.`);
    const [, named = "", host = "", port = ""] = parts;
    const config = hostConfig(texts, host);
    try {
      const own = addressOf({ user: named, port }, host, config, user);
      const before = index === 0 ? jumpsIn(config.proxyJump ?? "", user, texts, depth + hops.length) : [];
      return [...before, own];
    } catch (thrown) {
      if (thrown instanceof AppError && thrown.field !== "jumps" && thrown.field !== "sshConfig")
        throw wrong(`“${hop}”: ${thrown.message}`);
      throw thrown;
    }
  });
};

const addressOf = (
  typed: { user: string; port: string },
  host: string,
  config: HostConfig,
  otherwise: string,
): Jump => ({
  host: checkedHost(config.hostName ?? host),
  port: checkedPort(typed.port || config.port || usualPort),
  user: checkedUser(typed.user || config.user || otherwise),
});

const wrong = (sentence: string) => new AppError("bad-input", sentence, { field: "jumps" });
