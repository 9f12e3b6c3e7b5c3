import { posix } from "node:path";
import type { KnownBot } from "./known-bot.ts";
import type { Node } from "./node.ts";

type Shown = KnownBot["shown"];

/** Where IDENTITY.md says something: "- **Name:** My Bot", "- Name: mybot". */
const lineOf = (what: "Name" | "Emoji") =>
  new RegExp(`^([ \\t]*[-*][ \\t]*\\**${what}:\\**:?[ \\t]*).*$`, "im");

/** Lets a bot's IDENTITY.md say this name and emoji where it says any; the rest of it stays. Nothing happens where there is no such file. */
export const writeIdentity = async (
  { ssh }: Pick<Node, "ssh">,
  workspace: string | null,
  { name, emoji }: Shown,
  signal: AbortSignal,
): Promise<void> => {
  if (workspace === null) return;
  const path = posix.join(workspace, "IDENTITY.md");
  if (!(await ssh.exists(path, signal))) return;
  const before = (await ssh.read(path, { signal })).toString();
  const put = (text: string, what: "Name" | "Emoji", value: string | null) =>
    value === null ? text : text.replace(lineOf(what), (_line, head: string) => `${head}${value}`);
  const after = put(put(before, "Name", name), "Emoji", emoji);
  if (after !== before) await ssh.upload(after, path, { mode: 0o600, signal });
};
