import { type Context, Hono } from "hono";
import { AppError, httpStatus } from "#core/errors.ts";
import { textOf, type Values } from "#core/form.ts";
import {
  type Channel,
  type Follows,
  follows,
  type TellingPreferences,
  usualPreferences,
  usualWants,
  type Wants,
} from "#core/notify.ts";
import { routes } from "#core/routes.ts";
import { type ChannelKind, isLinked } from "#notify/channel.ts";
import { pushKind } from "#notify/channels/push.ts";
import { deviceOf } from "#people/device.ts";
import { NotificationsPage, type NotificationsPageProps } from "#views/notifications.tsx";
import { ChannelFormPage, type ChannelFormPageProps } from "#views/notify/channel-form.tsx";
import { ChannelRow } from "#views/notify/channel-row.tsx";
import { wantWords } from "#views/notify/words.ts";
import type { WebDeps, WebEnv } from "#web/deps.ts";
import { answerKind } from "#web/door.ts";
import { pageProps } from "#web/page-props.ts";
import { checkedPreferences, minuteOf } from "#web/preferences-said.ts";
import { workflowsIn } from "#web/seen.ts";
import { shownChannel } from "#web/shown-channel.ts";
import { ownChannel } from "#web/whose-channels.ts";
import { sentForm, sentTexts } from "./sent-form.ts";

export type NotificationDeps = Pick<WebDeps, "notify" | "engine" | "store" | "clock" | "staticFiles">;

const minuteMs = 60_000;

/** By which ways somebody is reached, and what they are told: each sees and changes their own. */
export const notificationPages = (deps: NotificationDeps) => {
  const { notify, store, clock } = deps;
  const { channels } = notify;
  const me = (c: Context<WebEnv>) => c.get("identity").person.id;
  const page = async (
    c: Context<WebEnv>,
    shown: Partial<Pick<NotificationsPageProps, "said" | "error">> = {},
  ) => {
    await notify.offerMail();
    const said = (await store.notify.preferences(me(c))) ?? { ...usualPreferences, zone: notify.zone() };
    const all = await channels.of(me(c));
    const publicKey = await notify.pushKey();
    return c.html(
      <NotificationsPage
        {...pageProps(c, deps)}
        channels={all.map((one) => shownChannel(channels, one))}
        linked={channels.kinds.filter(isLinked)}
        kinds={(await channels.offered()).filter(
          ({ kind, fields }) => kind !== pushKind && fields.length > 0,
        )}
        push={publicKey === null ? null : { publicKey, device: deviceOf(c.req.header("User-Agent")) }}
        said={said}
        workflows={workflowsIn(c, deps)}
        now={clock.now()}
        {...shown}
      />,
      shown.error === undefined ? 200 : httpStatus("bad-input"),
    );
  };
  const form = (
    c: Context<WebEnv>,
    props: Omit<ChannelFormPageProps, "user" | "version" | "edits"> & { kind: ChannelKind },
  ) =>
    c.html(
      <ChannelFormPage {...pageProps(c, deps)} {...props} edits={props.kind.can.edits} />,
      props.error === undefined ? 200 : httpStatus("bad-input"),
    );
  const test = (c: Context<WebEnv>, id: string) => channels.test(id, c.req.raw.signal);

  return new Hono<WebEnv>()
    .get(routes.notifications.pattern, (c) => page(c))
    .post(routes.notifications.pattern, async (c) => {
      const { values } = await sentForm(c);
      const workflows = workflowsIn(c, deps).map(({ id }) => id);
      const said = preferencesOf(values, workflows);
      try {
        await notify.prefer(me(c), checkedPreferences(said, workflows));
      } catch (thrown) {
        return page(c, { said, error: wrongField(thrown) });
      }
      return c.redirect(routes.notifications.href(), 303);
    })
    .get(routes.newChannel.pattern, (c) => {
      const kind = channels.kind(c.req.query("kind") ?? "");
      const wants = { ...usualWants, ...kind.usualWants };
      return form(c, { kind, values: kind.made?.() ?? {}, name: kind.title, wants, isOn: true });
    })
    .post(routes.newChannel.pattern, async (c) => {
      const sent = (await sentForm(c)).values;
      const { kind: kindName = "", name = "", ...values } = await sentTexts(c);
      const kind = channels.kind(kindName);
      const wants = wantsOf(sent);
      let made: Channel;
      try {
        made = await channels.add(
          { personId: me(c), kind: kindName, name, values, wants },
          c.get("identity").by,
        );
      } catch (thrown) {
        return form(c, { kind, values, name, wants, isOn: true, error: wrongField(thrown) });
      }
      await test(c, made.id);
      return c.redirect(routes.notifications.href(), 303);
    })
    .get(routes.channel.pattern, async (c) => {
      const channel = await ownChannel(deps, c.get("identity"), c.req.param("id"));
      const kind = channels.kind(channel.kind);
      return form(c, { ...channel, kind, isOn: channel.state !== "off" });
    })
    .post(routes.channel.pattern, async (c) => {
      const { id, kind: kindName } = await ownChannel(deps, c.get("identity"), c.req.param("id"));
      const sent = (await sentForm(c)).values;
      const { kind: _, name = "", ...values } = await sentTexts(c);
      const kind = channels.kind(kindName);
      const wants = wantsOf(sent);
      const isOn = textOf(sent, "on") !== "";
      try {
        const wish = { name, values, wants, state: isOn ? ("on" as const) : ("off" as const) };
        await channels.change(id, wish, c.get("identity").by);
      } catch (thrown) {
        return form(c, { id, kind, values, name, wants, isOn, error: wrongField(thrown) });
      }
      if (isOn) await test(c, id);
      return c.redirect(routes.notifications.href(), 303);
    })
    .post(routes.testChannel.pattern, async (c) => {
      const { id, state } = await ownChannel(deps, c.get("identity"), c.req.param("id"));
      const channel = await test(c, id);
      if (answerKind(c) !== "fragment") return c.redirect(routes.notifications.href(), 303);
      // The notice above every page goes too.
      if (channel.state !== state) c.header("HX-Refresh", "true");
      return c.html(<ChannelRow channel={shownChannel(channels, channel)} now={clock.now()} />);
    })
    .post(routes.removeChannel.pattern, async (c) => {
      const { id } = await ownChannel(deps, c.get("identity"), c.req.param("id"));
      await channels.remove(id, c.get("identity").by);
      return c.redirect(routes.notifications.href(), 303);
    })
    .post(routes.bell.pattern, async (c) => {
      const id = c.req.param("id");
      const { rings = "" } = await sentTexts(c);
      await store.notify.putBell(id, me(c), rings === "" ? null : rings === "yes");
      return c.redirect(routes.run.href({ id }), 303);
    });
};

