/**
 * Why a value does not survive JSON unchanged, with the place in it ("a Date at .when"), or null when it does. A property that is
 * undefined is the same as one that is absent; undefined in a list is not.
 */
export const jsonProblem = (value: unknown): string | null => problemAt(value, "", []);

const problemAt = (value: unknown, path: string, around: readonly object[]): string | null => {
  const at = path === "" ? "" : ` at ${path}`;
  switch (typeof value) {
    case "string":
    case "boolean":
      return null;
    case "number":
      return Number.isFinite(value) ? null : `${value}${at}`;
    case "undefined":
      return path === "" || path.endsWith("]") ? `undefined${at}` : null;
    case "object":
      return value === null ? null : inObject(value, path, at, around);
    case "bigint":
    case "function":
    case "symbol":
      return `a ${typeof value}${at}`;
    default:
      return `something unknown${at}`;
  }
};

const inObject = (value: object, path: string, at: string, around: readonly object[]): string | null => {
  if (around.includes(value)) return `a circle${at}`;
  const inside = [...around, value];
  if (Array.isArray(value)) {
    // Array.from sees the holes of a sparse list too.
    return first(Array.from(value), (one, index) => problemAt(one, `${path}[${index}]`, inside));
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null)
    return `a ${value.constructor?.name ?? "class"}${at}`;
  return first(Object.entries(value), ([name, one]) => problemAt(one, `${path}.${name}`, inside));
};

const first = <T>(list: readonly T[], problem: (one: T, index: number) => string | null): string | null => {
  for (const [index, one] of list.entries()) {
    const found = problem(one, index);
    if (found !== null) return found;
  }
  return null;
};
