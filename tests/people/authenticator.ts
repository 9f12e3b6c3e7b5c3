import { createHash, generateKeyPairSync, randomBytes, sign } from "node:crypto";

/** What WebAuthn's options say, as far as a device looks at it. */
interface Options {
  challenge: string;
  rpId?: string;
  rp?: { id?: string };
  user?: { id: string };
}

export interface Deviation {
  origin?: string;
  host?: string;
  challenge?: string;
  userHandle?: string;
  /** Whether the person was asked for finger, face or PIN. */
  isVerified?: boolean;
  /** What the device has counted so far. */
  counter?: number;
}

/** A device with one passkey (ES256, no attestation), which makes and signs as WebAuthn (level 3, sections 6.1 and 6.5) says. */
export const createAuthenticator = (origin: string) => {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const id = randomBytes(16);
  let handle = "";
  let counter = 0;
  const client = (type: string, { challenge }: Options, deviation: Deviation) =>
    Buffer.from(
      JSON.stringify({
        type,
        challenge: deviation.challenge ?? challenge,
        origin: deviation.origin ?? origin,
        crossOrigin: false,
      }),
    );
  const dataOf = ({ rpId, rp }: Options, deviation: Deviation, attested: Buffer | null) => {
    const flags = 0x01 | (deviation.isVerified === false ? 0 : 0x04) | (attested === null ? 0 : 0x40);
    counter = deviation.counter ?? counter + 1;
    const counted = Buffer.alloc(4);
    counted.writeUInt32BE(counter);
    const host = deviation.host ?? rpId ?? rp?.id ?? "";
    return Buffer.concat([hash(host), Buffer.from([flags]), counted, attested ?? Buffer.alloc(0)]);
  };
  const answer = (response: object) => ({
    id: id.toString("base64url"),
    rawId: id.toString("base64url"),
    type: "public-key",
    clientExtensionResults: {},
    authenticatorAttachment: "platform",
    response,
  });
  return {
    id: id.toString("base64url"),
    make: (options: Options, deviation: Deviation = {}): string => {
      handle = options.user?.id ?? "";
      const { x = "", y = "" } = publicKey.export({ format: "jwk" }) as { x?: string; y?: string };
      // COSE: {1: 2, 3: -7, -1: 1, -2: x, -3: y}.
      const key = Buffer.concat([
        Buffer.from("a5010203262001215820", "hex"),
        Buffer.from(x, "base64url"),
        Buffer.from("225820", "hex"),
        Buffer.from(y, "base64url"),
      ]);
      const length = Buffer.from([0, id.length]);
      const data = dataOf(options, deviation, Buffer.concat([Buffer.alloc(16), length, id, key]));
      // CBOR: {"fmt": "none", "attStmt": {}, "authData": data}.
      const attestation = Buffer.concat([
        Buffer.from("a363666d74646e6f6e656761747453746d74a0686175746844617461", "hex"),
        Buffer.from([0x58, data.length]),
        data,
      ]);
      return JSON.stringify(
        answer({
          clientDataJSON: client("webauthn.create", options, deviation).toString("base64url"),
          attestationObject: attestation.toString("base64url"),
          transports: ["internal"],
        }),
      );
    },
    use: (options: Options, deviation: Deviation = {}): string => {
      const clientData = client("webauthn.get", options, deviation);
      const data = dataOf(options, deviation, null);
      return JSON.stringify(
        answer({
          clientDataJSON: clientData.toString("base64url"),
          authenticatorData: data.toString("base64url"),
          signature: sign("sha256", Buffer.concat([data, hash(clientData)]), privateKey).toString(
            "base64url",
          ),
          userHandle: deviation.userHandle ?? handle,
        }),
      );
    },
  };
};

const hash = (of: string | Buffer): Buffer => createHash("sha256").update(of).digest();
