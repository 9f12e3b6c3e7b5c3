import { AppError } from "#core/errors.ts";
import type { Answered } from "./auth.ts";
import { type SshTarget, whereOf } from "./target.ts";

/** Why no connection came about, in a sentence with what to do. */
export const connectError = (thrown: unknown, target: SshTarget, { accepted, half }: Answered): AppError => {
  if (thrown instanceof AppError) return thrown;
  const where = whereOf(target);
  const { code, level, message } = readError(thrown);
  const unreachable = (sentence: string, canPass = true) =>
    new AppError("unreachable", sentence, { cause: thrown, canPass, detail: message });

  switch (code) {
    case "ECONNREFUSED":
      return unreachable(`${where} refuses connections: is an SSH server running there, and on this port?`);
    case "ENOTFOUND":
      return unreachable(`There is no host called “${target.host}”. Check its spelling.`, false);
    case "EAI_AGAIN":
      return unreachable(`The name “${target.host}” could not be looked up. Check this machine's DNS.`);
    case "ETIMEDOUT":
      return unreachable(`${where} did not answer in time. Check the address, the network and firewalls.`);
    case "EHOSTUNREACH":
    case "ENETUNREACH":
      return unreachable(`There is no way through the network to ${where}.`);
    case "ECONNRESET":
    case "EPIPE":
      return unreachable(`${where} broke the connection off while signing in.`);
  }
  if (/too many authentication failures/i.test(message)) {
    return new AppError(
      "remote-refused",
      `${where} ended the sign-in after too many keys. Give the one right private key instead of an agent with many.`,
      { cause: thrown, field: "agentSocket" },
    );
  }
  if (/connection lost before handshake/i.test(message))
    return unreachable(
      `${where} closed the connection without a word of SSH. Check the port; an overloaded server does this as well.`,
    );
  switch (level) {
    case "client-timeout":
      return unreachable(`${where} took the connection but did not finish the SSH handshake in time.`);
    case "client-authentication":
      if (half !== null)
        return new AppError(
          "remote-refused",
          `${where} accepts the ${half === "publickey" ? "private key" : half} and wants a second step: ${accepted.join(" or ")}. ` +
            "Give the password as well if that is it; Milepost cannot type one-time codes, so for those let this user in by the key alone.",
          { cause: thrown, field: "password" },
        );
      return new AppError(
        "remote-refused",
        `${where} does not accept the sign-in. Tried: ${tried(target)}. ` +
          (accepted.length === 0
            ? "The server does not say what it accepts."
            : `The server accepts: ${accepted.join(", ")}.`),
        { cause: thrown, field: target.auth.privateKey === undefined ? "password" : "privateKey" },
      );
    case "agent":
      return new AppError("bad-input", `The SSH agent at ${target.auth.agentSocket} does not answer.`, {
        cause: thrown,
        field: "agentSocket",
        detail: message,
      });
    case "handshake":
      return new AppError(
        "remote-odd",
        `Milepost and ${where} have no method in common: ${message}. A very old server lacks what is safe today: bring it up to date. ` +
          "One that takes nothing but post-quantum key exchange (sntrup761, mlkem768) has to allow curve25519-sha256 besides, or is reached by the system's ssh, which a connection may choose as its client.",
        { cause: thrown },
      );
    case "client-socket":
    case "connection-ended":
      return unreachable(`${where} closed the connection before the sign-in was done. It may be overloaded.`);
    default:
      return new AppError(
        "remote-odd",
        `What answers at ${where} does not speak SSH as expected: ${message}.`,
        { cause: thrown },
      );
  }
};

const tried = ({ auth }: SshTarget): string =>
  [
    auth.privateKey === undefined ? null : "private key",
    auth.agentSocket === undefined ? null : "SSH agent",
    auth.password === undefined ? null : "password",
  ]
    .filter((one) => one !== null)
    .join(", ");

const readError = (thrown: unknown): { code: string; level: string; message: string } => {
  const aggregate = thrown instanceof AggregateError ? thrown.errors[0] : thrown;
  if (!(aggregate instanceof Error)) return { code: "", level: "", message: String(aggregate) };
  const code = "code" in aggregate ? String(aggregate.code) : "";
  const level = "level" in aggregate ? String(aggregate.level) : "";
  return { code, level, message: aggregate.message };
};
