import { posix } from "node:path";
import type { NodeFacts } from "./deps.ts";
import type { Node } from "./node.ts";

/** What OpenClaw itself puts into a new workspace (2026.3.13 to 2026.9.6). */
const seeds = [
  ...["AGENTS.md", "SOUL.md", "IDENTITY.md", "USER.md", "BOOTSTRAP.md", "TOOLS.md", "HEARTBEAT.md"],
  // Of 2026.7.35; before and after it is in a folder of its own.
  "openclaw-workspace-state.json",
];
const ownFolders = [".git", ".openclaw"];

/** Where things of a bot go that a run takes away, for whoever wants them back: each run has a folder of its own. */
export const keptFolder = ({ stateDir }: NodeFacts, name: string, runId: string): string =>
  posix.join(stateDir, "milepost-kept", `${name}-${runId.slice(-8)}`);

/** Puts a file or folder there. Nothing happens when it is not there, so it may be done twice. */
export const keep = async (
  node: Node,
  { path, folder, as, signal }: { path: string; folder: string; as: string; signal: AbortSignal },
): Promise<void> => {
  if (!(await node.ssh.exists(path, signal))) return;
  await node.mustShell(["mkdir", "-p", "-m", "700", folder]);
  await node.mustShell(["mv", "-n", "--", path, posix.join(folder, as)]);
};

/** Puts it back where it was, unless something else has come there since. */
export const putBack = async (
  node: Node,
  { path, folder, as, signal }: { path: string; folder: string; as: string; signal: AbortSignal },
): Promise<void> => {
  const kept = posix.join(folder, as);
  if (!(await node.ssh.exists(kept, signal)) || (await node.ssh.exists(path, signal))) return;
  await node.mustShell(["mv", "-n", "--", kept, path]);
};

/** Takes the folder away once nothing is in it any more, and the one of all such folders; it may be done twice. */
export const dropIfEmpty = async (node: Node, folder: string, signal: AbortSignal): Promise<void> => {
  for (const path of [folder, posix.dirname(folder)])
    if (await node.ssh.exists(path, signal)) await node.shell(["rmdir", path]);
};

/** Files in a bot's workspace that neither OpenClaw nor who calls put there: `ours` by their names and texts. */
export const othersFiles = async (
  { ssh, shell }: Node,
  workspace: string,
  ours: readonly { name: string; text: string }[],
  signal: AbortSignal,
): Promise<string[]> => {
  if (!(await ssh.exists(workspace, signal))) return [];
  const prune = ownFolders.flatMap((name) => ["-path", `${workspace}/${name}`, "-prune", "-o"]);
  const { stdout } = await shell(["find", workspace, ...prune, "-type", "f", "-print"]);
  const files = stdout
    .split("\n")
    .filter((line) => line.startsWith(`${workspace}/`))
    .map((path) => path.slice(workspace.length + 1));
  const changed = [];
  for (const { name, text } of ours) {
    if (!files.includes(name)) continue;
    const now = await ssh.read(posix.join(workspace, name), { signal });
    if (now.toString() !== text) changed.push(name);
  }
  const known = new Set([...seeds, ...ours.map(({ name }) => name)]);
  return [...files.filter((file) => !known.has(file)), ...changed];
};
