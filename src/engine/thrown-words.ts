import { shortened } from "#core/long-line.ts";

/** So many of several errors are told, and so many causes one behind the other. */
const mostTold = 3;

/**
 * What was thrown in its own words, with the causes that an error names: "TypeError: fetch failed (connect ECONNREFUSED 127.0.0.1:9)". It may
 * be anything, and run the author's code where it is looked at; of an object that is no error only the names of its fields are told.
 */
export const thrownWords = (thrown: unknown): string => {
  try {
    return shortened(
      thrown instanceof Error ? ofError(thrown) : `something that is no error: ${ofOther(thrown)}`,
    );
  } catch {
    return "something that is no error and has no words.";
  }
};

const ofError = (error: Error): string => {
  const message = messageOf(error);
  const because = causesOf(error, mostTold).filter((one) => !message.includes(one));
  const causes = because.length === 0 ? "" : ` (${because.join("; ")})`;
  return `${error.name}: ${message === "" ? "without words" : message}${causes}`;
};

const messageOf = ({ message }: Error): string => String(message).trim();

const causesOf = (error: Error, most: number): string[] => {
  const inner = [...(error instanceof AggregateError ? error.errors : []), error.cause].filter(
    (one) => one != null,
  );
  return inner
    .flatMap((one): string[] => {
      if (!(one instanceof Error)) return [ofOther(one)];
      const told = messageOf(one);
      return [...(told === "" ? [] : [told]), ...(most > 1 ? causesOf(one, most - 1) : [])];
    })
    .slice(0, most);
};

const ofOther = (thrown: unknown): string => {
  if (typeof thrown !== "object" || thrown === null) return String(thrown);
  if (thrown instanceof Response) return `an answer with status ${thrown.status}`;
  if ("message" in thrown && typeof thrown.message === "string") return thrown.message;
  const fields = Object.keys(thrown).slice(0, 10).join(", ");
  return fields === "" ? "an object without fields" : `an object with the fields ${fields}`;
};
