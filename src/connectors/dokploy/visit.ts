import { Agent, request } from "undici";
import { lookupHost } from "./addresses.ts";
import { stopped } from "./transport.ts";

/** What one look at a URL found. */
export type Visit =
  | { healthy: true; status: number }
  | { healthy: false; why: "dns" | "tls" | "refused" | "status" | "silent" | "broken"; sentence: string };

/**
 * Looks at a URL once. Answers from 200 to 399 are healthy; redirects are not followed. Throws AppError("cancelled") when the signal
 * fires, and nothing else: what a network can do is a finding. Codes: Node's errors of getaddrinfo, connect and OpenSSL.
 */
export const visit = async (
  url: string,
  signal: AbortSignal,
  { timeLimitMs }: { timeLimitMs: number },
): Promise<Visit> => {
  const { host, hostname } = new URL(url);
  const agent = new Agent({
    connect: { lookup: lookupHost, timeout: timeLimitMs },
    pipelining: 0,
  });
  const timeLimit = AbortSignal.timeout(timeLimitMs);
  try {
    const answer = await request(url, {
      dispatcher: agent,
      headers: { "user-agent": "Milepost", accept: "*/*" },
      signal: AbortSignal.any([signal, timeLimit]),
    });
    // A body that is thrown away unread ends with an error that nobody else listens to.
    answer.body.on("error", () => {}).destroy();
    return answer.statusCode >= 200 && answer.statusCode < 400
      ? { healthy: true, status: answer.statusCode }
      : { healthy: false, why: "status", sentence: wrongStatus(host, answer.statusCode) };
  } catch (thrown) {
    if (signal.aborted) throw stopped(signal);
    if (timeLimit.aborted) return silent(host, timeLimitMs);
    return failedVisit(thrown, { host, hostname, timeLimitMs });
  } finally {
    // Closing would wait for a server that never ends its answer.
    void agent.destroy();
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

const failedVisit = (
  thrown: unknown,
  { host, hostname, timeLimitMs }: { host: string; hostname: string; timeLimitMs: number },
): Visit => {
  const code = codeOf(thrown);
  if (code === "ENOTFOUND" || code === "EAI_AGAIN" || code === "ENODATA") {
    const sentence = `The name ${hostname} does not resolve (${code}). Add a DNS record that leads to the Dokploy server, or wait until it has spread.`;
    return { healthy: false, why: "dns", sentence };
  }
  if (code === "ECONNREFUSED" || code === "EHOSTUNREACH" || code === "ENETUNREACH") {
    const sentence = `${host} refuses the connection (${code}): nothing listens there, or a firewall is in the way.`;
    return { healthy: false, why: "refused", sentence };
  }
  if (code === "UND_ERR_CONNECT_TIMEOUT" || code === "ETIMEDOUT") return silent(host, timeLimitMs);
  if (isCertificateProblem(code)) {
    const sentence = `The TLS certificate of ${hostname} is not issued yet (${code}): Let's Encrypt may take a minute, and needs the name to lead to the Dokploy server.`;
    return { healthy: false, why: "tls", sentence };
  }
  return {
    healthy: false,
    why: "broken",
    sentence: `The connection to ${host} broke${code === "" ? "" : ` (${code})`}: the application may still be starting.`,
  };
};

/** Until it has a certificate of its own, Traefik shows one that it made itself, for another name; or it ends the handshake. */
const isCertificateProblem = (code: string): boolean =>
  /CERT|^ERR_TLS_|^ERR_SSL_|^EPROTO$|UNABLE_TO_(GET|VERIFY)/.test(code);

const codeOf = (thrown: unknown): string => {
  if (!(thrown instanceof Error)) return "";
  if (thrown instanceof AggregateError && thrown.errors.length > 0) return codeOf(thrown.errors[0]);
  if ("code" in thrown && typeof thrown.code === "string") return thrown.code;
  return codeOf(thrown.cause);
};
