import type { NotifyTable, TellingPreferences } from "#core/notify.ts";

interface PreferDeps {
  notify: Pick<NotifyTable, "putPreferences" | "deliveries" | "spread">;
  now(): number;
}

const atOnce = 100;

/** Keeps what somebody says of being told; what quiet hours held until now is looked at anew, by the hours that hold from now on. */
export const prefer = async (
  { notify, now }: PreferDeps,
  personId: string,
  said: TellingPreferences,
): Promise<void> => {
  await notify.putPreferences(personId, said);
  const nextAt = now();
  for (let before: string | undefined; ; ) {
    const some = await notify.deliveries({
      personId,
      state: "waiting",
      limit: atOnce,
      ...(before === undefined ? {} : { before }),
    });
    const digests = some.flatMap(({ id, kind }) => (kind === "digest" ? [{ id, nextAt }] : []));
    if (digests.length > 0) await notify.spread([], [], digests);
    before = some.at(-1)?.id;
    if (some.length < atOnce) return;
  }
};
