import type { Reach } from "#connectors/http/reach.ts";
import type { Accounts } from "#core/accounts.ts";
import type { ConnectionValues } from "#core/connection.ts";
import type { Channel } from "#core/notify.ts";

/**
 * Where somebody's channel may lead: an admin's anywhere, at home too; everybody else's to public addresses, and to whatever host a channel of an
 * admin leads to. Else whoever may only look could let this server ask machines that answer to nobody outside.
 */
export const reachOf = async (channel: Channel, { accounts, all, secretsOf }: ReachDeps): Promise<Reach> => {
  const admins = new Set((await accounts.people()).flatMap(({ id, role }) => (role === "admin" ? [id] : [])));
  if (admins.has(channel.personId)) return "anywhere";
  const hostsOf = (one: Channel) => hostsIn({ ...one.values, ...secretsOf(one) });
  const hosts = hostsOf(channel);
  if (hosts.length === 0) return "public";
  const theirs = (await all()).filter((one) => admins.has(one.personId));
  const known = new Set(theirs.flatMap(hostsOf));
  return hosts.every((host) => known.has(host)) ? "anywhere" : "public";
};

interface ReachDeps {
  accounts: Pick<Accounts, "people">;
  all(): Promise<readonly Channel[]>;
  secretsOf(channel: Channel): ConnectionValues;
}

const hostsIn = (values: ConnectionValues): string[] =>
  Object.values(values).flatMap((value) =>
    URL.canParse(value) && /^https?:/i.test(value) ? [new URL(value).host] : [],
  );
