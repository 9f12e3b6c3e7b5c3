import type { Field, Form } from "#core/form.ts";
import { plural } from "#core/plural.ts";
import { routes } from "#core/routes.ts";
import type { ScriptText, ScriptVersion } from "#core/saved-script.ts";
import { AskForm } from "./ask.tsx";
import type { FormError } from "./form/form-error.ts";
import { Frame, type PageProps } from "./frame.tsx";
import { Ago } from "./parts/clock.tsx";
import { Empty } from "./parts/empty.tsx";
import { ConfirmButton } from "./parts/post-button.tsx";

interface ScriptsProps extends PageProps {
  scripts: readonly ScriptVersion[];
  now: number;
}

/** All scripts that are saved. */
export const ScriptsPage = ({ scripts, now, ...page }: ScriptsProps) => (
  <Frame {...page} title="Scripts" active="home" explains="scripts" now={now}>
    <p class="crumbs">
      <a href={routes.workflows.href()}>Workflows</a> / Scripts
    </p>
    <h1>Scripts</h1>
    <p class="lead">
      Each is a workflow with a form of its own, and each time that it is saved is a version: a run goes on
      with the one that it began with. Who may start it is said on its page.
    </p>
    <p>
      <a class="button button-primary" href={routes.newScript.href()}>
        New script
      </a>
    </p>
    {scripts.length === 0 ? (
      <Empty title="None is saved yet.">
        <p>
          A script that runs once needs none: <a href={routes.workflow.href({ id: "run-script" })}>type it</a>
          .
        </p>
      </Empty>
    ) : (
      scripts.map((script) => (
        <article class="panel workflow-file" id={script.id}>
          <h2>
            <a href={routes.script.href({ id: script.id })} hx-ignore>
              {script.name}
            </a>
          </h2>
          {script.about !== "" && <p hx-ignore>{script.about}</p>}
          <p>
            Version {script.n}, saved by {script.savedBy} <Ago at={script.savedAt} now={now} />
          </p>
          <div class="row-actions">
            <RunLink script={script} />
          </div>
        </article>
      ))
    )}
  </Frame>
);

const RunLink = ({ script: { id, name } }: { script: Pick<ScriptVersion, "id" | "name"> }) => (
  <a class="button button-outline" href={routes.workflow.href({ id })}>
    Run it…<span class="visually-hidden"> {name}</span>
  </a>
);

interface ScriptProps extends PageProps {
  /** Null: it is a new one. */
  newest: ScriptVersion | null;
  /** What the form is filled in with. */
  text: ScriptText;
  /** The version that this is, where it is not the newest. */
  shown: ScriptVersion | null;
  /** The newest first, with how many runs that are not over go on with each. */
  versions: readonly (ScriptVersion & { underWay: number })[];
  isOffered: boolean;
  error?: FormError;
  now: number;
}

/** A script as a form, and its versions. */
export const ScriptPage = ({
  newest,
  text,
  shown,
  versions,
  isOffered,
  error,
  now,
  ...page
}: ScriptProps) => (
  <Frame {...page} title={newest?.name ?? "New script"} active="home" explains="scripts" now={now}>
    <p class="crumbs">
      <a href={routes.scripts.href()}>Scripts</a> / {newest === null ? "New" : newest.name}
    </p>
    <h1 hx-ignore>{newest === null ? "New script" : newest.name}</h1>
    {newest !== null && (
      <div class="row-actions">
        {isOffered ? (
          <>
            <RunLink script={newest} />
            <ConfirmButton
              action={routes.removeScript.href({ id: newest.id })}
              ask="Remove…"
              label="Yes, offer it no more"
              id="remove-script"
              look="link"
              confirm={
                <p>Runs that are under way go on, and its versions stay. Saving it offers it again.</p>
              }
            />
          </>
        ) : (
          <p class="note">It was removed, so nobody can start it. Saving it offers it again.</p>
        )}
      </div>
    )}
    {shown !== null && newest !== null && (
      <p class="note" id="filled-from">
        This is version {shown.n}. Saving it makes version {newest.n + 1}.{" "}
        <a href={routes.script.href({ id: newest.id })}>Show the newest</a>
      </p>
    )}
    <div class="panel">
      <AskForm
        form={formOf(text)}
        action={newest === null ? routes.scripts.href() : routes.script.href({ id: newest.id })}
        id="script"
        {...(error === undefined ? {} : { error })}
      >
        {newest !== null && <input type="hidden" name="after" value={String(newest.n)} />}
      </AskForm>
    </div>
    {versions.length > 0 && (
      <section aria-labelledby="versions-title">
        <h2 id="versions-title">Versions</h2>
        <ul>
          {versions.map((one) => (
            <li>
              <a href={routes.script.href({ id: one.id }, { version: one.n })}>Version {one.n}</a>, saved by{" "}
              {one.savedBy} <Ago at={one.savedAt} now={now} />
              {one.underWay > 0 && `, ${plural(one.underWay, "run")} under way`}
            </li>
          ))}
        </ul>
      </section>
    )}
  </Frame>
);

const formOf = (text: ScriptText): Form => ({
  fields: [
    { kind: "text", name: "name", label: "Name", required: true, value: text.name },
    { kind: "text", name: "about", label: "What one gets from it", value: text.about },
    {
      ...area("script", "Script", text.script, 14),
      required: true,
      help: "For sh, or what a first line such as #!/usr/bin/env python3 names. It finds what it asks as variables: “days” is $days.",
    },
    {
      ...area("inputs", "What it asks", text.inputs, 4),
      placeholder: 'days number "Older than so many days" = 14',
      help: "One a line: a name, a kind (text, number, yes, secret, or choice (small | large)), a label in quotes, and what is filled in.",
    },
    {
      ...area("check", "It worked when this ends with 0", text.check, 3),
      help: "Another script, run afterwards; it should change nothing. Left empty, the script's own end counts.",
    },
    {
      ...area("undo", "Undo script", text.undo, 3),
      help: "Takes back what the script did. It has to bear being run twice, and where there is nothing to take back.",
    },
    {
      ...{ kind: "text", name: "as", label: "Run it as this user", value: text.as },
      help: "By sudo, without a password. Left empty: the user of the connection.",
    },
    {
      ...{ kind: "number", name: "minutes", label: "Minutes at most on one server" },
      ...{ value: String(text.minutes), min: 1, max: 10_080 },
    },
  ],
  submit: "Save",
});

const area = (
  name: keyof ScriptText,
  label: string,
  value: string,
  rows: number,
): Extract<Field, { kind: "text" }> => ({
  ...{ kind: "text", name, label, value, multiline: true, rows },
});
