import { createHash } from "node:crypto";
import { AppError } from "#core/errors.ts";
import { isFor, type Pin, readPins } from "./known-hosts.ts";
import { type SshTarget, whereOf } from "./target.ts";

/** The server's host key is not one that we were told to trust. Carries what the server showed, so that a form can ask about it. */
export class HostKeyError extends AppError {
  readonly why: "unknown" | "changed" | "revoked";
  /** Of the key that the server showed: "SHA256:…". */
  readonly fingerprint: string;
  readonly keyType: string;
  /** The line that would pin it. */
  readonly pin: string;

  constructor(
    why: HostKeyError["why"],
    sentence: string,
    { pin, ...shown }: ShownKey & { pin: string },
    detail?: string,
  ) {
    super("forbidden", sentence, { field: "hostKey", ...(detail === undefined ? {} : { detail }) });
    this.why = why;
    this.pin = pin;
    this.fingerprint = shown.fingerprint;
    this.keyType = shown.keyType;
  }
}

export interface ShownKey {
  fingerprint: string;
  keyType: string;
}

/** A host key's fingerprint as OpenSSH prints it: SHA-256, base64 without padding. */
export const fingerprintOf = (key: Buffer): string =>
  `SHA256:${createHash("sha256").update(key).digest("base64").replace(/=+$/, "")}`;

export const shownKey = (key: Buffer): ShownKey => {
  const length = key.length < 4 ? 0 : key.readUInt32BE(0);
  return { fingerprint: fingerprintOf(key), keyType: key.toString("latin1", 4, 4 + length) };
};

/** Null when the key is pinned for this host; otherwise why it is refused, as an error to throw. Never trusts on first use. */
export const refusalOf = (target: Omit<SshTarget, "auth">, key: ShownKey): HostKeyError | null => {
  const { pins, notes } = readPins(target.hostKey, fingerprintOf);
  // Where there are several machines, each is pinned by its name, or one of them could pose as another.
  const alone = target.onWayTo === undefined && (target.jumps ?? []).length === 0;
  const shown = { ...key, pin: alone ? key.fingerprint : `${nameOf(target)} ${key.fingerprint}` };
  const same = (pin: Pin) => pin.fingerprint === shown.fingerprint;
  const ours = pins.filter((pin) => concerns(pin, target));
  const where = whereOf(target);

  if (ours.some((pin) => pin.mark === "revoked" && same(pin)))
    return new HostKeyError(
      "revoked",
      `The host key of ${where}, ${shown.fingerprint}, is marked as revoked in “Host key”. Do not sign in there.`,
      shown,
    );
  const trusted = ours.filter((pin) => pin.mark === "trusted");
  if (trusted.some(same)) return null;
  const withoutPort = pins.filter((pin) => pin.mark === "trusted" && concerns(pin, { ...target, port: 22 }));
  if (withoutPort.some(same)) return null;

  if (trusted.length > 0) {
    const pinned = [...new Set(trusted.map(({ fingerprint }) => fingerprint))].join(" or ");
    return new HostKeyError(
      "changed",
      `The host key of ${where} has changed: pinned is ${pinned}, the server shows ${shown.fingerprint}. ` +
        "Either the server was set up anew or somebody is in between. Ask who runs it before you pin the new one.",
      shown,
    );
  }
  const why =
    pins.length === 0
      ? "is not pinned yet"
      : "is not among the pinned ones: none of the lines in “Host key” is for this host";
  return new HostKeyError(
    "unknown",
    `The host key of ${where} ${why}. The server shows ${shown.fingerprint} (${shown.keyType}). ` +
      `Compare it with what \`ssh-keygen -lf /etc/ssh/ssh_host_${fileOf(shown.keyType)}_key.pub\` prints on the server and, if it is the same, put ${alone ? "that line" : `“${shown.pin}”`} into “Host key”.`,
    shown,
    notes.length === 0 ? undefined : notes.join("\n"),
  );
};

/** As sshd's own key files are called. */
const fileOf = (keyType: string): string =>
  keyType.startsWith("ecdsa") ? "ecdsa" : keyType.includes("rsa") ? "rsa" : "ed25519";

/** The key types that are pinned for this host, so that the server is asked for one that we can check. */
export const pinnedKeyTypes = (
  target: Pick<SshTarget, "host" | "port" | "hostKey" | "onWayTo">,
): readonly string[] =>
  readPins(target.hostKey, fingerprintOf).pins.flatMap((pin) =>
    pin.keyType !== null && pin.mark === "trusted" && concerns(pin, target) ? [pin.keyType] : [],
  );

/** A key without a name is the server's own; one that is revoked is so everywhere. */
const concerns = (
  { hosts, mark }: Pin,
  { host, port, onWayTo }: Pick<SshTarget, "host" | "port" | "onWayTo">,
): boolean =>
  hosts === null ? onWayTo === undefined || mark === "revoked" : isFor(hosts, nameOf({ host, port }));

/** OpenSSH writes a port other than 22 into the name: `[host]:port`. */
const nameOf = ({ host, port }: { host: string; port: number }): string =>
  port === 22 ? host.toLowerCase() : `[${host.toLowerCase()}]:${port}`;
