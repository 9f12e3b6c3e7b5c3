import type { NodeSeen } from "#core/nodes.ts";
import { plural } from "#core/plural.ts";
import { routes } from "#core/routes.ts";
import { durationText } from "./clock-words.js";
import { Frame, type PageProps } from "./frame.tsx";

/** One that is well says something every two seconds. */
const mostSilentMs = 6_000;

interface NodesPageProps extends PageProps {
  nodes: readonly NodeSeen[] | null;
  now: number;
}

/** `nodes` null: this process is the only one. */
export const NodesPage = ({ nodes, now, ...page }: NodesPageProps) => (
  <Frame title="Nodes" {...page} active="settings" explains="nodes" now={now}>
    <p>
      <a href={routes.settings.href()}>Settings</a>
    </p>
    <h1>Nodes</h1>
    {nodes === null ? (
      <p>Milepost is one process here, and keeps everything with SQLite.</p>
    ) : (
      <table>
        <thead>
          <tr>
            <th scope="col">Process</th>
            <th scope="col">Does</th>
            <th scope="col">Version</th>
            <th scope="col">Connected for</th>
            <th scope="col">Works on</th>
            <th scope="col">
              <span class="visually-hidden">What you can do</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {nodes.map(({ name, role, version, since, silentMs, runs, isDraining }) => (
            <tr>
              <th scope="row">{name}</th>
              <td>{does[role] ?? role}</td>
              <td>{version}</td>
              <td>
                {durationText(Math.max(0, now - since))}
                {silentMs > mostSilentMs && <>; nothing was heard of it for {durationText(silentMs)}</>}
              </td>
              <td>
                {plural(runs, "run")}
                {isDraining && <>; it takes no more{runs === 0 && ", and can be stopped"}</>}
              </td>
              <td>
                {role !== "web" && (
                  <form method="post" action={routes.nodes.href()}>
                    <input type="hidden" name="node" value={name} />
                    <button
                      type="submit"
                      name="does"
                      value={isDraining ? "take" : "drain"}
                      class="button-outline"
                    >
                      {isDraining ? "Take runs again" : "Take no more runs"}
                      <span class="visually-hidden"> ({name})</span>
                    </button>
                  </form>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    )}
  </Frame>
);

const does: Readonly<Record<string, string>> = {
  all: "everything",
  web: "answers people",
  worker: "works on runs",
};
