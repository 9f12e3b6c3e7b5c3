import type {
  AuthenticationResponseJSON,
  AuthenticatorTransport,
  RegistrationResponseJSON,
} from "@simplewebauthn/server";
import type { Accounts } from "#core/accounts.ts";
import type { Actor } from "#core/actor.ts";
import type { Clock } from "#core/clock.ts";
import { AppError } from "#core/errors.ts";
import type { Random } from "#core/id.ts";
import type { Passkey } from "#core/passkey.ts";
import type { PersonRef } from "#core/people.ts";
import type { Challenges } from "./challenges.ts";
import { checkedName } from "./checked-name.ts";
import type { Whence } from "./device.ts";
import type { Endings } from "./endings.ts";
import { challengeIn, readAnswer, textOf } from "./passkey-answer.ts";
import type { PasskeyPlace } from "./passkey-place.ts";
import type { SignIn } from "./sign-in.ts";

export interface PasskeyDeps {
  accounts: Accounts;
  signIn: Pick<SignIn, "openSession">;
  endings: Pick<Endings, "tell">;
  challenges: Challenges;
  clock: Pick<Clock, "now">;
  random: Random;
}

/** What browsers are asked and answer is JSON as in WebAuthn, section 5.1.8 and 5.1.10. */
export interface Passkeys {
  /** Those of a person, of everybody where that is null. */
  list(personId: string | null): Promise<Passkey[]>;
  /** Whether anybody could sign in with one there. */
  areThere(place: PasskeyPlace): Promise<boolean>;
  /** What a browser needs to make one for this person. */
  toAdd(person: PersonRef, place: PasskeyPlace): Promise<object>;
  /** Keeps the one that a browser made. Throws AppError("bad-input") when it is not what was asked for, or has no name. */
  add(made: string, name: string, by: Actor, place: PasskeyPlace): Promise<void>;
  /** What a browser needs to sign in with whichever the person chooses. */
  toSignIn(place: PasskeyPlace): Promise<object>;
  /** The secret of a new session; null when this lets nobody in. */
  signIn(signed: string, place: PasskeyPlace, whence: Whence): Promise<string | null>;
  /** Ends what it opened, too. One of theirs, anybody's where `personId` is null. Throws AppError("not-found"). */
  remove(id: string, by: Actor, personId: string | null): Promise<void>;
}

/** Loaded when somebody first needs it: few servers ever do, and it is not small. */
const library = () => import("@simplewebauthn/server");

const toSignInWith = "sign in with a passkey";
const toAddOf = (personId: string): string => `add a passkey of ${personId}`;

export const createPasskeys = ({
  accounts,
  signIn,
  endings,
  challenges,
  clock,
  random,
}: PasskeyDeps): Passkeys => {
  const list: Passkeys["list"] = (personId) => accounts.passkeys(personId);
  const expected = (purpose: string, { host, origin }: PasskeyPlace) => ({
    expectedChallenge: (challenge: string) => challenges.read(textOf(challenge), purpose) !== null,
    expectedOrigin: origin,
    expectedRPID: host,
    requireUserVerification: true,
  });
  const tellOfCopy = ({ name }: Passkey, { place }: Whence) =>
    accounts.audit({
      at: clock.now(),
      by: { kind: "stranger", id: place, name: `somebody at ${place}` },
      did: "was refused with a passkey that was used further already, so there may be a copy of it",
      target: name,
    });
  return {
    list,
    areThere: ({ host }) => accounts.hasPasskeys(host),
    toAdd: async ({ id, name }, { host }) => {
      const { generateRegistrationOptions } = await library();
      const theirs = (await list(id)).filter((one) => one.host === host);
      const handle = theirs[0]?.handle ?? Buffer.from(random(32)).toString("base64url");
      return generateRegistrationOptions({
        rpName: "Milepost",
        rpID: host,
        userID: bytesOf(handle),
        userName: name,
        challenge: Buffer.from(challenges.make(toAddOf(id), handle)),
        attestationType: "none",
        excludeCredentials: theirs.map((one) => ({
          id: one.id,
          transports: one.transports as AuthenticatorTransport[],
        })),
        authenticatorSelection: { residentKey: "required", userVerification: "required" },
      });
    },
    add: async (made, given, by, place) => {
      const personId = by.personId ?? "";
      const name = checkedName(given);
      const response = readAnswer<RegistrationResponseJSON>(made);
      if (response === null) return notWhatWasAsked();
      const { verifyRegistrationResponse } = await library();
      const verified = await verifyRegistrationResponse({
        ...expected(toAddOf(personId), place),
        response,
      }).catch(notWhatWasAsked);
      const challenge = challengeIn(response);
      const handle = challenge === null ? null : challenges.read(challenge, toAddOf(personId));
      if (!verified.verified || challenge === null || handle === null || !(await challenges.spend(challenge)))
        return notWhatWasAsked();
      const { credential } = verified.registrationInfo;
      const now = clock.now();
      await accounts.addPasskey({
        id: credential.id,
        personId,
        name,
        host: place.host,
        handle,
        publicKey: Buffer.from(credential.publicKey).toString("base64url"),
        counter: credential.counter,
        transports: credential.transports ?? [],
        createdAt: now,
        lastUsedAt: null,
      });
      await accounts.audit({ at: now, by, did: "added a passkey", target: name });
    },
    toSignIn: async ({ host }) => {
      const { generateAuthenticationOptions } = await library();
      return generateAuthenticationOptions({
        rpID: host,
        challenge: Buffer.from(challenges.make(toSignInWith)),
        userVerification: "required",
      });
    },
    signIn: async (signed, place, whence) => {
      const response = readAnswer<AuthenticationResponseJSON>(signed);
      const challenge = response === null ? null : challengeIn(response);
      if (response === null || challenge === null) return null;
      const known = await accounts.passkey(response.id);
      // Devices tell whose the key is; one that tells something else was not made here.
      if (known === null || response.response.userHandle !== known.handle) return null;
      const { verifyAuthenticationResponse } = await library();
      const verified = await verifyAuthenticationResponse({
        ...expected(toSignInWith, place),
        response,
        // The counter is looked at where it is kept.
        credential: { id: known.id, publicKey: bytesOf(known.publicKey), counter: 0 },
      }).catch(() => null);
      if (verified?.verified !== true || !(await challenges.spend(challenge))) return null;
      const { newCounter } = verified.authenticationInfo;
      const person = await accounts.usePasskey(known.id, newCounter, clock.now());
      if (person === null) {
        await tellOfCopy(known, whence);
        return null;
      }
      return signIn.openSession(
        { personId: person.id, name: person.name, tokenId: null, passkeyId: known.id },
        whence,
      );
    },
    remove: async (id, by, personId) => {
      const known = (await list(personId)).find((one) => one.id === id);
      const ended = known === undefined ? null : await accounts.removePasskey(id);
      if (known === undefined || ended === null)
        throw new AppError("not-found", "There is no such passkey; it may be removed already.");
      endings.tell(ended);
      await accounts.audit({ at: clock.now(), by, did: "removed a passkey", target: known.name });
    },
  };
};

const bytesOf = (base64url: string) => new Uint8Array(Buffer.from(base64url, "base64url"));

const notWhatWasAsked = (): never => {
  throw new AppError(
    "bad-input",
    "What your browser made is not what Milepost asked for, or it came too late. Try again.",
  );
};
