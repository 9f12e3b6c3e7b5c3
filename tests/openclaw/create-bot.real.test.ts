import { setTimeout as wait } from "node:timers/promises";
import { botCases } from "./bot-cases.ts";
import { openclawVersion } from "./install.ts";
import { startMachine } from "./machine.ts";

botCases("the real OpenClaw", async () => {
  const machine = await startMachine();
  const { telegram, sshd, hostKey } = machine;
  const { port, user, privateKey } = sshd;
  return {
    ...{ ...machine, version: openclawVersion },
    target: { name: "node1", host: "127.0.0.1", port, user, hostKey, auth: { privateKey } },
    ...{ goodToken: telegram.addBot("good_bot"), badToken: `999999999:${"b".repeat(35)}` },
    tokens: { keeper: telegram.addBot("keeper_bot"), mybot: telegram.addBot("mybot_bot") },
    model: machine.model,
    answer: "It does.",
    writeTo: async (username, id) => {
      telegram.write(username, { id, name: "Ada" }, "Does it work?");
      const answers = () =>
        telegram.sent.filter(({ bot, chatId }) => bot === username && chatId === String(id));
      const before = answers().length;
      while (answers().length === before) await wait(200);
      return answers().at(-1)?.text ?? "";
    },
  };
});
