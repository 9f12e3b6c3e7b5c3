import type { ConnectionValues } from "#core/connection.ts";
import type { Wants } from "#core/notify.ts";
import { routes } from "#core/routes.ts";
import type { FormError } from "#views/form/form-error.ts";
import { type KindView, ValuesForm } from "#views/form/values-form.tsx";
import { Frame, type PageProps } from "#views/frame.tsx";
import { wantWords } from "./words.ts";

export interface ChannelFormPageProps extends PageProps {
  kind: KindView;
  /** What was sent can be changed there, so that a message can follow a run. */
  edits: boolean;
  values: ConnectionValues;
  name: string;
  wants: Wants;
  isOn: boolean;
  error?: FormError;
  /** The channel that is changed; a new one without it. */
  id?: string;
}

const minuteMs = 60_000;

/** Asks how somebody is to be reached and what for. Posts to routes.newChannel, or to routes.channel. */
export const ChannelFormPage = ({
  user,
  version,
  kind,
  edits,
  values,
  name,
  wants,
  isOn,
  error,
  id,
}: ChannelFormPageProps) => {
  const title = id === undefined ? `Add a channel: ${kind.title}` : `Change ${name}`;
  return (
    <Frame title={title} user={user} version={version} active="settings" explains="notifications">
      <p class="crumbs">
        <a href={routes.settings.href()}>Settings</a> /{" "}
        <a href={routes.notifications.href()}>Notifications</a>
      </p>
      <h1>{title}</h1>
      <p class="lead">{kind.about}</p>
      <ValuesForm
        kind={kind}
        values={values}
        name={name}
        error={error}
        id={id}
        action={id === undefined ? routes.newChannel.href() : routes.channel.href({ id })}
        back={routes.notifications.href()}
        class="panel narrow"
      >
        <fieldset>
          <legend>Tell me by it when</legend>
          {wantWords
            .filter(({ name }) => name !== "live" || edits)
            .map((want) => (
              <label>
                <input type="checkbox" name={`want ${want.name}`} checked={wants[want.name]} /> {want.label}
              </label>
            ))}
        </fieldset>
        <label>
          {edits ? "Completed runs, and messages that follow a run" : "Completed runs"}: only of runs that
          take longer than so many minutes
          <input
            type="number"
            name="overMinutes"
            value={String(wants.overMs / minuteMs)}
            min="0"
            max="10000"
            step="any"
            required
          />
        </label>
        {id !== undefined && (
          <label>
            <input type="checkbox" name="on" checked={isOn} /> Use it
          </label>
        )}
      </ValuesForm>
    </Frame>
  );
};
