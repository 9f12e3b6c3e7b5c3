import { Refusal } from "./answer.ts";
import type { Json, JsonObject } from "./config-file.ts";

/** "agents.list[0].model" as its parts. */
export const partsOf = (path: string): string[] => {
  const parts = path.replace(/\[(\d+)\]/g, ".$1").split(".");
  if (path === "" || parts.some((part) => part === "")) throw new Refusal(`Invalid path: "${path}"`);
  return parts;
};

export const valueAt = (root: Json, parts: readonly string[]): Json | undefined =>
  parts.reduce<Json | undefined>((at, part) => (isHolder(at) ? childOf(at, part) : undefined), root);

export const setAt = (root: JsonObject, parts: readonly string[], value: Json): void => {
  let at: Json = root;
  for (const part of parts.slice(0, -1)) {
    let child: Json | undefined = childOf(at, part);
    if (!isHolder(child)) {
      child = {};
      put(at, part, child);
    }
    at = child;
  }
  put(at, parts.at(-1) ?? "", value);
};

/** False when there was nothing. */
export const unsetAt = (root: JsonObject, parts: readonly string[]): boolean => {
  const holder = valueAt(root, parts.slice(0, -1));
  const last = parts.at(-1) ?? "";
  if (!isHolder(holder) || childOf(holder, last) === undefined) return false;
  if (Array.isArray(holder)) holder.splice(Number(last), 1);
  else delete holder[last];
  return true;
};

/** OpenClaw's patch: objects merge, arrays replace, null deletes. Gives the number of values touched. */
export const mergeInto = (target: JsonObject, patch: JsonObject): number =>
  Object.entries(patch).reduce((count, [key, value]) => {
    const there = target[key];
    if (value === null) delete target[key];
    else if (isObject(value)) {
      const base = isObject(there) ? there : {};
      target[key] = base;
      return count + mergeInto(base, value);
    } else target[key] = value;
    return count + 1;
  }, 0);

export const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isHolder = (value: Json | undefined): value is JsonObject | Json[] =>
  typeof value === "object" && value !== null;

const childOf = (at: Json, part: string): Json | undefined =>
  Array.isArray(at) ? at[Number(part)] : isObject(at) && Object.hasOwn(at, part) ? at[part] : undefined;

const put = (at: Json, part: string, value: Json): void => {
  if (Array.isArray(at)) at[Number(part)] = value;
  else if (isObject(at))
    Object.defineProperty(at, part, { value, enumerable: true, writable: true, configurable: true });
};
