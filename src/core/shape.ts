/** What an option may be: of a value that it may not be, what it must be, as words behind its name; else null. */
export interface Kind {
  (value: unknown): string | null;
  /** It cannot be left out. */
  needed?: true;
  /** It has options of its own. */
  within?: Readonly<Record<string, Kind>>;
}

/** Every option of `O` by its name, those of all its members where it is a union. */
export type Shape<O> = Readonly<Record<O extends unknown ? keyof O & string : never, Kind>>;

const must =
  (words: string, is: (value: unknown) => boolean): Kind =>
  (value) =>
    is(value) ? null : `must be ${words}.`;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const isText = (value: unknown): value is string => typeof value === "string";
const isFunction = (value: unknown): boolean => typeof value === "function";

export const aText = must("a text", isText);
export const someWords = must("a text that is not empty", (value) => isText(value) && value.trim() !== "");
export const aFunction = must("a function", isFunction);
export const aTime = must(
  "a number of milliseconds above 0",
  (value) => Number.isFinite(value) && Number(value) > 0,
);
export const aNumber = must("a number", Number.isFinite);
export const wholeAboveZero = must(
  "a whole number above 0",
  (value) => Number.isInteger(value) && Number(value) > 0,
);
export const aYes = must("true", (value) => value === true);
export const yesOrNo = must("true or false", (value) => typeof value === "boolean");
export const anObject = must("{ … }", isObject);
export const aPattern = must("a regular expression, such as /^[a-z]+$/", (value) => value instanceof RegExp);
export const someTexts = must("a list of texts", (value) => Array.isArray(value) && value.every(isText));
export const functionsByName = must(
  "{ … } with a function for each name",
  (value) => isObject(value) && Object.values(value).every(isFunction),
);
export const oneOf = (...words: readonly string[]): Kind =>
  must(words.map((word) => `"${word}"`).join(" or "), (value) => words.includes(value as string));
export const anything: Kind = () => null;

/** One of these; `words` says both. */
export const either =
  (words: string, ...kinds: readonly Kind[]): Kind =>
  (value) =>
    kinds.some((kind) => kind(value) === null) ? null : `must be ${words}.`;

export const listOf = (words: string, kind: Kind): Kind =>
  must(words, (value) => Array.isArray(value) && value.every((one) => kind(one) === null));

/** Options within an option. */
export const within = <O>(shape: Shape<O>): Kind =>
  Object.assign(must(`{ ${Object.keys(shape).join(", ")} }`, isObject), { within: shape });

export const needed = (kind: Kind): Kind =>
  Object.assign((value: unknown) => kind(value), { ...kind, needed: true as const });

/** What is wrong with options that may have been written without a compiler, as a sentence that names the option; null: nothing. */
export const shapeFault = (given: object, shape: Readonly<Record<string, Kind>>, at = ""): string | null => {
  const there = new Map(Object.entries(given).filter(([, value]) => value !== undefined));
  const unknown = [...there.keys()].find((name) => !Object.hasOwn(shape, name));
  if (unknown !== undefined) return `there is no option \`${at}${unknown}\`. There are ${namesOf(shape)}.`;
  for (const [name, kind] of Object.entries(shape)) {
    const value = there.get(name);
    if (value === undefined && !kind.needed) continue;
    if (value === undefined) return `\`${at}${name}\` is missing.`;
    const fault = kind(value);
    if (fault !== null) return `\`${at}${name}\` ${fault}`;
    const inner =
      kind.within === undefined ? null : shapeFault(value as object, kind.within, `${at}${name}.`);
    if (inner !== null) return inner;
  }
  return null;
};

const namesOf = (shape: object): string => Object.keys(shape).sort().join(", ");

/** How many files are being read that were taken before there was so close a look. */
let takenBefore = 0;

/** Reads a file again that was taken once: the runs that it began go on with it, whatever is looked at today. */
export const asTaken = async <T>(read: () => Promise<T>): Promise<T> => {
  takenBefore += 1;
  try {
    return await read();
  } finally {
    takenBefore -= 1;
  }
};

/** Throws an Error with this sentence, save where a file is read that was taken before. */
export const refuse = (sentence: string): void => {
  if (takenBefore === 0) throw new Error(sentence);
};

/** Refuses options that are not what they should be, in a sentence that begins with `whose`: `shell({ … }): …`. */
export const assertShape = (whose: string, given: unknown, shape: Readonly<Record<string, Kind>>): void => {
  const fault = isObject(given) ? shapeFault(given, shape) : "its options must be { … }.";
  if (fault !== null) refuse(`${whose}: ${fault}`);
};
