import { AppError } from "#core/errors.ts";
import { foreignSentence } from "#core/foreign.ts";

/** What is said when somebody's sign-in elsewhere fails: the provider's own sentence where it has one. `thrown` is of openid-client. */
export const inWords = (thrown: unknown, provider: string): AppError => {
  const told = causes(thrown).find((one) => one instanceof AppError);
  if (told !== undefined) return told;
  const { error, error_description, code } = partsOf(thrown);
  if (typeof error === "string") {
    const words = typeof error_description === "string" ? error_description : error;
    return new AppError("remote-refused", `${provider} says: ${foreignSentence(words)}`, { cause: thrown });
  }
  if (code === "OAUTH_TIMEOUT" || causes(thrown).some(isTimeout))
    return new AppError("timed-out", `${provider} did not answer in time. Begin the sign-in again.`, {
      cause: thrown,
    });
  if (code === "OAUTH_JWT_TIMESTAMP_CHECK_FAILED")
    return new AppError(
      "remote-odd",
      `What ${provider} says is too old or of the future: compare the clocks of both machines.`,
      { cause: thrown },
    );
  const meant = issuerMeant(thrown);
  if (meant !== null)
    return new AppError(
      "remote-odd",
      `${provider} calls itself ${foreignSentence(meant)}: MILEPOST_OIDC_ISSUER has to say the same, letter for letter.`,
      { cause: thrown },
    );
  const why =
    thrown instanceof Error ? foreignSentence([...new Set(causes(thrown).map(messageOf))].join(": ")) : "";
  return new AppError(
    "remote-odd",
    `${provider} answered something else than was asked: ${why}. Begin the sign-in again.`,
    {
      cause: thrown,
    },
  );
};

/** An error and what caused it, down to the first. */
const causes = (thrown: unknown): unknown[] => {
  const chain: unknown[] = [];
  for (let one = thrown; one instanceof Error && chain.length < 8; one = one.cause) chain.push(one);
  return chain;
};

interface Parts {
  error?: unknown;
  error_description?: unknown;
  code?: unknown;
}

/** Where a client is not taken for who it says it is, the reason stands among the challenges of the answer (RFC 6749, section 5.2). */
const partsOf = (thrown: unknown): Parts => {
  const challenges = thrown instanceof Error && Array.isArray(thrown.cause) ? thrown.cause : [];
  return challenges[0]?.parameters ?? asObject(thrown);
};

const asObject = (value: unknown): object => (typeof value === "object" && value !== null ? value : {});

const messageOf = (one: unknown): string => (one instanceof Error ? one.message : "");

const isTimeout = (one: unknown): boolean => one instanceof Error && one.name === "TimeoutError";

/** What discovery found instead of the issuer that was told. */
const issuerMeant = (thrown: unknown): string | null => {
  const { attribute, body } = asObject(thrown instanceof Error ? thrown.cause : null) as {
    attribute?: unknown;
    body?: { issuer?: unknown };
  };
  return attribute === "issuer" && typeof body?.issuer === "string" ? body.issuer : null;
};
