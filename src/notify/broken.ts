import type { Channel, Delivery } from "#core/notify.ts";
import { routes } from "#core/routes.ts";
import type { Store } from "#core/store.ts";
import type { Channels } from "./channels.ts";
import type { Drawing } from "./compose.ts";
import type { Message } from "./message.ts";

interface BrokenDeps extends Pick<Drawing, "absolute"> {
  store: Pick<Store, "notify">;
  channels: Pick<Channels, "kind">;
  newId(): string;
  now(): number;
}

/** Lets its person know by all their other channels that one of them reaches nobody any more. */
export const tellBroken = async (
  { store: { notify }, newId, now }: BrokenDeps,
  broken: Pick<Channel, "id" | "personId">,
): Promise<void> => {
  const at = now();
  const others = (await notify.channels()).filter(
    ({ id, personId, state }) => id !== broken.id && personId === broken.personId && state === "on",
  );
  const made = others.map(({ id, personId }) => ({
    id: newId(),
    key: `broken ${broken.id} ${at} ${id}`,
    runId: null,
    n: 0,
    stepId: null,
    asked: null,
    personId,
    channelId: id,
    kind: "broken" as const,
    nextAt: at,
    because: null,
    createdAt: at,
  }));
  if (made.length > 0) await notify.spread([], made, []);
};

/** Null once it reaches somebody again, or is gone. */
export const brokenMessage = async (
  { store: { notify }, channels, absolute, now }: BrokenDeps,
  { id, key, kind }: Pick<Delivery, "id" | "key" | "kind">,
): Promise<Message | null> => {
  const broken = await notify.channel(key.split(" ")[1] ?? "");
  if (broken === null || broken.state !== "broken") return null;
  return {
    id,
    kind,
    urgency: "normal",
    title: "A channel no longer reaches you",
    sentence: `“${broken.name}” (${channels.kind(broken.kind).title}) no longer reaches you: ${broken.because ?? ""}`,
    lines: [],
    facts: [],
    percent: null,
    links: [{ label: "Your notifications", href: absolute(routes.notifications.href()) }],
    buttons: [],
    thread: null,
    expiresAt: null,
    at: now(),
  };
};
