import type { Person } from "./people.ts";

/** A key with which a person signs in, as far as it is kept here: the half that signs never leaves their device. */
export interface Passkey {
  /** What the device calls it, in base64url. */
  id: string;
  personId: string;
  /** What the person calls it. */
  name: string;
  /** The one of our names that it works at: "milepost.example.org". */
  host: string;
  /** What devices know the person by, in base64url: no two people and no two servers share one. */
  handle: string;
  /** The half that checks, a COSE key (RFC 9052) in base64url. */
  publicKey: string;
  /** How often it was used, as the device counts; 0: it does not count. */
  counter: number;
  /** How the device is reached: "internal", "usb", "hybrid". */
  transports: readonly string[];
  createdAt: number;
  lastUsedAt: number | null;
}

/** What is kept of passkeys. */
export interface PasskeyTable {
  /** Throws AppError("conflict") when it is somebody's already. */
  addPasskey(passkey: Passkey): Promise<void>;
  /** Those of a person, of everybody where that is null, the oldest first. */
  passkeys(personId: string | null): Promise<Passkey[]>;
  passkey(id: string): Promise<Passkey | null>;
  /** Whether anybody can sign in with one at this host. */
  hasPasskeys(host: string): Promise<boolean>;
  /**
   * It was used, and has counted so far. Whose it is; null when it is not there any more, or when it has counted as far before: then there are
   * two of it.
   */
  usePasskey(id: string, counter: number, now: number): Promise<Person | null>;
  /** Ends the sessions that it opened: their ids; null when there was none. */
  removePasskey(id: string): Promise<string[] | null>;
  /** True the first time that this hash is handed over before it expires, false ever after. */
  spend(hash: string, expiresAt: number, now: number): Promise<boolean>;
}
