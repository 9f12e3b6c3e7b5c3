import type { TellingPreferences } from "#core/notify.ts";
import { routes } from "#core/routes.ts";
import type { KindView } from "./form/values-form.tsx";
import { Frame, type PageProps } from "./frame.tsx";
import { ChannelRow } from "./notify/channel-row.tsx";
import { PreferencesForm } from "./notify/preferences-form.tsx";
import type { ShownChannel } from "./notify/shown-channel.ts";
import { ThisBrowser } from "./notify/this-browser.tsx";
import { Cards } from "./parts/cards.tsx";
import { Empty } from "./parts/empty.tsx";

export interface NotificationsPageProps extends PageProps {
  channels: readonly ShownChannel[];
  /** Those that can be added now. */
  kinds: readonly KindView[];
  /** Those in which an account is linked. */
  linked: readonly KindView[];
  /** What this browser needs to be notified, and what it is called; null: it cannot be. */
  push: { publicKey: string; device: string } | null;
  said: TellingPreferences;
  workflows: readonly { id: string; title: string }[];
  error?: { message: string; field: string | null };
  now: number;
}

/** By which ways somebody is reached, and what they are told. */
export const NotificationsPage = ({
  user,
  version,
  warning,
  channels,
  kinds,
  linked,
  push,
  said,
  workflows,
  error,
  now,
}: NotificationsPageProps) => (
  <Frame
    title="Notifications"
    user={user}
    version={version}
    warning={warning ?? null}
    active="settings"
    explains="notifications"
    now={now}
  >
    <p class="crumbs">
      <a href={routes.settings.href()}>Settings</a>
    </p>
    <h1>Notifications</h1>
    <p class="lead">
      Milepost tells you when a run needs you, fails or is done, and follows long runs in one message.{" "}
      <a href={routes.deliveries.href()}>What was sent</a>
    </p>
    {channels.length === 0 ? (
      <Empty title="Nothing reaches you yet.">
        <p>Add a channel below, then test it.</p>
      </Empty>
    ) : (
      <ul class="row-list">
        {channels.map((channel) => (
          <ChannelRow channel={channel} now={now} />
        ))}
      </ul>
    )}
    <section aria-labelledby="add-title">
      <h2 id="add-title">Add a channel</h2>
      {push !== null && <ThisBrowser {...push} version={version} />}
      <Cards
        cards={[
          ...linked.map((one) => ({ ...one, href: routes.linkAccount.href({ kind: one.kind }) })),
          ...kinds.map((one) => ({ ...one, href: routes.newChannel.href({ kind: one.kind }) })),
        ].map(({ href, title, about }) => ({ href, title, about }))}
      />
      {!kinds.some(({ kind }) => kind === "email") && (
        <p>E-mail is there as soon as an admin added a mail server under Connections.</p>
      )}
    </section>
    <PreferencesForm said={said} workflows={workflows} error={error} />
  </Frame>
);
