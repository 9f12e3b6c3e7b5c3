import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import { AppError } from "#core/errors.ts";
import type { HookCall } from "#core/hook-call.ts";
import type { Random } from "#core/id.ts";
import type { ProofKind } from "#core/trigger.ts";

/** A call that was signed longer ago, or later, than this is not taken: somebody may have kept it (Standard Webhooks, "verifying"). */
export const toleranceMs = 5 * 60_000;
const secretBytes = 32;
const shortestSecret = 16;
const standardPrefix = "whsec_";
/** In which headers programs say a secret: everybody's, our own, GitLab's. */
const secretHeaders = ["x-milepost-secret", "x-gitlab-token"] as const;

/** A secret for those who are to call. */
export const newSecret = (kind: ProofKind, random: Random): string =>
  kind === "standard"
    ? standardPrefix + Buffer.from(random(secretBytes)).toString("base64")
    : Buffer.from(random(secretBytes)).toString("base64url");

/** Throws AppError("bad-input", …, { field: "secret" }) for one that would be guessed, or is not written as its kind is. */
export const assertSecret = (kind: ProofKind, secret: string): void => {
  if (secret.length < shortestSecret || secret.length > 500 || !/^[\x21-\x7e]+$/.test(secret))
    throw new AppError(
      "bad-input",
      `A secret has at least ${shortestSecret} letters, digits and signs, without spaces. Leave it empty and Milepost makes one.`,
      { field: "secret" },
    );
  if (kind === "standard" && keyOf(secret).length < shortestSecret)
    throw new AppError(
      "bad-input",
      "A secret of Standard Webhooks begins with whsec_, and base64 of at least 16 bytes follows.",
      { field: "secret" },
    );
};

/** Whether a call knows the secret. Nothing of its body is read before that. */
export const knows = (kind: ProofKind, secret: string, call: HookCall): boolean => {
  switch (kind) {
    case "secret": {
      const said = saidIn(call);
      return said !== null && isSame(digest(said), digest(secret));
    }
    case "standard": {
      const signed = `${call.header("webhook-id")}.${call.header("webhook-timestamp")}.`;
      const right = createHmac("sha256", keyOf(secret)).update(signed).update(call.body).digest();
      return (call.header("webhook-signature") ?? "")
        .split(" ")
        .some((one) => one.startsWith("v1,") && isSame(Buffer.from(one.slice(3), "base64"), right));
    }
    case "github": {
      const right = createHmac("sha256", secret).update(call.body).digest();
      const [, hex = ""] = /^sha256=([0-9a-f]{64})$/i.exec(call.header("x-hub-signature-256") ?? "") ?? [];
      return isSame(Buffer.from(hex, "hex"), right);
    }
    default:
      return kind satisfies never;
  }
};

/** Throws AppError("bad-input") for a signed call that is not of now. */
export const assertFresh = (kind: ProofKind, call: HookCall, now: number): void => {
  if (kind !== "standard") return;
  const seconds = call.header("webhook-timestamp") ?? "";
  if (/^\d{1,12}$/.test(seconds) && Math.abs(Number(seconds) * 1_000 - now) <= toleranceMs) return;
  throw new AppError(
    "bad-input",
    "This call was signed more than five minutes before or after now, so it is not taken. Look at the clocks of both machines.",
  );
};

/** What the caller calls this delivery; null: it has no name, so each call is one of its own. */
export const deliveryId = (kind: ProofKind, call: HookCall): string | null => {
  const given =
    kind === "standard"
      ? call.header("webhook-id")
      : kind === "github"
        ? call.header("x-github-delivery")
        : call.header("idempotency-key");
  const id = (given ?? "").trim().replace(/^"(.*)"$/, "$1");
  if (/^[\x21-\x7e]{1,255}$/.test(id)) return id;
  if (given === undefined && kind === "secret") return null;
  throw new AppError(
    "bad-input",
    "This call does not say which delivery it is, as its kind does in a header: webhook-id, X-GitHub-Delivery or Idempotency-Key.",
  );
};

const saidIn = ({ header }: HookCall): string | null => {
  const [, bearer] = /^Bearer +([\x21-\x7e]+) *$/i.exec(header("authorization") ?? "") ?? [];
  return bearer ?? secretHeaders.map(header).find((one) => one !== undefined) ?? null;
};

const keyOf = (secret: string): Buffer =>
  Buffer.from(secret.startsWith(standardPrefix) ? secret.slice(standardPrefix.length) : secret, "base64");

const digest = (text: string): Buffer => createHash("sha256").update(text).digest();

const isSame = (one: Buffer, other: Buffer): boolean =>
  one.length === other.length && timingSafeEqual(one, other);
