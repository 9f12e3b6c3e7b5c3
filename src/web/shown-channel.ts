import type { Channel } from "#core/notify.ts";
import type { Channels } from "#notify/channels.ts";
import type { ShownChannel } from "#views/notify/shown-channel.ts";

/** A channel as its person sees it: without secrets. */
export const shownChannel = (
  { kinds }: Pick<Channels, "kinds">,
  { sealed: _, ...channel }: Channel,
): ShownChannel => {
  const kind = kinds.find((one) => one.kind === channel.kind);
  const live = channel.wants.live && kind?.can.edits === true;
  return {
    ...channel,
    wants: { ...channel.wants, live },
    title: kind?.title ?? channel.kind,
    shown: kind?.shown(channel.values) ?? "",
  };
};
