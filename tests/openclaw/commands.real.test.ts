import { openclawContract } from "./contract.ts";
import { startMachine } from "./machine.ts";

openclawContract("the real one", async () => {
  const machine = await startMachine();
  return { ...machine, goodToken: machine.telegram.addBot("first_bot"), badToken: "bogus" };
});
