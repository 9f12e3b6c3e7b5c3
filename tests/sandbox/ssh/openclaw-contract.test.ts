import { openclawContract } from "../../openclaw/contract.ts";
import { openMachineHere } from "../../workflows/machine-here.ts";
import { goodToken } from "./node1.ts";

openclawContract("the sandbox", async () => {
  const machine = await openMachineHere();
  // As a person's Telegram is before its first account: there, but empty.
  await machine.openclaw("config", "set", "channels.telegram.dmPolicy", "pairing");
  machine.keep();
  await machine.reset();
  const { ssh, stateDir, gatewayPort, close } = machine;
  return { ssh, stateDir, gatewayPort, close, goodToken, badToken: "bogus", command: "openclaw" };
});
