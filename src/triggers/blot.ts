/** Names of things in a body that nobody is to read later. */
const secretName = /secret|token|passw|authorization|credential|api[-_]?key|private[-_]?key|signature/i;
const blotted = "•••";
const longestBody = 4_000;
/** Deeper than anybody reads, and far from what the stack bears. */
const deepest = 40;

/** What a call brought, for people: its secrets blotted out, shortened where it is long. `paths` are of the parts that fill in secrets. */
export const shownBody = (body: unknown, paths: readonly string[]): string => {
  const hidden = new Set(paths.map((path) => path.trim().replace(/\[(\d+)\]/g, ".$1")));
  const show = (value: unknown, name: string, path: string, depth: number): unknown => {
    if (hidden.has(path) || (secretName.test(name) && value !== null && typeof value !== "boolean"))
      return blotted;
    const below = (key: string) => (path === "" ? key : `${path}.${key}`);
    if (depth > deepest && typeof value === "object" && value !== null) return "…";
    if (Array.isArray(value)) return value.map((one, at) => show(one, "", below(String(at)), depth + 1));
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, one]) => [key, show(one, key, below(key), depth + 1)]),
    );
  };
  const text = JSON.stringify(show(body, "", "", 0), null, 1);
  return text.length <= longestBody ? text : `${text.slice(0, longestBody)}…`;
};
