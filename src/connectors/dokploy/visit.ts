import { openGuardedFetch } from "#connectors/http/guarded-fetch.ts";
import { NetworkError } from "#connectors/http/network-error.ts";
import { AppError } from "#core/errors.ts";

/** What one look at a URL found. */
export type Visit =
  | { healthy: true; status: number }
  | {
      healthy: false;
      why: "dns" | "tls" | "refused" | "status" | "silent" | "broken" | "out-of-reach";
      sentence: string;
      /** What was answered, where something was. */
      status?: number;
    };

/**
 * Looks at a URL once. Answers from 200 to 399 are healthy; redirects are not followed. Throws AppError("cancelled") when the signal
 * fires, and nothing else: what a network can do is a finding. Stacks may lie in one's own network.
 */
export const visit = async (
  url: string,
  signal: AbortSignal,
  { timeLimitMs }: { timeLimitMs: number },
): Promise<Visit> => {
  const at = new URL(url);
  const guarded = openGuardedFetch({ reach: "anywhere", connectMs: timeLimitMs });
  try {
    const answer = await guarded.get({ url: at, headers: { accept: "*/*" }, timeLimitMs, signal });
    answer.discard();
    return answer.status >= 200 && answer.status < 400
      ? { healthy: true, status: answer.status }
      : {
          healthy: false,
          why: "status",
          sentence: wrongStatus(at.host, answer.status),
          status: answer.status,
        };
  } catch (thrown) {
    if (signal.aborted) throw thrown;
    if (thrown instanceof NetworkError) return failedVisit(thrown, at, timeLimitMs);
    if (thrown instanceof AppError && thrown.code === "timed-out") return silent(at.host, timeLimitMs);
    throw thrown;
  } finally {
    void guarded.close();
  }
};

const wrongStatus = (host: string, status: number): string => {
  switch (status) {
    case 404:
      return `${host} answers 404: either Dokploy's router does not know this host yet, or the application has no page at this path.`;
    case 502:
    case 503:
    case 504:
      return `${host} answers ${status}: the router knows the host, but the application does not answer it yet.`;
    default:
      return `${host} answers ${status} instead of a page.`;
  }
};

const silent = (host: string, timeLimitMs: number): Visit => ({
  healthy: false,
  why: "silent",
  sentence: `${host} does not answer within ${Math.ceil(timeLimitMs / 1000)} s.`,
});

/** The network's own words, and for what happens to a new stack, what to wait for. */
const failedVisit = (error: NetworkError, { host, hostname }: URL, timeLimitMs: number): Visit => {
  const { why, systemCode } = error;
  switch (why) {
    case "dns":
      return {
        healthy: false,
        why,
        sentence: `${error.message} Add a DNS record that leads to the Dokploy server, or wait until it has spread.`,
      };
    case "tls":
      // Until it has a certificate of its own, Traefik shows one that it made itself, for another name; or it ends the handshake.
      return {
        healthy: false,
        why,
        sentence: `The TLS certificate of ${hostname} is not issued yet (${systemCode}): Let's Encrypt may take a minute, and needs the name to lead to the Dokploy server.`,
      };
    case "silent":
      return silent(host, timeLimitMs);
    case "cut":
      return {
        healthy: false,
        why: "broken",
        sentence: `${error.message} The application may still be starting.`,
      };
    case "refused":
    case "out-of-reach":
      return { healthy: false, why, sentence: error.message };
    case "plain-http":
    case "not-http":
    case "too-odd":
      return { healthy: false, why: "broken", sentence: error.message };
    default:
      return why satisfies never;
  }
};
