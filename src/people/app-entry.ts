import type { Known } from "#core/accounts.ts";
import type { Secrets } from "#core/secrets.ts";
import type { Challenges } from "./challenges.ts";
import { hashOf } from "./secret.ts";
import type { SignIn } from "./sign-in.ts";

/** How a browser that is signed in here comes in at a generated app that has a host name of its own: there, and nowhere else. */
export interface AppEntry {
  /** What lets whoever has this session in at one app: once, and soon. */
  codeFor(sessionSecret: string, slug: string): string;
  /** What their browser keeps there, of no use anywhere else; null when the code is not of ours, of another app, too old, or used. */
  enter(code: string, slug: string): Promise<string | null>;
  /** Who it is, for as long as the session lasts that it came from. */
  identify(kept: string, slug: string): Promise<Known | null>;
}

interface AppEntryDeps {
  signIn: Pick<SignIn, "identifyByHash">;
  secrets: Secrets;
  challenges: Challenges;
}

export const createAppEntry = ({ signIn, secrets, challenges }: AppEntryDeps): AppEntry => ({
  codeFor: (sessionSecret, slug) => challenges.make(purposeOf(slug), hashOf(sessionSecret)),
  enter: async (code, slug) => {
    const sessionHash = challenges.read(code, purposeOf(slug));
    if (sessionHash === null || !(await challenges.spend(code))) return null;
    return secrets.seal(sessionHash, ownerOf(slug));
  },
  identify: async (kept, slug) => {
    const sessionHash = opened(secrets, kept, ownerOf(slug));
    return sessionHash === null ? null : signIn.identifyByHash(sessionHash);
  },
});

const purposeOf = (slug: string): string => `enter app ${slug}`;
const ownerOf = (slug: string): string => `entered app ${slug}`;

const opened = (secrets: Secrets, sealed: string, owner: string): string | null => {
  try {
    return secrets.open(sealed, owner);
  } catch {
    // Whoever is there may send anything.
    return null;
  }
};