const wantsOf = (values: Values): Wants => {
  const minutes = Number(textOf(values, "overMinutes") || "0");
  const isWanted = (name: string) => textOf(values, `want ${name}`) !== "";
  return {
    ...usualWants,
    ...Object.fromEntries(wantWords.map(({ name }) => [name, isWanted(name)])),
    overMs: Number.isFinite(minutes) && minutes >= 0 ? Math.round(minutes * minuteMs) : usualWants.overMs,
  };
};

const preferencesOf = (values: Values, workflows: readonly string[]): TellingPreferences => {
  const isChecked = (name: string) => textOf(values, name) !== "";
  const [from, until] = [textOf(values, "quietFrom"), textOf(values, "quietUntil")];
  const said = workflows.flatMap((id) => {
    const one = textOf(values, `follow ${id}`);
    return isFollows(one) && one !== "mine" ? [[id, one] as const] : [];
  });
  return {
    zone: textOf(values, "zone").trim(),
    quiet: from === "" && until === "" ? null : { from: minuteOf(from), until: minuteOf(until) },
    urgentBreaksQuiet: isChecked("urgentBreaksQuiet"),
    onlyUnwatched: isChecked("onlyUnwatched"),
    workflows: Object.fromEntries(said),
  };
};

const isFollows = (text: string): text is Follows => (follows as readonly string[]).includes(text);

const wrongField = (thrown: unknown): { message: string; field: string | null } => {
  if (thrown instanceof AppError && ["bad-input", "conflict", "not-allowed-now"].includes(thrown.code))
    return { message: thrown.message, field: thrown.field ?? null };
  throw thrown;
};
