import { startNode1 } from "../sandbox/ssh/node1.ts";
import { botCases } from "./bot-cases.ts";

const token = (secret: string) => `123456789:${secret.padEnd(35, "x")}`;

botCases("the sandbox", async () => {
  const { ssh, sandbox, config, close } = await startNode1();
  const { gateway } = config() as { gateway: { port: number } };
  const { host, port, user, privateKey, fingerprint: hostKey, stateDir } = sandbox;
  return {
    ...{ ssh, close, stateDir, command: "openclaw", gatewayPort: gateway.port },
    target: { name: "node1", host, port, user, hostKey, auth: { privateKey } },
    ...{ goodToken: token("a"), badToken: token("revoked") },
    tokens: { keeper: token("keeper"), mybot: token("mybot") },
  };
});
