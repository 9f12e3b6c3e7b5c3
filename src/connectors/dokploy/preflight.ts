import { AppError } from "#core/errors.ts";
import type { Dokploy } from "./dokploy.ts";
import { type KeyOwner, lacks } from "./key-owner.ts";
import { rights, wordsOf } from "./rights.ts";

/** What is known of a server and a key before anything is made with them. */
export interface Preflight {
  /** Null: it is too old to tell. */
  version: string | null;
  /** Null: it does not tell. */
  owner: KeyOwner | null;
  projects: number;
  /** What will not work, each a whole sentence. */
  warnings: string[];
}

/** A key that is limited allows so many calls a day. */
const callsOfLimitedKey = 5;

/**
 * Asks what only reads: version, rights, projects, and once more than a limited key allows in a day, because no call tells of the limit.
 * Throws AppError("remote-refused") for a key that is wrong or limited.
 */
export const preflight = async (dokploy: Dokploy, signal: AbortSignal): Promise<Preflight> => {
  const { length } = await dokploy.projects(signal);
  const version = await orNull(dokploy.version(signal));
  const owner = await orNull(dokploy.keyOwner(signal));
  for (let calls = 3; calls <= callsOfLimitedKey; calls++) {
    await dokploy.projects(signal).catch((thrown: unknown) => {
      throw isRefused(thrown) ? limited(thrown) : thrown;
    });
  }
  return { version, owner, projects: length, warnings: [...oldWarnings(version), ...rightWarnings(owner)] };
};

const isRefused = (thrown: unknown): thrown is AppError =>
  thrown instanceof AppError && thrown.code === "remote-refused";

const limited = (cause: AppError): AppError =>
  new AppError(
    "remote-refused",
    "The API key was accepted and then refused within a few calls: it has a rate limit. Make one in Dokploy under Settings, API Keys, without a rate limit, and put it into the connection.",
    { cause, field: "apiKey", ...(cause.detail === undefined ? {} : { detail: cause.detail }) },
  );

/** A help and no condition: older servers do not know the call, and some roles may not ask it. A key that is wrong is found by the others. */
const orNull = async <T>(asking: Promise<T>): Promise<T | null> => {
  try {
    return await asking;
  } catch (thrown) {
    if (thrown instanceof AppError && ["not-found", "remote-odd", "remote-refused"].includes(thrown.code))
      return null;
    throw thrown;
  }
};

const oldWarnings = (version: string | null): string[] => {
  const [, major, minor, patch] = /^v?(\d+)\.(\d+)\.(\d+)/.exec(version ?? "") ?? [];
  if (major === undefined) return [];
  const number = Number(major) * 1_000_000 + Number(minor) * 1_000 + Number(patch);
  const since = (min: number, sentence: string) => (number < min ? [sentence] : []);
  return [
    ...since(28_003, "This Dokploy shows no queue (since v0.28.3), so a place in it cannot be told."),
    ...since(
      29_006,
      "This Dokploy shows no logs of deployments (since v0.29.6), so why one failed cannot be told.",
    ),
  ];
};

const seesAll: ReadonlySet<string> = new Set(["owner", "admin"]);

const rightWarnings = (owner: KeyOwner | null): string[] => {
  if (owner === null || seesAll.has(owner.role)) return [];
  const whose = owner.role === "member" ? "a member" : `somebody with the role “${owner.role}”`;
  const [docker, others] = [lacks(owner, ["docker.read"]), lacks(owner, rights)];
  return [
    `This key belongs to ${whose} and sees only what they were given.`,
    ...others
      .filter((right) => right !== "docker.read")
      .map((right) => `Its owner may not ${wordsOf([right])}.`),
    ...docker.map(() => "Its owner may not see Docker, so which version of a stack answers cannot be told."),
  ];
};
