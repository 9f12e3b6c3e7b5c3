import { openMachineHere } from "../workflows/machine-here.ts";
import { botCases } from "./bot-cases.ts";

const token = (bot: number, secret = "") => `${123_456_780 + bot}:${secret.padEnd(35, "x")}`;

botCases("the sandbox", async () => {
  const machine = await openMachineHere();
  await machine.reset();
  const { ssh, stateDir, gatewayPort, close } = machine;
  return {
    ...{ ssh, close, stateDir, gatewayPort, command: "openclaw" },
    lend: () => ssh,
    pace: { lookEveryMs: 50, settleMs: 300 },
    ...{ goodToken: token(1), badToken: token(2, "revoked") },
    tokens: { keeper: token(3), mybot: token(4) },
    model: "anthropic/claude-opus-4-6",
    answer: "ready",
    version: "2026.9.6",
  };
});
