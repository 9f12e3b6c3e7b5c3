import type { ConnectionValues } from "#core/connection.ts";
import type { Wants } from "#core/notify.ts";
import { routes } from "#core/routes.ts";
import { type KindView, ValueField } from "#views/form/connection-form.tsx";
import type { FormError } from "#views/form/form-error.ts";
import { Frame, type PageProps } from "#views/frame.tsx";
import { wantWords } from "./words.ts";

export interface ChannelFormPageProps extends PageProps {
  kind: KindView;
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
      <form
        method="post"
        action={id === undefined ? routes.newChannel.href() : routes.channel.href({ id })}
        class="panel narrow"
      >
        {error !== undefined && (
          <div class="notice tone-bad" role="alert" tabindex={-1} autofocus>
            <p>
              <strong>{error.message}</strong>
            </p>
          </div>
        )}
        <input type="hidden" name="kind" value={kind.kind} />
        <label>
          Name
          <input type="text" name="name" value={name} required autocomplete="off" />
        </label>
        {kind.fields.map((field, at) => (
          <ValueField
            field={field}
            id={`field-${at}`}
            value={values[field.name]}
            error={error}
            changing={id !== undefined}
          />
        ))}
        <fieldset>
          <legend>Tell me by it when</legend>
          {wantWords.map((want) => (
            <label>
              <input type="checkbox" name={`want ${want.name}`} checked={wants[want.name]} /> {want.label}
            </label>
          ))}
        </fieldset>
        <label>
          Of completed runs, and by messages that follow, only where it takes longer than so many minutes
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
        <div class="ask-buttons">
          <button type="submit" class="button-primary">
            {id === undefined ? "Add and test" : "Keep and test"}
          </button>
          <a class="button button-outline" href={routes.notifications.href()}>
            Back
          </a>
        </div>
      </form>
    </Frame>
  );
};
