import { posix } from "node:path";
import type { NodeFacts } from "./deps.ts";

/** Where the things of a bot are on its node, as absolute paths. */
export const placesOf = ({ stateDir }: NodeFacts, { name }: { name: string }) => {
  const workspace = posix.join(stateDir, `workspace-${name}`);
  const agentDir = posix.join(stateDir, "agents", name, "agent");
  return {
    workspace,
    /** Everything that OpenClaw itself keeps of the agent. */
    agent: posix.join(stateDir, "agents", name),
    agentDir,
    secrets: posix.join(stateDir, "secrets"),
    token: posix.join(stateDir, "secrets", `${name}.tok`),
    authLink: posix.join(agentDir, "auth-profiles.json"),
    /** What the link says, relative to where it is. */
    authTarget: "../../main/agent/auth-profiles.json",
    dev: posix.join(workspace, "dev"),
  };
};
