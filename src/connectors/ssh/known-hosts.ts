import { createHmac } from "node:crypto";

/**
 * One line of what a person pinned: a known_hosts line, a host's name and the fingerprint of its key, a public key file's line, a fingerprint,
 * or what ssh-keygen -l prints.
 */
export interface Pin {
  mark: "trusted" | "revoked";
  /** Null: a public key or fingerprint by itself, which is for the server itself and no machine on the way there. */
  hosts: string | null;
  /** "ssh-ed25519"; null for a fingerprint. */
  keyType: string | null;
  /** As OpenSSH prints it: "SHA256:…". */
  fingerprint: string;
}

export interface Pins {
  pins: readonly Pin[];
  /** Lines that were left out, each with the reason, for a person. */
  notes: readonly string[];
}

/**
 * Reads known_hosts text (sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT"): plain and hashed names, `[host]:port`, `@revoked`.
 * Besides, a line may be a public key alone, a fingerprint "SHA256:…", or one behind the name of its host. What cannot be used becomes a note; nothing throws.
 */
export const readPins = (text: string, fingerprintOf: (key: Buffer) => string): Pins => {
  const pins: Pin[] = [];
  const notes: string[] = [];
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const words = line.trim().split(/\s+/);
    const first = words[0] ?? "";
    if (first === "" || first.startsWith("#")) continue;
    if (first === "@cert-authority") {
      notes.push(`Line ${index + 1} trusts a certificate authority, which Milepost does not read.`);
      continue;
    }
    const mark = first === "@revoked" ? "revoked" : "trusted";
    const pin = onePin(first === "@revoked" ? words.slice(1) : words, mark, fingerprintOf);
    if (pin === null) notes.push(`Line ${index + 1} is neither a known_hosts line nor a fingerprint.`);
    else pins.push(pin);
  }
  return { pins, notes };
};

/** Whether the names of a known_hosts line are those of this host: `*` and `?` match, `!` takes out (ssh_config(5), PATTERNS). */
export const isFor = (hosts: string, name: string): boolean => {
  if (hosts.startsWith("|1|")) return isHashOf(hosts, name);
  const patterns = hosts.toLowerCase().split(",");
  const fits = (pattern: string) => fitsPattern(pattern, name);
  return (
    patterns.some((one) => !one.startsWith("!") && fits(one)) &&
    !patterns.some((one) => one.startsWith("!") && fits(one.slice(1)))
  );
};

const onePin = (
  words: readonly string[],
  mark: Pin["mark"],
  fingerprintOf: (key: Buffer) => string,
): Pin | null => {
  const [first = "", second = "", third = ""] = words;
  // `ssh-keygen -l` puts the key's size in front of it and a comment behind.
  const bare = /^(?:SHA256:)?([A-Za-z0-9+/]{43})=?$/.exec(/^\d{3,5}$/.test(first) ? second : first);
  if (bare !== null) return { mark, hosts: null, keyType: null, fingerprint: `SHA256:${bare[1]}` };
  const ofHost = /^SHA256:([A-Za-z0-9+/]{43})=?$/.exec(second);
  if (ofHost !== null && /^[\w.:[\]-]+$/.test(first))
    return { mark, hosts: first, keyType: null, fingerprint: `SHA256:${ofHost[1]}` };
  if (isKey(first, second))
    return { mark, hosts: null, keyType: first, fingerprint: fingerprintOf(Buffer.from(second, "base64")) };
  if (isKey(second, third))
    return { mark, hosts: first, keyType: second, fingerprint: fingerprintOf(Buffer.from(third, "base64")) };
  return null;
};

/** A key's blob begins with its own type, length first (RFC 4253, 6.6). */
const isKey = (type: string, base64: string): boolean => {
  const blob = Buffer.from(base64, "base64");
  return blob.length > 4 + type.length && type !== "" && blob.toString("latin1", 4, 4 + type.length) === type;
};

/** HashKnownHosts: `|1|base64(salt)|base64(HMAC-SHA1(salt, name))`. */
const isHashOf = (hashed: string, name: string): boolean => {
  const [, , salt = "", hash = ""] = hashed.split("|");
  return createHmac("sha1", Buffer.from(salt, "base64")).update(name).digest("base64") === hash;
};

/** Without a regular expression, which many stars would keep busy for ever: where it goes wrong, only the last star takes more. */
const fitsPattern = (pattern: string, name: string): boolean => {
  let [at, in_, star, after] = [0, 0, -1, 0];
  while (at < name.length) {
    if (pattern[in_] === "*") [star, after, in_] = [in_, at, in_ + 1];
    else if (in_ < pattern.length && (pattern[in_] === "?" || pattern[in_] === name[at]))
      [at, in_] = [at + 1, in_ + 1];
    else if (star === -1) return false;
    else [after, at, in_] = [after + 1, after + 1, star + 1];
  }
  return /^\**$/.test(pattern.slice(in_));
};
