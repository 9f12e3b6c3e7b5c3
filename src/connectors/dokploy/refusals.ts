import type { Refusal } from "#connectors/http/json-client.ts";
import { AppError, type AppErrorOptions } from "#core/errors.ts";
import { errorAnswer } from "./schemas.ts";

/** Turns an answer that is neither 2xx nor a redirect into an error for a person. Shapes: the error formatter of Dokploy's trpc-openapi. */
export const refusalError = (refusal: Refusal): AppError => {
  const { status, about, host, retryAfterMs } = refusal;
  const { message, code, issues } = readError(refusal);
  const said = message === null ? "" : ` It says: “${message}”`;
  const options: AppErrorOptions = {
    detail: issues ?? (/Failed query:/.test(refusal.body) ? "" : refusal.body.slice(0, 500)),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  };

  if (status === 401 && code === null) {
    return new AppError("remote-refused", keySentence(host), { ...options, field: "apiKey" });
  }
  if (status === 401 || status === 403) {
    return new AppError(
      "remote-refused",
      `The API key's owner may not ${about} on ${host}. Give that user the permission in Dokploy, or use the key of another.${said}`,
      options,
    );
  }
  if (status === 404) {
    return new AppError(
      "not-found",
      message === "Not found" || message === null
        ? `${host} does not know the call to ${about}. Check the address of the connection; if it is right, that Dokploy may be too old.`
        : `Dokploy could not ${about}: something it needs is not there. It may have been deleted meanwhile.${said}`,
      options,
    );
  }
  if (status === 409) {
    return new AppError(
      "conflict",
      `Dokploy could not ${about}, because something there is in the way.${said}`,
      options,
    );
  }
  if (status === 429) {
    return new AppError("remote-busy", "Dokploy asks us to slow down. Wait a minute, then try again.", {
      ...options,
      retryAfterMs: retryAfterMs ?? 5_000,
    });
  }
  if (status >= 500) {
    return new AppError(
      "remote-failed",
      `Dokploy failed when it should ${about} (HTTP ${status}). Try again; if it stays so, look into Dokploy's own log.${said}`,
      { ...options, canPass: true },
    );
  }
  return new AppError(
    "remote-refused",
    `Dokploy refused to ${about} (HTTP ${status}).${said}${issues === null ? "" : ` ${issues}`}`,
    options,
  );
};

/** A key whose limit is used up is answered exactly like a wrong one, so both are said. */
const keySentence = (host: string): string =>
  `${host} does not accept the API key. Either it is wrong or deleted, or it has a rate limit that is used up: Dokploy answers both alike. ` +
  "A key made through its API without “rateLimitEnabled: false” allows only five calls a day. " +
  "Make a new key in Dokploy under Settings, API Keys, without a rate limit, and put it into the connection.";

/** Dokploy hands on its database's errors with the whole statement and all that was to be stored. */
const toldOf = (message: string): string =>
  /^Failed query:/.test(message) ? "Its database refused it." : message.slice(0, 500);

const readError = ({
  json,
}: Refusal): { message: string | null; code: string | null; issues: string | null } => {
  const read = errorAnswer.safeParse(json);
  if (!read.success) return { message: null, code: null, issues: null };
  const { message, code, issues } = read.data;
  const listed = (issues ?? [])
    .slice(0, 5)
    .map((issue) => `${(issue.path ?? []).join(".") || "the request"}: ${issue.message}`);
  return {
    message: toldOf(message.trim()) || null,
    code: code ?? null,
    issues: listed.length === 0 ? null : listed.join("; "),
  };
};
