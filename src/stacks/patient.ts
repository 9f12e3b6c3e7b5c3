import type { Dokploy } from "#connectors/dokploy/dokploy.ts";
import { sleep, systemClock } from "#connectors/http/waiting.ts";
import { AppError } from "#core/errors.ts";
import type { DoContext } from "#core/step-context.ts";
import type { StackDeps } from "./deps.ts";

/** What only reads, and so may be asked as often as it takes; logs are a help that nothing waits for. */
const reads = [
  "projects",
  "environments",
  "servers",
  "applications",
  "application",
  "domains",
  "composeDomains",
  "deployments",
  "queue",
  "tasks",
] as const satisfies readonly (keyof Dokploy)[];

export interface Patient {
  dokploy: Dokploy;
  /** Whether it was away at some time since. */
  wasAway(): boolean;
}

/**
 * A client whose reads wait while Dokploy does not answer, as it does when it updates itself, for at most `outageMs`; the page says since
 * when. A short silence of the other side is no answer, so nothing is concluded from it, and least of all is anything removed.
 */
export const openPatiently = async (
  deps: Pick<StackDeps, "connect" | "outageMs" | "lookEveryMs">,
  connectionId: string,
  ctx: Pick<DoContext<unknown, unknown>, "signal" | "now" | "log">,
): Promise<Patient> => {
  const dokploy = await deps.connect(connectionId);
  let away = false;
  const wait = async <T>(read: () => Promise<T>): Promise<T> => {
    let since: number | null = null;
    for (;;) {
      try {
        const answer = await read();
        if (since !== null) ctx.log("Dokploy answers again.");
        return answer;
      } catch (thrown) {
        if (!isSilence(thrown)) throw thrown;
        const from: number = since ?? ctx.now();
        if (ctx.now() - from >= deps.outageMs) throw stillAway(thrown, from);
        if (since === null)
          ctx.log(
            `Dokploy does not answer since ${clockOf(from)}; asking until it does. ${thrown.message}`,
            "warn",
          );
        since = from;
        away = true;
        await sleep(thrown.retryAfterMs ?? deps.lookEveryMs, ctx.signal, systemClock);
      }
    }
  };
  const patient = Object.fromEntries(
    reads.map((name) => [name, (...args: unknown[]) => wait(() => call(dokploy, name, args))]),
  );
  return { dokploy: { ...dokploy, ...patient }, wasAway: () => away };
};

// The types of each read are those of the client itself.
const call = (dokploy: Dokploy, name: (typeof reads)[number], args: unknown[]): Promise<unknown> =>
  (dokploy[name] as (...given: unknown[]) => Promise<unknown>)(...args);

/** A short silence of the other side is no answer. */
export const isSilence = (thrown: unknown): thrown is AppError =>
  thrown instanceof AppError && thrown.canPass;

export const stillAway = (error: AppError, since: number): AppError =>
  new AppError(error.code, `${error.message} It has been so since ${clockOf(since)}.`, {
    cause: error,
    canPass: false,
    ...(error.detail === undefined ? {} : { detail: error.detail }),
  });

export const clockOf = (at: number): string => `${new Date(at).toISOString().slice(11, 19)} UTC`;
