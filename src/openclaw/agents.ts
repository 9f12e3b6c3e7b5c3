import { posix } from "node:path";
import { AppError } from "#core/errors.ts";
import { agentAdded, agentDeleted, agentList } from "./answers.ts";
import type { NodeFacts } from "./deps.ts";
import type { Node } from "./node.ts";
import { placesOf } from "./places.ts";

export const agentsWords = ["agents", "list"];
export const addAgentWords = (name: string, workspace: string) => [
  ...["agents", "add", name],
  ...["--workspace", workspace, "--non-interactive"],
];
export const deleteAgentWords = (name: string) => ["agents", "delete", name, "--force"];

export const isListed = async ({ openclaw }: Pick<Node, "openclaw">, name: string): Promise<boolean> =>
  (await openclaw.json(agentsWords, agentList)).some((one) => one.id === name);

export const hasWorkspace = async (
  { openclaw }: Pick<Node, "openclaw">,
  name: string,
  workspace: string,
): Promise<boolean> =>
  (await openclaw.json(agentsWords, agentList)).some((one) => one.id === name && one.workspace === workspace);

/** Adds an agent with this workspace, whose files OpenClaw keeps, and reads back: it changes names that it does not like. */
export const addAgent = async (node: Node, name: string, workspace: string): Promise<void> => {
  const { agentId } = await node.openclaw.json(addAgentWords(name, workspace), agentAdded);
  if (agentId === name && (await hasWorkspace(node, name, workspace))) return;
  throw new AppError(
    "remote-odd",
    `OpenClaw on ${node.ssh.name} says that it added “${agentId}”, but its list does not show “${name}” with this workspace.`,
    { canPass: false },
  );
};

/** Deletes an agent and reads back. OpenClaw puts its files into the trash of the node's user, and leaves an empty folder, which goes too. */
export const deleteAgent = async (
  node: Node,
  facts: NodeFacts,
  name: string,
  signal: AbortSignal,
): Promise<void> => {
  if (await isListed(node, name)) {
    const { failed } = await node.openclaw
      .json(deleteAgentWords(name), agentDeleted)
      .catch(async (thrown: unknown) => {
        // The command hands it to the gateway, which may do it after the command has given up; whatever was said, the list is right.
        if (await isListed(node, name)) throw thrown;
        return { failed: [] };
      });
    if (failed.length > 0 || (await isListed(node, name)))
      throw new AppError("remote-failed", `OpenClaw on ${node.ssh.name} did not remove the agent whole.`, {
        detail: JSON.stringify(failed),
        canPass: false,
      });
  }
  const { agent, agentDir } = placesOf(facts, { name });
  // It fails where something is in it, and then it stays.
  for (const folder of [agentDir, posix.join(agent, "sessions"), agent])
    if (await node.ssh.exists(folder, signal)) await node.shell(["rmdir", folder]);
};
