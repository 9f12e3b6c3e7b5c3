import { describe, expect, it, onTestFinished } from "vitest";
import { type Chat, nothingRemembered } from "#core/chat.ts";
import { handClock, type OpenStore } from "./samples.ts";

export const chatsContract = (open: OpenStore) =>
  describe("conversations", () => {
    it("are kept whole, each by itself", async () => {
      const { chats, ...store } = await open(handClock());
      onTestFinished(() => store.close());
      const chat: Chat = {
        id: "page:1",
        remembered: { ...nothingRemembered, about: { run: "r1", at: 2 } },
        lines: [
          { at: 1, by: "person", text: "how is it going? 👍" },
          { at: 2, by: "milepost", lines: ["Well."], link: null, buttons: [], live: "r1" },
        ],
        changedAt: 2,
      };
      expect(await chats.get("page:1")).toBeNull();
      await chats.put({ ...chat, lines: [] });
      await chats.put(chat);
      await chats.put({ ...chat, id: "page:2", changedAt: 3 });
      expect(await chats.get("page:1")).toEqual(chat);
    });
  });
