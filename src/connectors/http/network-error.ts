import { AppError, type ErrorCode } from "#core/errors.ts";

/** Why no whole answer came over the network. */
export type Why =
  | "dns"
  | "refused"
  | "tls"
  | "plain-http"
  | "silent"
  | "cut"
  | "not-http"
  | "too-odd"
  | "out-of-reach";

const codes = {
  dns: "unreachable",
  refused: "unreachable",
  tls: "unreachable",
  "plain-http": "unreachable",
  silent: "unreachable",
  cut: "unreachable",
  "not-http": "remote-odd",
  "too-odd": "remote-odd",
  "out-of-reach": "remote-refused",
} as const satisfies Record<Why, ErrorCode>;

/** These stay as they are until somebody changes something. */
const lasting: ReadonlySet<Why> = new Set(["tls", "plain-http"]);

/** An AppError that also tells in a word what the network did, and Node's or OpenSSL's own code for it. */
export class NetworkError extends AppError {
  readonly why: Why;
  readonly systemCode: string;

  constructor(
    why: Why,
    sentence: string,
    { cause, systemCode = "" }: { cause?: unknown; systemCode?: string } = {},
  ) {
    super(codes[why], sentence, {
      ...(cause === undefined ? {} : { cause }),
      ...(lasting.has(why) ? { canPass: false } : {}),
    });
    this.why = why;
    this.systemCode = systemCode;
  }
}

/**
 * Turns what undici, the network or TLS threw into a sentence. Codes: Node's of getaddrinfo and connect, OpenSSL's, undici's.
 * `advice` is the way on where the address may be wrong.
 */
export const networkError = (
  thrown: unknown,
  { host, hostname }: Pick<URL, "host" | "hostname">,
  advice = "",
): NetworkError => {
  if (thrown instanceof NetworkError) return thrown;
  const systemCode = systemCodeOf(thrown);
  // People can look the system's codes up; our library's own say nothing.
  const told = /^($|UND_ERR)/.test(systemCode) ? "" : ` (${systemCode})`;
  const error = (why: Why, sentence: string) =>
    new NetworkError(why, advice === "" ? sentence : `${sentence} ${advice}`, { cause: thrown, systemCode });

  if (/^(ENOTFOUND|EAI_\w+|ENODATA)$/.test(systemCode))
    return error("dns", `The name ${hostname} does not resolve${told}.`);
  if (/^(ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|EACCES|EADDRNOTAVAIL)$/.test(systemCode))
    return error(
      "refused",
      `${host} refuses the connection${told}: nothing listens there, or a firewall is in the way.`,
    );
  if (/WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|ERR_SSL_HTTP_REQUEST/.test(systemCode))
    return error("plain-http", `${host} does not speak https here${told}: try http:// in the address.`);
  if (/CERT|^ERR_TLS_|UNABLE_TO_(GET|VERIFY)/.test(systemCode))
    return error(
      "tls",
      `The TLS certificate of ${hostname} is not accepted: ${certificateProblem(systemCode)}${told}.`,
    );
  if (/^ERR_SSL_|^EPROTO$/.test(systemCode))
    return error("tls", `${host} does not agree with us on how to speak TLS${told}.`);
  if (/^(ETIMEDOUT|UND_ERR_CONNECT_TIMEOUT|UND_ERR_HEADERS_TIMEOUT|UND_ERR_BODY_TIMEOUT)$/.test(systemCode))
    return error("silent", `${host} does not answer${told}.`);
  if (/^HPE_/.test(systemCode) || (thrown instanceof Error && thrown.name === "HTTPParserError"))
    return error("not-http", `${host} does not speak HTTP on this port.`);
  if (/^UND_ERR_(HEADERS_OVERFLOW|RES_EXCEEDED_MAX_SIZE)$/.test(systemCode))
    return error("too-odd", `${host} answers with more headers than any answer should have.`);
  if (
    /^(Z_|ERR_BROTLI|ERR_ZSTD|ZSTD_|ERR_PADDING_2|ERR__ERROR_)/.test(systemCode) &&
    systemCode !== "Z_BUF_ERROR"
  )
    return error("too-odd", `${host} says that its answer is compressed, but it is not.`);
  return error("cut", `The connection to ${host} broke before the answer was whole${told}.`);
};

const certificateProblem = (systemCode: string): string => {
  if (systemCode === "CERT_HAS_EXPIRED") return "it has expired";
  if (systemCode === "CERT_NOT_YET_VALID") return "it is not valid yet, or the clock here is wrong";
  if (systemCode === "ERR_TLS_CERT_ALTNAME_INVALID") return "it is for another name";
  if (/SELF_SIGNED/.test(systemCode)) return "it is signed by nobody that this machine knows";
  if (/UNABLE_TO/.test(systemCode))
    return "who signed it is not known here, or a certificate in between is missing";
  return "it does not pass the check";
};

const systemCodeOf = (thrown: unknown): string => {
  if (!(thrown instanceof Error)) return "";
  if (thrown instanceof AggregateError && thrown.errors.length > 0) return systemCodeOf(thrown.errors[0]);
  if ("code" in thrown && typeof thrown.code === "string") return thrown.code;
  return systemCodeOf(thrown.cause);
};
