import { type Access, type AccessAct, type AccessKind, type Allowed, accessActs } from "#core/access.ts";
import type { Person, Role } from "#core/people.ts";
import { routes } from "#core/routes.ts";
import { Frame, type PageProps } from "./frame.tsx";

export interface AccessPageProps extends PageProps {
  kind: AccessKind;
  id: string;
  title: string;
  access: Access;
  /** Those of whom it can be said: admins may do everything anyway. */
  people: readonly Person[];
}

/** The value of an act's field that lets only the named ones do it. */
export const onlyThese = "these";
export const rolesField = (act: AccessAct): string => `${act}-role`;
export const peopleField = (act: AccessAct): string => `${act}-person`;

const acts = {
  see: {
    title: "See it",
    about: "Its page, its runs, their logs and files. For everybody else it is as if it were not there.",
    otherwise: "Everybody",
  },
  start: {
    title: "Start runs",
    about: "And control those that they started.",
    otherwise: "Operators",
  },
  answer: {
    title: "Answer",
    about: "Its questions and approvals.",
    otherwise: "Operators, and whom a question names",
  },
  undo: {
    title: "Undo",
    about: "Undo runs, go back in them and change their input, whoever started them.",
    otherwise: "Operators, of the runs that they started",
  },
  agents: {
    title: "Let their agents approve",
    about:
      "Agents that work for them may approve what is of medium risk, those of admins as well. What is of high risk never.",
    otherwise: "Nobody",
  },
  use: {
    title: "Use it",
    about: "Choose it for a run. What it leads to and its secret are seen by admins only.",
    otherwise: "Everybody who may start a run",
  },
} as const satisfies Record<AccessAct, { title: string; about: string; otherwise: string }>;

const roleWords = [
  ["viewer", "Viewers"],
  ["operator", "Operators"],
] as const satisfies readonly (readonly [Role, string])[];

/** Who may do what with a workflow or a connection. Posts for each act itself as `these` or not, and who they are. */
export const AccessPage = ({ user, version, warning, kind, id, title, access, people }: AccessPageProps) => (
  <Frame
    title={`Who may use ${title}`}
    user={user}
    version={version}
    warning={warning ?? null}
    active={kind === "workflow" ? "home" : "connections"}
    explains="signIn"
    live
  >
    <p class="crumbs">
      {kind === "workflow" ? (
        <a href={routes.workflow.href({ id })}>{title}</a>
      ) : (
        <a href={routes.connections.href()}>Connections</a>
      )}{" "}
      / Who may use it
    </p>
    <h1>Who may use “{title}”</h1>
    <p class="lead">
      Admins may do everything. What is said here holds at once, also on pages that are open.
    </p>
    <form
      method="post"
      action={(kind === "workflow" ? routes.workflowAccess : routes.connectionAccess).href({ id })}
      class="ask"
    >
      {accessActs[kind].map((act) => (
        <ActFields act={act} allowed={access[act]} people={people} />
      ))}
      <div class="ask-buttons">
        <button type="submit" class="button-primary">
          Save
        </button>
      </div>
    </form>
  </Frame>
);

interface ActFieldsProps {
  act: AccessAct;
  allowed: Allowed | undefined;
  people: readonly Person[];
}

const ActFields = ({ act, allowed, people }: ActFieldsProps) => (
  <fieldset class="group">
    <legend>{acts[act].title}</legend>
    <small>{acts[act].about}</small>
    <label>
      <input type="radio" name={act} value="role" checked={allowed === undefined} />
      {acts[act].otherwise}
    </label>
    <label>
      <input type="radio" name={act} value={onlyThese} checked={allowed !== undefined} />
      Only these:
    </label>
    <div class="scroll-box tick-grid">
      {roleWords.map(([role, word]) => (
        <label>
          <input
            type="checkbox"
            name={rolesField(act)}
            value={role}
            checked={allowed?.roles.includes(role) === true}
          />
          {word}
        </label>
      ))}
      {people.map((person) => (
        <label>
          <input
            type="checkbox"
            name={peopleField(act)}
            value={person.id}
            checked={allowed?.people.includes(person.id) === true}
          />
          {person.name}
        </label>
      ))}
    </div>
  </fieldset>
);
