import type { AnyAuthMethod, AuthenticationType, AuthHandlerMiddleware } from "ssh2";
import ssh2 from "ssh2";
import { AppError } from "#core/errors.ts";
import type { SshTarget } from "./target.ts";

/** Checks what can be checked without a server; throws AppError("bad-input", …, { field }). */
export const checkPrivateKey = (
  privateKey: string,
  passphrase: string | undefined,
  client: "own" | "openssh" = "own",
): string => {
  const text = `${privateKey.replaceAll("\r", "").trim()}\n`;
  const parsed = ssh2.utils.parseKey(text, passphrase);
  if (parsed instanceof Error) {
    if (client === "openssh" && isFor(parsed, text)?.openssh === true) return text;
    throw keyError(parsed, text, passphrase !== undefined);
  }
  // Some formats hold several keys; only the first one is used, as in OpenSSH.
  const key = Array.isArray(parsed) ? parsed[0] : parsed;
  if (key === undefined || !key.isPrivateKey())
    throw wrong("privateKey", "This is a public key. Paste the private one, the file without “.pub”.");
  return text;
};

/** The ways to sign in of a target, in order. Throws AppError("bad-input", …, { field }). */
export const authMethods = ({ user, auth }: Pick<SshTarget, "user" | "auth">): AnyAuthMethod[] => {
  const username = user;
  const { privateKey, passphrase, agentSocket, password } = auth;
  const methods: AnyAuthMethod[] = [];
  if (privateKey !== undefined) {
    const key = checkPrivateKey(privateKey, passphrase);
    methods.push({ type: "publickey", username, key, ...(passphrase === undefined ? {} : { passphrase }) });
  }
  if (agentSocket !== undefined) methods.push({ type: "agent", username, agent: agentSocket });
  if (password !== undefined) {
    methods.push({ type: "password", username, password });
    // Many servers ask for the password by this method only (PAM).
    methods.push({
      type: "keyboard-interactive",
      username,
      prompt: (_name, _instructions, _language, prompts, answer) => answer(prompts.map(() => password)),
    });
  }
  if (methods.length === 0)
    throw wrong("privateKey", "Give a private key, the socket of an SSH agent, or a password to sign in.");
  return methods;
};

/** What the server said while we signed in. */
export interface Answered {
  /** The ways that it takes, or still wants. */
  accepted: readonly string[];
  /** What it took as the first of several steps. */
  half: string | null;
}

/** Hands the methods to ssh2 one by one and remembers what the server said it accepts. */
export const authHandler = (
  methods: readonly AnyAuthMethod[],
  username: string,
): { handler: AuthHandlerMiddleware; answered(): Answered } => {
  // "none" first: it costs one round trip and tells which methods there are (RFC 4252, 5.2).
  const left: AnyAuthMethod[] = [{ type: "none", username }, ...methods];
  let accepted: readonly AuthenticationType[] = [];
  let last: string | null = null;
  let half: string | null = null;
  return {
    answered: () => ({ accepted, half }),
    handler: (methodsLeft, partly, next) => {
      if (Array.isArray(methodsLeft)) accepted = methodsLeft;
      if (partly) half = last;
      const offered = (one: AnyAuthMethod) =>
        accepted.length === 0 || accepted.includes(one.type === "agent" ? "publickey" : one.type);
      for (let one = left.shift(); one !== undefined; one = left.shift()) {
        if (one.type !== "none" && !offered(one)) continue;
        last = one.type;
        return next(one);
      }
      // What ssh2 takes as "no more methods"; its types leave it out.
      next(false as unknown as AnyAuthMethod);
    },
  };
};

const keyError = (error: Error, text: string, hasPassphrase: boolean): AppError => {
  const said = error.message;
  const kind = isFor(error, text);
  if (kind !== undefined) return wrong("privateKey", kind.says);
  if (/no passphrase given/i.test(said))
    return wrong("passphrase", "The private key is encrypted. Give its passphrase as well.");
  if (hasPassphrase && /passphrase|integrity|decrypt|bad decrypt/i.test(said))
    return wrong("passphrase", "The passphrase does not open the private key.");
  return new AppError(
    "bad-input",
    "The private key cannot be read. Paste the whole file, from its BEGIN line to its END line.",
    { field: "privateKey", detail: said, cause: error },
  );
};

const isFor = ({ message }: Error, text: string) =>
  unsupported.find(({ is }) => is.test(text) || is.test(message));

/** Whole and sound keys that we cannot use, and what to do; `openssh`: the system's ssh can. */
const unsupported: readonly { is: RegExp; says: string; openssh?: true }[] = [
  {
    is: /sk-(ssh-ed25519|ecdsa)|Unsupported OpenSSH private key type: sk-/,
    says: "This key lives in a security key (its type begins with sk-), which Milepost cannot ask to be touched. Give another key, an SSH agent that holds one, or choose the system's ssh as the client.",
    openssh: true,
  },
  {
    is: /^PuTTY-User-Key-File-[0-9]/m,
    says: "This is a key in PuTTY's own format. Export it in PuTTYgen by “Conversions”, “Export OpenSSH key”, and paste that.",
  },
  {
    is: /-cert-v01@openssh\.com/,
    says: "An OpenSSH certificate is pasted with the key. Milepost's own client does not sign in by certificates: choose the system's ssh as the client and put the certificate into its own field, or paste a private key alone, which the server knows by its authorized_keys.",
  },
  {
    is: /Unsupported OpenSSH private key type/,
    says: "Milepost's own client does not know this type of private key. Give an ed25519, ECDSA or RSA key, or choose the system's ssh as the client.",
    openssh: true,
  },
];

const wrong = (field: string, sentence: string) => new AppError("bad-input", sentence, { field });
