import { z } from "zod";

/** What both kinds of answers have that we look at ourselves; the library looks at all else. */
const shape = z.looseObject({
  id: z.string().max(2_000),
  response: z.looseObject({ clientDataJSON: z.string(), userHandle: z.string().nullish() }),
});

interface Answer {
  response: { clientDataJSON: string };
}

/** A browser's answer; null when it is none. */
export const readAnswer = <T extends Answer>(sent: string): T | null => {
  try {
    return shape.parse(JSON.parse(sent)) as unknown as T;
  } catch {
    return null;
  }
};

/** The challenge that it answers, as it was made; null when it names none. */
export const challengeIn = ({ response }: Answer): string | null => {
  try {
    const { challenge } = JSON.parse(textOf(response.clientDataJSON));
    return typeof challenge === "string" ? textOf(challenge) : null;
  } catch {
    return null;
  }
};

/** What stands in base64url. */
export const textOf = (base64url: string): string => Buffer.from(base64url, "base64url").toString("utf8");
