import { openclawContract } from "../../openclaw/contract.ts";
import { goodToken, startNode1 } from "./node1.ts";

openclawContract("the sandbox", async () => {
  const { ssh, sandbox, openclaw, config, close } = await startNode1();
  // As a person's Telegram is before its first account: there, but empty.
  await openclaw("config", "set", "channels.telegram.dmPolicy", "pairing");
  const { gateway } = config() as { gateway: { port: number } };
  return {
    ...{ ssh, close, goodToken, badToken: "bogus", command: "openclaw" },
    ...{ stateDir: sandbox.stateDir, gatewayPort: gateway.port },
  };
});
