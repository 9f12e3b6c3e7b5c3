import type { ConnectionValues } from "#core/connection.ts";
import { AppError } from "#core/errors.ts";
import type { Channel } from "#core/notify.ts";
import type { ChannelKind } from "./channel.ts";

/**
 * The new values of a channel, with the secrets that are stored where none were given. Throws AppError("bad-input") where one would go to
 * another address than it was entered for.
 */
export const withKept = (
  kind: ChannelKind,
  before: Pick<Channel, "values">,
  values: ConnectionValues,
  stored: ConnectionValues,
): ConnectionValues => {
  const empty = kind.fields.filter(
    ({ name, secret }) => secret && (values[name] ?? "") === "" && (stored[name] ?? "") !== "",
  );
  const moved = kind.fields.some(
    ({ name, secret, leads }) =>
      !secret && leads !== false && (values[name] ?? "") !== (before.values[name] ?? ""),
  );
  const [first] = empty;
  if (moved && first !== undefined)
    throw new AppError("bad-input", "You changed where this channel leads, so enter its secret again.", {
      field: first.name,
    });
  return { ...values, ...Object.fromEntries(empty.map(({ name }) => [name, stored[name] ?? ""])) };
};
