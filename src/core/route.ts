/** An address of the server: where it is mounted and how it is linked, from one pattern. */
export interface Route<P extends string = string> {
  /** As Hono mounts it: "/runs/:id". What ends in "/*" has everything below it. */
  pattern: P;
  /** As OpenAPI writes it: "/runs/{id}". */
  template: Template<P>;
  /** What its addresses look like, as regular expression. */
  expression: string;
  /** Its address with these parameters, and after them the query; values of null or undefined are left out. */
  href(...asked: Asked<P>): string;
  /** Whether a path, as it stands in a request, is one of its addresses. */
  matches(path: string): boolean;
  /** The parameters in a path as they stand there, not decoded; null when it is not one of its addresses. */
  read(path: string): Readonly<Record<Names<P>, string>> | null;
}

export type Query = Readonly<Record<string, string | number | null | undefined>>;

type Asked<P extends string> = [Names<P>] extends [never]
  ? [query?: Query]
  : [params: Readonly<Record<Names<P>, string>>, query?: Query];

/** The names of a pattern's parameters; `:name{expression}` says what the parameter must look like, without a slash. */
type Names<P extends string> = P extends `${infer Head}/${infer Tail}`
  ? Names<Head> | Names<Tail>
  : P extends `:${infer Name}{${string}}`
    ? Name
    : P extends `:${infer Name}`
      ? Name
      : never;

type Template<P extends string> = P extends `${infer Head}/${infer Tail}`
  ? `${Template<Head>}/${Template<Tail>}`
  : [Names<P>] extends [never]
    ? P
    : `{${Names<P>}}`;

/** Describes an address once: "/runs/:id/steps/:step/answer". */
export const route = <const P extends string>(pattern: P): Route<P> => {
  const parts = pattern.split("/").map(readPart);
  const takesParams = parts.some(({ name }) => name !== null);
  const expression = `^${parts.map(({ expression }) => expression).join("/")}$`;
  const test = new RegExp(expression);
  return {
    pattern,
    expression,
    template: parts.map(({ name, text }) => (name === null ? text : `{${name}}`)).join("/") as Template<P>,
    href: (...asked) => {
      const [params, query] = takesParams ? (asked as [Query, Query?]) : [{}, asked[0] as Query | undefined];
      return address(parts, params, query);
    },
    matches: (path) => test.test(path),
    read: (path) => {
      const found = test.exec(path);
      return found === null ? null : ((found.groups ?? {}) as Readonly<Record<Names<P>, string>>);
    },
  };
};

/** Whether a path is an address of one of these: one look however many they are, because every request asks. */
export const isAnyOf = (routes: readonly Pick<Route, "expression">[]): ((path: string) => boolean) => {
  const test = new RegExp(routes.map(({ expression }) => expression).join("|"));
  return (path) => test.test(path);
};

interface Part {
  text: string;
  /** Of the parameter that stands here. */
  name: string | null;
  /** What may stand here, as regular expression. */
  expression: string;
}

const readPart = (text: string): Part => {
  const [, name = null, expression = "[^/]+"] = /^:(\w+)(?:\{(.*)\})?$/.exec(text) ?? [];
  if (name !== null) return { text, name, expression: `(?<${name}>${expression})` };
  return { text, name, expression: text === "*" ? ".*" : text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&") };
};

let below = "";

/**
 * Lets all addresses lead below a path ("/milepost/"), "/" for none: where a proxy shows the server to people. Said once, before the first
 * address is made. Requests are told from each other by what stands behind it.
 */
export const standBelow = (path: string): void => {
  below = path.replace(/\/+$/, "");
};

/** A path of the server as people see it: "/milepost/runs" for "/runs". */
export const inFull = (path: string): string => below + path;

/** The other way round; a path that a proxy has shortened already stays as it is. */
export const withoutBelow = (path: string): string => {
  if (below === "" || !path.startsWith(below)) return path;
  const rest = path.slice(below.length);
  if (rest === "" || rest.startsWith("?")) return `/${rest}`;
  return rest.startsWith("/") ? rest : path;
};

/** The one place at which addresses are made. */
const address = (parts: readonly Part[], params: Query, query: Query = {}): string => {
  const path = parts.map(({ text, name }) => {
    if (name !== null) return encodeURIComponent(String(params[name]));
    return text === "*" ? "" : text;
  });
  const given = Object.entries(query).flatMap(([name, value]) =>
    value === null || value === undefined ? [] : [[name, String(value)] as [string, string]],
  );
  const asked = new URLSearchParams(given).toString();
  return inFull(path.join("/")) + (asked === "" ? "" : `?${asked}`);
};

/** An address for each verb. */
export const each = <B extends string, V extends string>(
  base: B,
  verbs: readonly V[],
): Readonly<Record<V, Route<`${B}/${V}`>>> =>
  Object.fromEntries(verbs.map((verb) => [verb, route(`${base}/${verb}`)])) as Record<V, Route<`${B}/${V}`>>;
