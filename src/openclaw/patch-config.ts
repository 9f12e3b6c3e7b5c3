import { AppError } from "#core/errors.ts";
import { parseJson } from "#core/parse-json.ts";
import { patchTried } from "./answers.ts";
import type { NodeFacts } from "./deps.ts";
import type { Node } from "./node.ts";
import { traitsOf } from "./traits.ts";

export const patchWords = ["config", "patch", "--stdin"];

/**
 * Changes the configuration; OpenClaw writes nothing that is not valid. Objects merge, null deletes, arrays replace. Throws AppError
 * "remote-refused" with OpenClaw's reason.
 */
export const patchConfig = async (
  { openclaw, ssh }: Pick<Node, "openclaw" | "ssh">,
  patch: object,
  field?: string,
): Promise<void> => {
  await openclaw.must(patchWords, { stdin: JSON.stringify(patch) }).catch((thrown: unknown) => {
    if (!(thrown instanceof AppError) || thrown.code !== "remote-failed") throw thrown;
    throw new AppError(
      "remote-refused",
      `OpenClaw on ${ssh.name} does not take this configuration. ${thrown.message}`,
      {
        cause: thrown,
        ...(field === undefined ? {} : { field }),
        ...(thrown.detail === undefined ? {} : { detail: thrown.detail }),
        canPass: false,
      },
    );
  });
};

/** What stands at a place of the configuration; undefined: nothing. Secrets in it are blotted out by OpenClaw. */
export const configAt = async ({ openclaw }: Pick<Node, "openclaw">, path: string): Promise<unknown> => {
  const { code, stdout } = await openclaw.run(["config", "get", path, "--json"]);
  if (code !== 0) return undefined;
  const told = parseJson(stdout);
  if (told !== undefined) return told;
  throw new AppError("remote-odd", `OpenClaw answered “config get ${path}” with something that is no JSON.`, {
    detail: stdout.slice(0, 400),
  });
};

/** Writes one text there, or takes it away. */
export const setConfig = async (
  { openclaw }: Pick<Node, "openclaw">,
  path: string,
  value: string | null,
): Promise<void> => {
  await openclaw.must(value === null ? ["config", "unset", path] : ["config", "set", path, value]);
};

/** Tried as the node's default, which changes nothing and is the only place that OpenClaw looks at closely. */
export const assertKnownModel = async (
  { openclaw, ssh }: Node,
  facts: NodeFacts,
  model: string,
): Promise<void> => {
  if (model === "" || !traitsOf(facts.version).checksModels) return;
  const stdin = JSON.stringify({ agents: { defaults: { model: { primary: model } } } });
  const tried = await openclaw.json([...patchWords, "--dry-run"], patchTried, { stdin });
  if (tried.ok) return;
  throw new AppError(
    "bad-input",
    `OpenClaw on ${ssh.name} does not take the model “${model}”: ${tried.errors.map(({ message }) => message).join(" ")}`,
    { field: "model" },
  );
};
