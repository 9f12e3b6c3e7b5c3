import type { Child } from "hono/jsx";
import type { Person, Role } from "#core/people.ts";
import { sharedRun } from "#core/shared-run.ts";
import type { Share } from "#core/shares.ts";
import { AccessPage } from "#views/access.tsx";
import { DeleteRunsPage } from "#views/delete-runs.tsx";
import { PeoplePage } from "#views/people.tsx";
import { reportOf } from "#views/report.ts";
import { ReportPage } from "#views/report-page.tsx";
import { SharedPage } from "#views/shared.tsx";
import { NewSharePage } from "#views/shares.tsx";
import { pictures } from "./samples/pictures.ts";
import { long, now } from "./samples/steps.ts";
import { viewer } from "./samples/viewer.ts";

const person = (id: string, name: string, role: Role, more: Partial<Person> = {}): Person => ({
  id,
  name,
  email: null,
  role,
  roleBefore: null,
  createdAt: now - 9e8,
  joinedAt: now - 8e8,
  ...more,
});

const peopleWith = (text: string): Person[] => [
  person("owner", "Owner", "admin"),
  person("p1", "Ada Lovelace", "operator", { email: "ada@example.org", roleBefore: "viewer" }),
  person("p2", text, "viewer", { email: text, joinedAt: null }),
  person("p3", "x".repeat(60), "admin"),
];

/** The pages of who may see and do what, and of what others are shown, with a text of people wherever people write one. */
export const sharingPages = (text: string): Record<string, Child> => {
  const people = peopleWith(text);
  const share: Share = {
    id: "s1",
    runId: "r1",
    madeBy: text,
    personId: "p1",
    createdAt: now - 9e7,
    expiresAt: now + 9e7,
    openedAt: null,
    files: true,
  };
  const shared = (picture: keyof typeof pictures) => (
    <SharedPage
      picture={sharedRun(pictures[picture], (text) => text)}
      input={[
        { label: "project", value: text },
        { label: "address", value: long },
      ]}
      live="/shared/secret/live?v=1"
      file={picture === "completed" ? "/shared/secret/file" : null}
      expiresAt={now + 9e7}
      version={viewer.version}
      now={now}
    />
  );
  const report = (
    <ReportPage
      runId="r1"
      version={viewer.version}
      sections={reportOf({
        picture: pictures.completed,
        values: { project: text, address: long, columns: ["url", "title", text] },
        decided: [
          {
            title: "Is this right?",
            decisions: [{ by: text, personId: "p1", at: now - 9_000, channel: "page", comment: text }],
          },
        ],
        version: "0.2.0",
        now,
      })}
    />
  );
  const peoplePage = (more: object = {}) => (
    <PeoplePage {...viewer} people={people} mine="owner" provider="Keycloak" now={now} {...more} />
  );
  return {
    "access-workflow": (
      <AccessPage
        {...viewer}
        kind="workflow"
        id="nightly"
        title={text}
        access={{ see: { roles: ["operator"], people: ["p1"] }, start: { roles: [], people: ["p2"] } }}
        people={people.filter(({ role }) => role !== "admin")}
      />
    ),
    "access-connection": (
      <AccessPage {...viewer} kind="connection" id="c1" title={text} access={{}} people={[]} />
    ),
    "shared-running": shared("running"),
    "shared-asking": shared("asking"),
    "shared-completed": shared("completed"),
    "share-made": (
      <NewSharePage
        {...viewer}
        link="https://milepost.example.org/shared/9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
        share={share}
        title={text}
      />
    ),
    report,
    people: peoplePage({
      invited: { person: people[1], link: "https://milepost.example.org/sign-in?token=a-secret" },
    }),
    "people-wrong": peoplePage({
      provider: null,
      error: { message: `Somebody is called “${text}” already.`, field: "name" },
      typed: { name: text, role: "viewer" },
    }),
    "runs-deleted": <DeleteRunsPage {...viewer} done={{ deleted: 3, files: 1, refused: [text] }} now={now} />,
  };
};
