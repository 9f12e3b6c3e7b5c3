import type { Known } from "#core/accounts.ts";
import { nobodyElse, type Others } from "#core/others.ts";

/** What somebody was let in by, and who they are. */
export type Holder = Pick<Known, "sessionId" | "tokenId"> & { person: Pick<Known["person"], "id"> };

/** Tells at once that sessions and tokens ended, so that whatever is held open for them closes. */
export interface Endings {
  /** Calls `close` as soon as the session or the token of this identity ends, or now if it did already; the function returned lets go. */
  hold(identity: Holder, close: () => void): () => void;
  /** The ids of sessions and tokens that let nobody in any more. To be called after that is so. */
  tell(ids: readonly string[]): void;
  /** Closes what is held open for a person, who may ask again and is then looked at anew. */
  close(personId: string): void;
  /** The same for everybody. */
  closeAll(): void;
}

/** With `others`, processes that hold something open for the same people: each hears of what ended at another. */
export const createEndings = (others: Others = nobodyElse): Endings => {
  const held = new Map<string, Set<() => void>>();
  // Whoever was let in a moment before the end may ask to be held after it.
  const ended = new Set<string>();
  const closeAll = (id: string) => {
    for (const close of [...(held.get(id) ?? [])]) close();
  };
  const end = (id: string) => {
    ended.add(id);
    closeAll(id);
  };
  const closeForAll = () => {
    for (const id of [...held.keys()]) closeAll(id);
  };
  others.listen((what) => {
    const [, kind, id = ""] = /^(ended|closed) (.*)$/s.exec(what) ?? [];
    if (kind === "ended") end(id);
    if (kind === "closed") closeAll(id);
    if (what === "closed" || what === "missed") closeForAll();
  });
  return {
    hold: ({ sessionId, tokenId, person }, close) => {
      const ids = [sessionId, tokenId, personKey(person.id)].filter((id) => id !== null);
      if (ids.some((id) => ended.has(id))) close();
      for (const id of ids) {
        const closes = held.get(id) ?? new Set();
        held.set(id, closes.add(close));
      }
      return () => {
        for (const id of ids) {
          const closes = held.get(id);
          closes?.delete(close);
          if (closes?.size === 0) held.delete(id);
        }
      };
    },
    tell: (ids) => {
      for (const id of ids) {
        end(id);
        others.say(`ended ${id}`);
      }
    },
    close: (personId) => {
      closeAll(personKey(personId));
      others.say(`closed ${personKey(personId)}`);
    },
    closeAll: () => {
      closeForAll();
      others.say("closed");
    },
  };
};

const personKey = (id: string): string => `person ${id}`;
