import { openclawContract } from "../../openclaw/contract.ts";
import { goodToken, startNode1 } from "./node1.ts";

openclawContract("the sandbox", async () => {
  const { ssh, sandbox, config, close } = await startNode1();
  const { gateway } = config() as { gateway: { port: number } };
  return {
    ...{ ssh, close, goodToken, badToken: "bogus", command: "openclaw" },
    ...{ stateDir: sandbox.stateDir, gatewayPort: gateway.port },
  };
});
