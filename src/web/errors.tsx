import type { Context } from "hono";
import { HTTPException } from "hono/http-exception";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { AppError, httpStatus, toAppError } from "#core/errors.ts";
import { routes } from "#core/routes.ts";
import { ErrorNote, ErrorPage } from "#views/error.tsx";
import type { WebDeps, WebEnv } from "./deps.ts";
import { answerKind } from "./door.ts";
import { rememberNext } from "./next-page.ts";
import { addressHere } from "./own-address.ts";
import { userOf } from "./page-props.ts";
import { pageBehind } from "./pressed-on.ts";
import { loggedPath } from "./request-log.ts";

type ErrorDeps = Pick<WebDeps, "log" | "newId" | "staticFiles" | "publicUrls">;

/** Answers a thrown error in the asker's own form. Unexpected ones are logged under an id, and only the id is shown. */
export const answerError = (
  deps: ErrorDeps,
  thrown: unknown,
  c: Context<WebEnv>,
): Response | Promise<Response> => {
  const error = thrown instanceof HTTPException ? ofHono(thrown, c) : told(deps, thrown, c);
  if (error.retryAfterMs !== undefined) c.header("Retry-After", String(Math.ceil(error.retryAfterMs / 1000)));
  return answerRefusal(deps, c, httpStatus(error.code), error);
};

/** A refusal as it is told: an AppError, or one whose status has no code of its own. */
export interface Refusal {
  code: string;
  message: string;
  field?: string | undefined;
  detail?: string | undefined;
  runId?: string | undefined;
}

/** Answers with any status, in the asker's own form. */
export const answerRefusal = (
  deps: Pick<WebDeps, "staticFiles" | "publicUrls">,
  c: Context<WebEnv>,
  status: ContentfulStatusCode,
  { code, message, field, detail, runId }: Refusal,
): Response | Promise<Response> => {
  const asker = answerKind(c);
  // Required with every 401 (RFC 9110, section 15.5.2).
  if (status === 401) c.header("WWW-Authenticate", challengeFor(c, deps));
  // Whoever asks there reads the steps without a look at the status.
  const asOlder = c.req.path === routes.compat.createBotSteps.template ? { success: false, steps: [] } : {};
  if (asker === "json") return c.json({ ...asOlder, error: { code, message, field, detail, runId } }, status);
  if (asker === "fragment") return c.html(<ErrorNote message={message} />, status);
  if (code === "not-signed-in") {
    rememberNext(c);
    return c.redirect(routes.signIn.href(), 303);
  }
  return c.html(
    <ErrorPage
      user={userOf(c)}
      version={deps.staticFiles.version}
      status={status}
      message={message}
      back={pageBehind(c)}
      {...(detail === undefined ? {} : { detail })}
    />,
    status,
  );
};

/** Agents find by it who gives them a token (RFC 9728, section 5.1). */
const challengeFor = (c: Context<WebEnv>, deps: Pick<WebDeps, "publicUrls">): string =>
  routes.mcp.matches(c.req.path)
    ? `Bearer resource_metadata="${addressHere(c, deps, routes.oauth.resourceOfMcp.href()).href}"`
    : "Bearer";

const told = ({ log, newId }: ErrorDeps, thrown: unknown, c: Context<WebEnv>): AppError => {
  const error = toAppError(thrown);
  if (error.code !== "internal") return error;
  if (isCutOff(thrown)) return new AppError("bad-input", "This request broke off before all of it was here.");
  const id = newId();
  log.error(
    { err: thrown, errorId: id, method: c.req.method, path: loggedPath(c.req.path) },
    "a request failed",
  );
  return new AppError(
    "internal",
    `Something went wrong inside Milepost. The server's log has the details under ${id}.`,
  );
};

/** Whoever asked has gone while they still sent, which Node says in no other way. Nobody reads the answer. */
const isCutOff = (thrown: unknown): boolean =>
  thrown instanceof Error && thrown.message === "aborted" && "code" in thrown && thrown.code === "ECONNRESET";

// Hono throws these for bodies that it cannot read.
const ofHono = (cause: HTTPException, c: Context<WebEnv>): AppError => {
  if (cause.status === 413) return new AppError("too-large", "This request is larger than Milepost takes.");
  const isJson = /^application\/([\w.-]+\+)?json *(;|$)/i.test(c.req.header("Content-Type") ?? "");
  return new AppError(
    "bad-input",
    isJson
      ? "This request cannot be read: its body is not valid JSON."
      : "This request needs JSON as its body, sent with “Content-Type: application/json”.",
    { cause },
  );
};
