import type { NodeSeen } from "#core/nodes.ts";
import { plural } from "#core/plural.ts";
import { routes } from "#core/routes.ts";
import { durationText } from "./clock-words.js";
import { Frame, type PageProps } from "./frame.tsx";
import { PostButton } from "./parts/post-button.tsx";

/** One that is well says something every two seconds. */
const mostSilentMs = 6_000;

interface NodesPageProps extends PageProps {
  nodes: readonly NodeSeen[] | null;
  /** What the process that answers is called. */
  own: string | null;
  now: number;
}

/** `nodes` null: this process is the only one. */
export const NodesPage = ({ nodes, own, now, ...page }: NodesPageProps) => (
  <Frame title="Nodes" {...page} active="settings" explains="nodes" now={now}>
    <p>
      <a href={routes.settings.href()}>Settings</a>
    </p>
    <h1>Nodes</h1>
    {nodes === null ? (
      <p>Milepost is one process here, and keeps everything with SQLite.</p>
    ) : (
      <>
        {!nodes.some(({ name }) => name === own) && (
          <p>
            Not every process that is there can be seen: PostgreSQL does not show its connections by their
            names, as behind PgBouncer in transaction mode.
          </p>
        )}
        <ul class="row-list">
          {nodes.map((node) => (
            <NodeRow node={node} now={now} />
          ))}
        </ul>
      </>
    )}
  </Frame>
);

const NodeRow = ({
  node: { name, role, version, since, silentMs, runs, isDraining },
  now,
}: Pick<NodesPageProps, "now"> & { node: NodeSeen }) => (
  <li class="row" hx-ignore>
    <div class="row-main">
      <p class="row-title">
        <strong>{name}</strong>
      </p>
      <p class="row-about">
        {does[role] ?? role}, version {version}
        {isDraining && <>; it takes no more{runs === 0 && ", and can be stopped"}</>}
      </p>
    </div>
    <p class="row-figures">
      {role !== "web" && <span>works on {plural(runs, "run")}</span>}
      <span>connected for {durationText(Math.max(0, now - since))}</span>
      {silentMs > mostSilentMs && <span>nothing was heard of it for {durationText(silentMs)}</span>}
    </p>
    <div class="row-actions">
      {role !== "web" && (
        <PostButton
          action={routes.nodes.href()}
          fields={{ node: name, does: isDraining ? "take" : "drain" }}
          id={`drain-${name.replaceAll("/", "-")}`}
          label={isDraining ? "Take runs again" : "Take no more runs"}
          about={name}
        />
      )}
    </div>
  </li>
);

const does: Readonly<Record<string, string>> = {
  all: "does everything",
  web: "answers people",
  worker: "works on runs",
};
