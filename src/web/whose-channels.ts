import type { Identity } from "#core/accounts.ts";
import { AppError } from "#core/errors.ts";
import type { Channel, Delivery } from "#core/notify.ts";
import type { WebDeps } from "./deps.ts";

const noChannel = "There is no such channel; it may have been removed.";
const noDelivery = "There is no such message; it may have been forgotten.";

/** A channel of whoever asks. Nobody sees or changes another's, admins included: it is how that person is reached. Throws AppError("not-found"). */
export const ownChannel = async (
  { notify }: Pick<WebDeps, "notify">,
  { person }: Pick<Identity, "person">,
  id: string,
): Promise<Channel> => {
  const channel = await notify.channels.get(id);
  if (channel.personId === person.id) return channel;
  throw new AppError("not-found", noChannel);
};

/** What was sent to whoever asks; to anybody, where an admin asks. Throws AppError("not-found"). */
export const seenDelivery = async (
  { store }: Pick<WebDeps, "store">,
  { person }: Pick<Identity, "person">,
  id: string,
): Promise<Delivery> => {
  const delivery = await store.notify.delivery(id);
  if (delivery !== null && (person.role === "admin" || delivery.personId === person.id)) return delivery;
  throw new AppError("not-found", noDelivery);
};
