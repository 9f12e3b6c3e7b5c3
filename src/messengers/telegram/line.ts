import { botShape, openTelegram } from "#connectors/telegram/kind.ts";
import type { ConnectionValues } from "#core/connection.ts";
import type { Line, LineDeps } from "#messengers/line.ts";
import { hearTelegram } from "./ears.ts";
import { createTelegramMouth } from "./mouth.ts";
import { heardIn } from "./updates.ts";

/** A bot that people write to. */
export const openTelegramLine = (values: ConnectionValues, deps: LineDeps): Line => {
  const { connectionId, absolute, signal, hear } = deps;
  const telegram = openTelegram(values);
  const mouth = createTelegramMouth(telegram, absolute, signal);
  let bot: string | null = null;
  let ended: Promise<void> = Promise.resolve();
  const tell: LineDeps["tell"] = (hears) => {
    deps.tell(hears);
    if (!hears.ok || bot !== null) return;
    telegram.call("getMe", {}, botShape, signal).then(
      ({ username }) => {
        bot = username;
      },
      // Without its name there is no link to it, and the code is typed.
      () => undefined,
    );
  };
  const take = async (update: Parameters<typeof heardIn>[0]): Promise<void> => {
    const heard = heardIn(update, connectionId);
    if (heard === null) return;
    const { chat } = heard.from;
    const query = update.callback_query?.id ?? "";
    await hear(heard, {
      say: (line) => mouth.say(chat, line),
      hint: (text, isRefusal) => mouth.hint(query, text, isRefusal),
    });
  };
  return {
    begin: () => {
      ended = hearTelegram({ ...deps, telegram, take, tell }, signal);
    },
    get ended() {
      return ended;
    },
    show: mouth.show,
    invite: (code) => (bot === null ? null : `https://t.me/${bot}?start=${code}`),
  };
};
