import type { Child } from "hono/jsx";
import { type DeliveryState, deliveryStates, usualPreferences, usualWants } from "#core/notify.ts";
import { DecidePage } from "#views/decide.tsx";
import { NotificationsPage } from "#views/notifications.tsx";
import { ChannelFormPage } from "#views/notify/channel-form.tsx";
import { SentPage, type ShownDelivery } from "#views/notify/sent.tsx";
import type { ShownChannel } from "#views/notify/shown-channel.ts";
import { now } from "./samples/steps.ts";
import { viewer } from "./samples/viewer.ts";

const kind = {
  kind: "ntfy",
  title: "ntfy",
  about: "Notifications on the phone.",
  fields: [
    { name: "server", label: "Server", required: true, secret: false },
    { name: "topic", label: "Topic", help: "Choose one that nobody guesses.", required: true, secret: true },
  ],
};

/** How people are told, what was sent, and what a mail's link leads to, with a text of people wherever people write one. */
export const notificationPages = (text: string): Record<string, Child> => {
  const channel = (id: string, more: Partial<ShownChannel> = {}): ShownChannel => ({
    ...{ id, personId: "owner", kind: "ntfy", name: text, connectionId: null, account: null },
    ...{ values: { server: text }, wants: usualWants, state: "on", because: null, createdAt: now - 9e8 },
    ...{ changedAt: now - 9e8, lastTest: null, title: "ntfy", shown: text },
    ...more,
  });
  const report = { sentence: text, latencyMs: 12, facts: [], at: now - 60_000 };
  const delivery = (state: DeliveryState): ShownDelivery => ({
    ...{
      id: state,
      key: state,
      runId: "r1",
      n: 3,
      stepId: "s",
      asked: 1,
      personId: "owner",
      channelId: "c1",
    },
    ...{ kind: "needs-you", state, attempts: 2, nextAt: state === "waiting" ? now + 60_000 : null },
    ...{ remote: null, shown: null, because: text, createdAt: now - 60_000, sentAt: null },
    ...{ channel: text, person: text, run: text },
  });
  const shared = { ...viewer, now };
  return {
    notifications: (
      <NotificationsPage
        {...shared}
        channels={[
          channel("c1", { lastTest: { ...report, ok: true } }),
          channel("c2", { state: "broken", because: text, lastTest: { ...report, ok: false } }),
          channel("c3", { state: "off" }),
        ]}
        kinds={[kind]}
        linked={[]}
        push={{ publicKey: "key", device: text }}
        said={{ ...usualPreferences, quiet: { from: 1_320, until: 450 } }}
        workflows={[{ id: "flow", title: text }]}
      />
    ),
    "notifications-none": (
      <NotificationsPage
        {...shared}
        channels={[]}
        kinds={[kind]}
        linked={[]}
        push={null}
        said={usualPreferences}
        workflows={[]}
        error={{ message: text, field: "zone" }}
      />
    ),
    "new-channel": (
      <ChannelFormPage
        {...viewer}
        kind={kind}
        edits={false}
        values={{ server: text }}
        name={text}
        wants={usualWants}
        isOn={true}
        error={{ message: text, field: "server" }}
      />
    ),
    "change-channel": (
      <ChannelFormPage
        {...viewer}
        kind={kind}
        edits
        values={{}}
        name={text}
        wants={usualWants}
        isOn={false}
        id="c1"
      />
    ),
    sent: (
      <SentPage
        {...shared}
        deliveries={deliveryStates.map(delivery)}
        state="failed"
        next="/notifications/sent?before=1"
      />
    ),
    decide: (
      <DecidePage
        {...viewer}
        title={text}
        sentence={text}
        facts={[{ label: "Risk", value: text }]}
        form={{ action: "/decide/token", label: "Approve", drawn: "token", who: text }}
        run="/runs/r1"
      />
    ),
  };
};
