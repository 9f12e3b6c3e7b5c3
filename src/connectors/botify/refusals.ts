import type { Refusal } from "#connectors/http/json-client.ts";
import { AppError, type AppErrorOptions } from "#core/errors.ts";
import { errorAnswer } from "./schemas.ts";

/**
 * Turns an answer that is neither 2xx nor a redirect into an error for a person.
 * Shape and codes: DefaultPayload of Botify's Swagger, and old.developers.botify.com "Error codes".
 */
export const refusalError = (refusal: Refusal): AppError => {
  const { status, about, host } = refusal;
  const { message, code, detail } = readError(refusal);
  const said = message === null ? "" : ` It says: “${message}”`;
  const { retryAfterMs } = refusal;
  const options: AppErrorOptions = { detail, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };

  if (status === 429 || code === "1053") {
    return new AppError(
      "remote-busy",
      "Botify asks us to slow down (too many requests). Wait a minute, then try again.",
      {
        ...options,
        retryAfterMs: retryAfterMs ?? 30_000,
      },
    );
  }
  if (code === "1052" || code === "1058") {
    return new AppError(
      "remote-busy",
      "Botify is still preparing another export of this account. Try again when that one is done.",
      {
        ...options,
        retryAfterMs: retryAfterMs ?? 30_000,
      },
    );
  }
  if (status === 401 || code === "1001") {
    return new AppError("remote-refused", `${tokenSentence(host)}${said}`, { ...options, field: "token" });
  }
  if (status === 403 || code === "1002") {
    return new AppError(
      "remote-refused",
      `Your Botify account may not see ${about}. Ask its owner for access, or use another connection.${said}`,
      options,
    );
  }
  if (status === 404 || code === "1004" || code === "1010") {
    return new AppError(
      "not-found",
      `Botify does not know ${about}. Check how it is written, and that it was not deleted.${said}`,
      options,
    );
  }
  if (status >= 500) {
    return new AppError(
      "remote-failed",
      `Botify failed while it worked on ${about} (HTTP ${status}). This often passes: try again in a minute.${said}`,
      {
        ...options,
        canPass: true,
      },
    );
  }
  return new AppError(
    "remote-refused",
    `Botify refused the request about ${about} (HTTP ${status}).${said}${hints[code ?? ""] ?? ""}`,
    options,
  );
};

const tokenSentence = (host: string): string =>
  host === "api.botify.com"
    ? "Botify does not accept the token. Copy the current “Main Token” from https://app.botify.com/account into the connection; an older one stops working when a new one is made."
    : `${host} does not accept the token. Get a new one there and put it into the connection.`;

const hints: Readonly<Record<string, string>> = {
  "1020": " Check the filters: a value may not fit its field.",
  "1027": " Choose at most 10 columns.",
  "1028": " Choose at most one column that holds several values, such as H1 or H2.",
  "1029": " One of the columns does not exist in this crawl: remove it.",
  "1034": " The feature is not part of this Botify plan.",
  "1043": " The query is too big: choose fewer columns or filters.",
  "1044": " Botify cannot run this query: change its columns or filters.",
};

const readError = ({
  body,
  json,
}: Refusal): { message: string | null; code: string | null; detail: string } => {
  const start = body.slice(0, 200);
  const parsed = errorAnswer.safeParse(json);
  if (!parsed.success) return { message: null, code: null, detail: start };
  const { message, error_code: code, error_detail: more } = parsed.data.error;
  const nothing = more == null || (typeof more === "object" && Object.keys(more).length === 0);
  return {
    message: message == null || message.trim() === "" ? null : message.trim().slice(0, 500),
    code,
    detail: nothing ? start : JSON.stringify(more).slice(0, 1_000),
  };
};
