import { afterAll, beforeAll, describe } from "vitest";
import { agentCases } from "./agent-cases.ts";
import { channelCases } from "./channel-cases.ts";
import { createCli, type OpenclawNode, patienceMs } from "./cli.ts";

/** What our workflow relies on in OpenClaw 2026.9.6. The real one and the sandbox's stand-in both keep it; cases follow each other. */
export const openclawContract = (name: string, start: () => Promise<OpenclawNode>): void => {
  describe(`OpenClaw's command line, as ${name} has it`, { timeout: 10 * patienceMs }, () => {
    let node: OpenclawNode;
    const cli = createCli(() => node);

    beforeAll(async () => {
      node = await start();
    }, 10 * patienceMs);
    afterAll(() => node.close(), patienceMs);

    agentCases(cli);
    channelCases(cli);
  });
};
