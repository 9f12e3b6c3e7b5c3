import { networkError } from "#connectors/http/network-error.ts";

/** To which server, and how the way there is kept from others. */
export interface MailLine {
  host: string;
  port: string;
  security: string;
}

/**
 * What kept a line to a mail server from coming about, as a sentence; null: something else went wrong. Of Node's own codes (getaddrinfo, connect)
 * nodemailer leaves what stands in `message`.
 */
export const lineTrouble = (message: string, { host, port, security }: MailLine): string | null => {
  const at = { host: `${host}:${port}`, hostname: host };
  if (/wrong version number|packet length too long/i.test(message))
    return security === "tls"
      ? `${at.host} does not speak TLS from the start: choose STARTTLS, or its other port.`
      : `${at.host} begins TLS in a way that we do not understand.`;
  if (/greeting never received/i.test(message))
    return `${at.host} took the connection and said nothing.${security === "tls" ? "" : " Where it wants TLS from the start, as on port 465, choose that."}`;
  if (/^connection timeout$/i.test(message)) return noAnswer(at, "ETIMEDOUT");
  const code = /\b(?:ENOTFOUND|ENODATA|EAI_[A-Z]+|ECONN[A-Z]+|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT)\b/.exec(
    message,
  )?.[0];
  return code === undefined ? null : noAnswer(at, code);
};

const noAnswer = (at: Pick<URL, "host" | "hostname">, code: string): string =>
  networkError(Object.assign(new Error(code), { code }), at).message;
