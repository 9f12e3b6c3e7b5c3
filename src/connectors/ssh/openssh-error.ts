import { AppError } from "#core/errors.ts";
import { connectError } from "./connect-error.ts";
import { refusalOf } from "./host-key.ts";
import { NotSignedIn, type Shown } from "./not-signed-in.ts";
import { type SshTarget, whereOf } from "./target.ts";

/** Why the system's ssh did not sign in: its words, read as far as they are known, as the errors of our own client. */
export const opensshError = (thrown: unknown, target: SshTarget, shown: Shown | null): AppError => {
  if (thrown instanceof AppError) return thrown;
  if (!(thrown instanceof NotSignedIn)) return connectError(thrown, target, nothingSaid);
  const { said, code, cause } = thrown;
  const detail = said.trim().split("\n").slice(-12).join("\n");
  const options = { cause: cause ?? thrown, ...(detail === "" ? {} : { detail }) };
  if (cause !== undefined || /^sh: .*\bssh(-add)?: not found/m.test(said))
    return new AppError(
      "bad-input",
      "There is no ssh program on the machine of Milepost. Install OpenSSH's client there, or choose Milepost's own.",
      { ...options, field: "client" },
    );
  if (code === 90)
    return new AppError("bad-input", "The system's ssh-add does not take the private key.", {
      ...options,
      field: "privateKey",
    });
  if (/Host key verification failed|host key .* (differs|revoked)/i.test(said) && shown !== null) {
    const refusal = refusalOf(hostOf(target, shown), shown.key);
    if (refusal !== null) return refusal;
  }
  const bad = /(?:^|: )(Bad configuration option: .*|.*line \d+: .*|.*bad configuration options?.*)$/im.exec(
    said,
  )?.[1];
  if (bad !== undefined)
    return new AppError("bad-input", `The ssh_config cannot be used: ${bad}`, { ...options, field: "host" });
  const known = errors.find(({ is }) => is.test(said));
  if (known !== undefined) {
    const accepted = /Permission denied \(([^)]*)\)/.exec(said)?.[1]?.split(",") ?? [];
    const half = /Authenticated using "([^"]+)" with partial success/.exec(said)?.[1] ?? null;
    const error = Object.assign(new Error(known.is.exec(said)?.[0] ?? ""), known.as);
    return connectError(error, target, { accepted, half });
  }
  const last = detail.split("\n").at(-1)?.trim() ?? "";
  return new AppError(
    "unreachable",
    `The system's ssh did not sign in to ${whereOf(target)}${last === "" ? "." : `: ${last}`}`,
    options,
  );
};

const nothingSaid = { accepted: [], half: null };

/** The machine on the way whose key was shown, or the target itself. */
const hostOf = (target: SshTarget, { host: name, isJump }: Shown): SshTarget => {
  const [, bracketed, port = "22"] = /^\[(.*)\]:(\d+)$/.exec(name) ?? [];
  const host = bracketed ?? name;
  return {
    ...target,
    ...{ host, port: Number(port) },
    ...(isJump ? { name: `the jump host ${host} of ${target.name}`, onWayTo: target.name } : {}),
  };
};

/** OpenSSH's words (sshconnect.c, sshconnect2.c, clientloop.c), as our own client's errors; the first that fits counts. */
const errors: readonly { is: RegExp; as: { code?: string; level?: string } }[] = [
  { is: /Too many authentication failures/i, as: {} },
  { is: /Could not resolve hostname .*Temporary failure/i, as: { code: "EAI_AGAIN" } },
  { is: /Could not resolve hostname/i, as: { code: "ENOTFOUND" } },
  { is: /Connection refused/i, as: { code: "ECONNREFUSED" } },
  { is: /timed out during banner exchange/i, as: { level: "client-timeout" } },
  { is: /(Connection|Operation) timed out/i, as: { code: "ETIMEDOUT" } },
  { is: /No route to host/i, as: { code: "EHOSTUNREACH" } },
  { is: /Network is unreachable/i, as: { code: "ENETUNREACH" } },
  { is: /Unable to negotiate[^\n]*/i, as: { level: "handshake" } },
  { is: /Permission denied \([^)]*\)/, as: { level: "client-authentication" } },
  { is: /Connection reset by/i, as: { code: "ECONNRESET" } },
  { is: /kex_exchange_identification: Connection closed/i, as: { level: "connection-ended" } },
  { is: /Connection (to \S+ )?closed by/i, as: { level: "connection-ended" } },
];
