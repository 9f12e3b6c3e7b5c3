import { setTimeout as wait } from "node:timers/promises";
import { createSshPool } from "#connectors/ssh/pool.ts";
import { botCases } from "./bot-cases.ts";
import { openclawVersion } from "./install.ts";
import { startMachine } from "./machine.ts";

botCases("the real OpenClaw", async () => {
  const machine = await startMachine();
  const { telegram, sshd, hostKey } = machine;
  const { port, user, privateKey } = sshd;
  const pool = createSshPool();
  const target = { name: "node1", host: "127.0.0.1", port, user, hostKey, auth: { privateKey } };
  return {
    ...{ ...machine, version: openclawVersion },
    lend: (of) => pool.lease("n1", target, of),
    pace: { lookEveryMs: 500, settleMs: 5_000 },
    close: async () => {
      await pool.close();
      await machine.close();
    },
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
