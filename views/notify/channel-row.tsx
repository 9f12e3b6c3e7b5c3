import { routes } from "#core/routes.ts";
import { ended } from "#core/sentence.ts";
import { Mark } from "#views/parts/badge.tsx";
import { Ago } from "#views/parts/clock.tsx";
import { formInto } from "#views/parts/htmx.ts";
import { StateIcon } from "#views/parts/icon.tsx";
import { ConfirmButton } from "#views/parts/post-button.tsx";
import type { ShownChannel } from "./shown-channel.ts";
import { wantWords } from "./words.ts";

/** One channel; also the fragment that answers "Test". */
export const ChannelRow = ({ channel, now }: { channel: ShownChannel; now: number }) => {
  const { id, name, title, shown, state, because, wants, lastTest } = channel;
  const rowId = `channel-${id}`;
  const wanted = wantWords.filter((want) => wants[want.name]).map(({ label }) => label);
  return (
    <li class="row" id={rowId}>
      <div class="row-main" hx-ignore>
        <p class="row-title">
          <strong>{name}</strong> <Mark text={title} />{" "}
          {state === "off" && <Mark text="switched off" tone="waiting" />}
        </p>
        {shown !== "" && <p class="row-about">{shown}</p>}
        <p class="row-about">{wanted.length === 0 ? "It is used for nothing." : `${wanted.join(" · ")}.`}</p>
        {state === "broken" && (
          <p class="note tone-bad" role="status">
            It reaches nobody: {ended(because ?? "")} Press “Test” once that is mended.
          </p>
        )}
        {lastTest !== null && !(state === "broken" && lastTest.ok) && (
          <div class={`report tone-${lastTest.ok ? "good" : "bad"}`} role="status">
            <p>
              <StateIcon state={lastTest.ok ? "completed" : "failed"} />
              <span>
                {lastTest.sentence}{" "}
                <small>
                  <Ago at={lastTest.at} now={now} />
                </small>
              </span>
            </p>
          </div>
        )}
      </div>
      <div class="row-actions">
        <form
          method="post"
          action={routes.testChannel.href({ id })}
          class="post"
          {...formInto(routes.testChannel.href({ id }), `#${rowId}`)}
        >
          <button type="submit" class="button-secondary small" id={`test-${id}`}>
            Test<span class="visually-hidden"> {name}</span>
          </button>
        </form>
        <a class="button button-outline small" href={routes.channel.href({ id })}>
          Change<span class="visually-hidden"> {name}</span>
        </a>
        <ConfirmButton
          action={routes.removeChannel.href({ id })}
          ask="Remove…"
          label="Yes, remove it"
          about={name}
          id={`remove-${id}`}
          look="danger"
          confirm={<p>You are no longer reached by it. What still waited to be sent by it is forgotten.</p>}
        />
      </div>
    </li>
  );
};
