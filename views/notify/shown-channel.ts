import type { Channel } from "#core/notify.ts";

/** A channel with what of its address may be shown. */
export interface ShownChannel extends Omit<Channel, "sealed"> {
  title: string;
  shown: string;
}
