import type { NotifyTable } from "#core/notify.ts";
import type { Secrets } from "#core/secrets.ts";

/** By which push services know this server (RFC 8292), base64url. */
export interface PushKeys {
  publicKey: string;
  privateKey: string;
}

const owner = "push keys";

/** Makes them at first use and never again: all subscriptions of browsers die with them. */
export const createPushKeys = (
  table: Pick<NotifyTable, "pushKeys" | "putPushKeys">,
  secrets: Secrets,
): (() => Promise<PushKeys>) => {
  let known: Promise<PushKeys> | null = null;
  const find = async (): Promise<PushKeys> => {
    const sealed = (await table.pushKeys()) ?? (await table.putPushKeys(await made(secrets)));
    return JSON.parse(secrets.open(sealed, owner)) as PushKeys;
  };
  return () => {
    known ??= find().catch((error: unknown) => {
      known = null;
      throw error;
    });
    return known;
  };
};

const made = async (secrets: Secrets): Promise<string> => {
  const { default: push } = await import("web-push");
  return secrets.seal(JSON.stringify(push.generateVAPIDKeys()), owner);
};
