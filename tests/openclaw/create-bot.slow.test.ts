import { startNode1 } from "../sandbox/ssh/node1.ts";
import { botCases } from "./bot-cases.ts";

const token = (bot: number, secret = "") => `${123_456_780 + bot}:${secret.padEnd(35, "x")}`;

botCases("the sandbox", async () => {
  const { ssh, sandbox, config, close } = await startNode1();
  const { gateway } = config() as { gateway: { port: number } };
  const { host, port, user, privateKey, fingerprint: hostKey, stateDir } = sandbox;
  return {
    ...{ ssh, close, stateDir, command: "openclaw", gatewayPort: gateway.port },
    target: { name: "node1", host, port, user, hostKey, auth: { privateKey } },
    ...{ goodToken: token(1), badToken: token(2, "revoked") },
    tokens: { keeper: token(3), mybot: token(4) },
    model: "anthropic/claude-opus-4-6",
    answer: "ready",
    version: "2026.9.6",
  };
});
