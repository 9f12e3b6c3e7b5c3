import { readFileSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import { type Answer, ok, Refusal, say } from "./answer.ts";
import type { Args } from "./args.ts";
import { changeConfig, type Json, type JsonObject, readConfig, readRaw } from "./config-file.ts";
import { isObject, mergeInto, partsOf, setAt, unsetAt, valueAt } from "./config-path.ts";
import { modelIssues, validate } from "./config-rules.ts";
import type { Config } from "./config-shape.ts";
import { configPath, isLegacy } from "./place.ts";

export const configFile = (): Answer => say(configPath);

export const configValidate = (args: Args): Answer => {
  const config = readRaw();
  if (config === null)
    throw new Refusal("file not found", { more: { valid: false, path: configPath, issues: [] } });
  const issues = validate(config);
  if (issues.length > 0) {
    const message = `Config invalid: ${issues.map((one) => `${one.path}: ${one.message}`).join("; ")}`;
    throw new Refusal(message, { more: { valid: false, path: configPath, issues } });
  }
  return args.has("json") ? ok({ valid: true, path: configPath, warnings: [] }) : say("Config valid.");
};

export const configGet = (args: Args): Answer => {
  const path = args.words[2] ?? "";
  const value = valueAt(asJson(readConfig()), partsOf(path));
  if (value === undefined)
    throw new Refusal(
      `Config path is valid but unset: ${path}. The runtime default applies until you set an authored value with openclaw config set ${path} <value>.`,
    );
  const shown = redacted(value, partsOf(path).at(-1) ?? "");
  return args.has("json")
    ? ok(shown)
    : say(typeof shown === "string" ? shown : JSON.stringify(shown, null, 2));
};

export const configSet = (args: Args): Answer => {
  const [, , path = "", text = ""] = args.words;
  const parts = partsOf(path);
  const value = readValue(text, args.has("strict-json"));
  if (args.has("dry-run")) {
    const draft = structuredClone(asJson(readConfig()));
    setAt(draft, parts, value);
    return dryRun(draft, 1, args.has("strict-json") ? "json" : "value");
  }
  return changeConfig((config) => {
    const root = asJson(config);
    const current = valueAt(root, parts);
    const expected = args.value("expect-current-json");
    if (args.has("expect-current-absent") && current !== undefined)
      throw new Refusal(`Config conflict: ${path} is already set; nothing was written.`);
    if (expected !== undefined && !isDeepStrictEqual(current, JSON.parse(expected)))
      throw new Refusal(`Config conflict: ${path} is not what was expected; nothing was written.`);
    if (isDeepStrictEqual(current, value)) return say("No change");
    if (args.has("merge") && isObject(current) && isObject(value)) mergeInto(current, value);
    else setAt(root, parts, value);
    const hot = !path.startsWith("gateway.");
    return say(
      `Updated ${path}. ${hot ? "Change will apply without restarting the gateway." : "Restart the gateway to apply."}`,
    );
  });
};

export const configUnset = (args: Args): Answer => {
  const path = args.words[2] ?? "";
  return changeConfig((config) => {
    if (!unsetAt(asJson(config), partsOf(path)))
      throw new Refusal(
        `Config path not found: ${path}. Nothing was changed. Run openclaw config get <path> first if you are unsure of the path.`,
      );
    return say(`Removed ${path}. Change will apply without restarting the gateway.`);
  });
};

export const configPatch = (args: Args): Answer => {
  if (isLegacy()) throw new Refusal("error: unknown command 'patch'");
  const text = args.has("stdin") ? args.input() : readFileSync(args.value("file") ?? "", "utf8");
  const patch = readValue(text, true);
  if (!isObject(patch)) throw new Refusal("The patch must be an object.");
  if (args.has("dry-run")) {
    const draft = structuredClone(asJson(readConfig()));
    return dryRun(draft, mergeInto(draft, patch), "json");
  }
  if (args.has("json")) return { code: 1, note: "config patch mode error: --json requires --dry-run." };
  return changeConfig((config) => {
    const operations = mergeInto(asJson(config), patch);
    const [issue] = modelIssues(config);
    if (issue !== undefined) throw new Refusal(issue);
    return say(`Applied ${operations} config update(s). Change will apply without restarting the gateway.`);
  });
};

const dryRun = (draft: JsonObject, operations: number, mode: string): Answer => {
  const config = draft as Config;
  const errors = [
    ...validate(config).map(({ path, message }) => ({ kind: "schema", message: `- ${path}: ${message}` })),
    ...modelIssues(config).map((message) => ({ kind: "model", message })),
  ];
  const checks = { schema: true, resolvability: true, resolvabilityComplete: true };
  const rest = {
    ...{ inputModes: [mode], checks, refsChecked: 0, skippedExecRefs: 0 },
    ...(errors.length === 0 ? {} : { errors }),
  };
  return {
    code: errors.length === 0 ? 0 : 1,
    json: { ok: errors.length === 0, operations, configPath, ...rest },
  };
};

/** The configuration as plain JSON, to reach any path in it. */
const asJson = (config: Config): JsonObject => config as JsonObject;

/** JSON when it is, otherwise the text itself, as `config set` takes it. */
const readValue = (text: string, strict: boolean): Json => {
  try {
    return JSON.parse(text) as Json;
  } catch {
    if (strict) throw new Refusal("The value is not valid JSON.");
    return text;
  }
};

const isSecret = (key: string): boolean => /(^|[a-z])(token|password|secret|apikey|key)$/i.test(key);

const redacted = (value: Json, key: string): Json => {
  if (typeof value === "string") return isSecret(key) ? "__OPENCLAW_REDACTED__" : value;
  if (Array.isArray(value)) return value.map((one) => redacted(one, ""));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, redacted(one, name)]));
};
