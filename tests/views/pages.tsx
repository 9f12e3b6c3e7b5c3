import type { Child } from "hono/jsx";
import encodeQR from "qr";
import type { RunPlan } from "#core/plan.ts";
import { keepsAll } from "#core/retention.ts";
import { everything } from "#core/rights.ts";
import { type RunState, runStates } from "#core/states.ts";
import { AnotherDevicePage } from "#views/another-device.tsx";
import { ApiDocsPage } from "#views/api-docs.tsx";
import { AppsPage } from "#views/apps.tsx";
import { BotsPage } from "#views/bots.tsx";
import { ChatPage } from "#views/chat.tsx";
import { ConnectionFormPage, ConnectionsPage } from "#views/connections.tsx";
import { DeleteRunsPage } from "#views/delete-runs.tsx";
import { DocsPage } from "#views/docs.tsx";
import { DurationsPage } from "#views/durations.tsx";
import { ErrorPage } from "#views/error.tsx";
import { ExportsPage } from "#views/exports.tsx";
import { FindPage } from "#views/find.tsx";
import { HistoryPage } from "#views/history.tsx";
import { HomePage } from "#views/home.tsx";
import { InputPage } from "#views/input.tsx";
import { LinkAccountPage } from "#views/link-account.tsx";
import { LogPage } from "#views/log.tsx";
import { NodesPage } from "#views/nodes.tsx";
import { RunPage } from "#views/run.tsx";
import { RunsPage } from "#views/runs.tsx";
import { SettingsPage } from "#views/settings.tsx";
import { SignInPage } from "#views/sign-in.tsx";
import { CleaningPage } from "#views/storage/cleaning.tsx";
import { StoragePage } from "#views/storage.tsx";
import { WorkflowPage } from "#views/workflow.tsx";
import { readPage } from "#web/docs/read-page.ts";
import { notificationPages } from "./notification-pages.tsx";
import { nodeSeen } from "./samples/bots.ts";
import { durations } from "./samples/durations.ts";
import { events } from "./samples/events.ts";
import { everyField } from "./samples/form.ts";
import { kept } from "./samples/kept.ts";
import { connections, summary } from "./samples/lists.ts";
import { doc } from "./samples/openapi.ts";
import { passkey } from "./samples/passkey.ts";
import { pictures } from "./samples/pictures.ts";
import { exportRow } from "./samples/run.ts";
import { evil, now } from "./samples/steps.ts";
import { triggersWith } from "./samples/triggers.ts";
import { viewer } from "./samples/viewer.ts";
import { schedulePages } from "./schedule-pages.tsx";
import { sharingPages } from "./sharing-pages.tsx";
import { statics } from "./statics.ts";
import { workflowFilePages } from "./workflow-file-pages.tsx";

const nothing = { title: "", html: "", parts: [] };
const contents = (await readPage("")) ?? nothing;
const aPage = (await readPage("build/following-a-run")) ?? nothing;

const workflows = [
  {
    id: "botify-export",
    title: "Export URLs from Botify",
    about: "Saves all URLs of a crawl with the columns that you choose as a CSV file.",
  },
  {
    id: "create-bot",
    title: "Create a bot",
    about: "Sets a bot up on one of your servers, in 16 steps, and shows each of them.",
  },
];

const workflow = {
  ...(workflows[0] ?? { id: "", title: "", about: "" }),
  steps: pictures.waiting.steps.map(({ id, title, kind }) => ({ id, title, kind })),
};

const room = { freeBytes: 9e8, totalBytes: 1e12, leastBytes: 2e8 };
const ofEach = { database: 9e8, exports: 3e9, logs: 1_234, apps: 0, crawls: 5e6, copies: 7e7, other: 33 };
const cleaning = {
  id: 1,
  at: now - 9e7,
  by: evil,
  endedAt: now - 8e7,
  removed: [{ workflowId: evil, runs: 214, logs: 3, exports: 2, bytes: 1e6 }],
  files: 2,
  fileBytes: 12_345,
  freedBytes: 4e7,
  problem: evil,
};

const plan: RunPlan = {
  workflowId: "create-bot",
  title: "Create a bot",
  subject: "node1 / mybot",
  takes: { p10Ms: 60_000, p50Ms: 80_000, p90Ms: 150_000, runs: 9, because: null },
  steps: [
    {
      id: "ssh",
      number: 1,
      kind: "do",
      title: "SSH connection check",
      lines: [{ kind: "command", text: "openclaw --version" }],
      skip: null,
      unknown: null,
      undoable: false,
      readsOnly: true,
      takes: { p10Ms: 200, p50Ms: 400, p90Ms: 900 },
    },
    {
      id: "home",
      number: 2,
      kind: "do",
      title: "Home directory creation",
      lines: [
        { kind: "words", text: `Makes the folder, readable by you only. ${evil}` },
        { kind: "command", text: `mkdir -m 700 '/home/ada/.openclaw/workspace-${"x".repeat(90)}'` },
      ],
      skip: null,
      unknown: null,
      undoable: true,
      readsOnly: false,
      takes: { p10Ms: 40_000, p50Ms: 50_000, p90Ms: 80_000 },
    },
    {
      id: "link",
      number: 3,
      kind: "do",
      title: "auth-profiles.json symlink creation",
      lines: [],
      skip: "OpenClaw 2026.9.6 shares credentials by itself.",
      unknown: null,
      undoable: true,
      readsOnly: false,
      takes: null,
    },
    {
      id: "restart",
      number: 4,
      kind: "wait",
      title: "Gateway restart",
      lines: [],
      skip: null,
      unknown: "As things are it would fail: the gateway does not answer.",
      undoable: false,
      readsOnly: false,
      takes: null,
    },
  ],
};

const kinds = [
  {
    kind: "botify",
    title: "Botify",
    about: "Reads crawls and exports of a Botify account.",
    fields: [
      {
        name: "url",
        label: "API address",
        preset: "https://api.botify.com/v1",
        required: true,
        secret: false,
      },
      { name: "token", label: "Token", help: "From app.botify.com/account.", required: true, secret: true },
    ],
  },
  {
    kind: "ssh",
    title: "SSH host",
    about: "Runs commands on a server of yours.",
    fields: [
      { name: "host", label: "Host", placeholder: "node1.lan", required: true, secret: false },
      { name: "key", label: "Private key", required: false, secret: true, multiline: true },
    ],
  },
];

const counts = Object.fromEntries(runStates.map((state) => [state, 3])) as Record<RunState, number>;

const run = (name: keyof typeof pictures, more: object = {}) => (
  <RunPage {...viewer} picture={pictures[name]} now={now} handOver={false} seen="" {...more} />
);

/** A word in each colour and style that a program may write in. */
const everyColour = [2, 30, 31, 32, 33, 34, 35, 36, 37, 90, 97]
  .map((code) => `\u001b[${code}mcolour ${code}\u001b[0m `)
  .join("");

/** Every page in every state, by name. */
export const pages: Readonly<Record<string, Child>> = {
  home: (
    <HomePage
      {...viewer}
      kept={kept}
      workflows={workflows}
      refused={[
        { name: "nightly-report", sentence: `Step “send”: “${evil}” is no key of the input.` },
        { name: "unfinished", sentence: "workflow.ts must export (host) => workflow(…) as its default." },
      ]}
      running={[
        summary("running"),
        summary("waiting", { title: "Create a bot", subject: `node1 / ${evil}`, percent: 7 }),
        summary("queued"),
      ]}
      needsYou={[summary("asking", { now: "Step 4 of 8: Which columns?" })]}
      recent={[
        summary("completed"),
        summary("failed"),
        summary("cancelled"),
        summary("failed", { id: "run-rolled-back", undoneAt: now - 50_000 }),
      ]}
      now={now}
    />
  ),
  chat: (
    <ChatPage
      {...viewer}
      lines={[
        { at: now - 9_000, by: "person", text: `How's my ${evil} task going?` },
        {
          at: now - 9_000,
          by: "milepost",
          lines: [
            `“Generate an app: ${evil}” (#4) is 65 % complete.`,
            "✓ Customer list",
            "⏳ Sales form (in progress)",
          ],
          link: { label: "Open the run", href: "/runs/run-running" },
          buttons: [
            { label: "Pause", says: "pause #run-running" },
            { label: "Cancel", says: "cancel #run-running" },
          ],
          live: "run-running",
        },
      ]}
      seen="1"
      now={now}
    />
  ),
  "home-empty": (
    <HomePage
      {...viewer}
      kept={[]}
      workflows={workflows}
      refused={[]}
      running={[]}
      needsYou={[]}
      recent={[]}
      now={now}
    />
  ),
  workflow: (
    <WorkflowPage
      titleOf={(id) => id}
      triggers={Object.values(triggersWith(evil))}
      shown="w1"
      kept={kept}
      {...viewer}
      workflow={workflow}
      form={{ submit: "Start", fields: everyField.fields.slice(0, 3) }}
      recent={[summary("completed")]}
      usual={durations}
      now={now}
    />
  ),
  "workflow-held": (
    <WorkflowPage
      titleOf={(id) => id}
      triggers={[]}
      shown="w1"
      kept={kept}
      {...viewer}
      workflow={workflow}
      form={{ submit: "Start", fields: everyField.fields.slice(1, 2) }}
      values={{ project: evil }}
      error={{ message: "Another run already works on node1/mybot.", field: "project", runId: "r7" }}
      recent={[]}
      usual={{ next: null, steps: [] }}
      now={now}
    />
  ),
  "workflow-planned": (
    <WorkflowPage
      titleOf={(id) => id}
      triggers={[]}
      shown="w1"
      kept={kept}
      {...viewer}
      workflow={{ ...workflow, steps: workflow.steps.map((step) => ({ ...step, plan: true })) }}
      form={{ submit: "Start", fields: everyField.fields.slice(0, 1) }}
      mode="supervised"
      plan={plan}
      recent={[]}
      usual={durations}
      now={now}
    />
  ),
  durations: <DurationsPage {...viewer} durations={durations} now={now} />,
  nodes: (
    <NodesPage
      {...viewer}
      own="milepost-worker/312970/339fd1"
      now={now}
      nodes={["web", "worker", "worker", "all"].map((role, index) => ({
        ...{ name: `milepost-worker/31297${index}/339fd1`, role, version: "0.2.0", since: now - 5_000_000 },
        ...{ silentMs: index * 4_000, runs: index, isDraining: index === 1 },
      }))}
    />
  ),
  "durations-none": (
    <DurationsPage {...viewer} durations={{ ...durations, runs: [], steps: [], accuracy: [] }} now={now} />
  ),
  input: (
    <InputPage
      {...viewer}
      run={pictures.waiting}
      form={{ submit: "Start", fields: everyField.fields.slice(0, 2) }}
      preview={{
        changed: ["token"],
        invalid: [
          { title: `Telegram binding ${evil}`, undone: true },
          { title: "Gateway restart", undone: false },
        ],
      }}
      now={now}
    />
  ),
  ...Object.fromEntries(
    (Object.keys(pictures) as (keyof typeof pictures)[]).map((name) => [`run-${name}`, run(name)]),
  ),
  "run-hand-over": run("completed", { handOver: true }),
  "run-wrong-answer": run("asking", {
    error: { message: "There is no such project; check the address.", field: "project" },
  }),
  "run-wrong-choice": run("asking", {
    error: { message: "This crawl is gone; choose another one.", field: "analysis" },
  }),
  runs: (
    <RunsPage
      kept={kept}
      mayStart
      shown="w1"
      {...viewer}
      rows={[
        ...runStates.map((state) => summary(state)),
        summary("failed", { id: "run-rolled-back", undoneAt: now - 50_000 }),
        summary("undoing", { id: "run-rolling-back", error: "It was refused.", ended: { state: "failed" } }),
      ]}
      next="x"
      filter={{
        search: evil,
        state: "failed",
        workflowId: "",
        period: "",
        from: "2026-11-01",
        to: "",
        zone: "60",
        after: "y",
      }}
      told={{ cancelled: 2, refused: [`Export #3: ${evil}`] }}
      workflows={workflows}
      counts={counts}
      now={now}
    />
  ),
  find: (
    <FindPage
      {...viewer}
      words={evil}
      found={[
        { kind: "press", href: "/kept/k1/start", name: `Start “${evil}”`, about: evil },
        { kind: "lead", href: "/runs/r1", name: "Export #12", about: evil },
      ]}
    />
  ),
  "runs-none": (
    <RunsPage
      kept={kept}
      mayStart={false}
      shown="w1"
      {...viewer}
      rows={[]}
      next={null}
      filter={{ search: "", state: "", workflowId: "", period: "week", from: "", to: "", zone: "" }}
      workflows={workflows}
      counts={counts}
      now={now}
    />
  ),
  apps: (
    <AppsPage
      {...viewer}
      after=""
      next="repair-shop"
      damaged={[]}
      apps={[
        {
          slug: "repair-shop",
          title: evil,
          tables: [
            { title: "Customers", rows: 12 },
            { title: evil, rows: 1 },
          ],
          createdAt: now - 90_000,
        },
      ]}
      makerId="generate-app"
      may={{ change: true, delete: true }}
      removed={[]}
      now={now}
    />
  ),
  "no-apps": (
    <AppsPage
      {...viewer}
      damaged={[]}
      apps={[]}
      after=""
      next={null}
      makerId={null}
      may={{ change: false, delete: false }}
      removed={[{ slug: "old", title: "Old shop", removedAt: now - 3_600_000 }]}
      now={now}
    />
  ),
  exports: (
    <ExportsPage
      shown="w1"
      {...viewer}
      rows={[
        exportRow(),
        exportRow({
          id: "e2",
          status: "processing",
          remoteStatus: "PROCESSING",
          fileName: null,
          sizeBytes: null,
          rows: null,
          readyAt: null,
        }),
        exportRow({
          id: "e3",
          status: "failed",
          error: "The job failed: field metadata.h9 does not exist.",
          fileName: null,
          sizeBytes: null,
          rows: null,
        }),
        exportRow({ id: "e4", status: "deleted", title: evil }),
      ].map((row) => ({ row, may: { open: true, anew: true, delete: true } }))}
      kept={kept}
      mayKeep
      next={null}
      filter={{ search: "", state: "" }}
      now={now}
    />
  ),
  connections: (
    <ConnectionsPage
      {...viewer}
      connections={connections}
      kinds={kinds}
      now={now}
      notice="The connection was added."
    />
  ),
  bots: (
    <BotsPage
      {...viewer}
      id="c1"
      name="node1"
      now={now}
      look={{
        since: now - 3_000,
        failed: { sentence: "node1 did not answer in time.", at: now - 60_000 },
        seen: { ...nodeSeen, at: now - 120_000 },
      }}
    />
  ),
  "connection-form": (
    <ConnectionFormPage
      {...viewer}
      kind={kinds[0] ?? { kind: "", title: "", about: "", fields: [] }}
      error={{ message: "The token was refused.", field: "token" }}
      name="Botify"
    />
  ),
  storage: (
    <StoragePage
      {...viewer}
      user={{ ...viewer.user, low: room }}
      use={{
        at: now - 40_000,
        bytes: ofEach,
        files: { ...ofEach, database: 3, exports: 12, logs: 1, crawls: 5, copies: 7 },
      }}
      room={room}
      space={{ bytes: 9e8, unusedBytes: 4e8, givesBack: false }}
      retention={{
        hour: 3,
        usual: { days: 30, runs: null, logDays: 7, exports: true },
        workflows: { "create-bot": keepsAll },
        saidAt: 0,
      }}
      workflows={workflows}
      cleanings={[{ ...cleaning, id: 2, endedAt: null, removed: [], files: 0, fileBytes: 0 }, cleaning]}
      nextAt={now + 8e6}
      error={{
        message: "The days of runs must be a number from 1 to 99,999, or empty for no rule.",
        field: "days",
      }}
      now={now}
    />
  ),
  "storage-cleaning": (
    <CleaningPage
      {...viewer}
      plan={{
        workflows: [{ workflowId: "botify-export", runs: 214, logs: 3, exports: 12, bytes: 3.1e9 }],
        files: 30,
        fileBytes: 12_345,
        fileNames: [`exports/${evil}`, `exports/${"x".repeat(200)}.csv`],
      }}
      workflows={workflows}
      now={now}
    />
  ),
  "delete-runs": (
    <DeleteRunsPage
      {...viewer}
      asked={{
        going: [
          { id: "run-1", name: evil, subject: evil, steps: [] },
          { id: "run-2", name: "Export #12", subject: "x".repeat(120), steps: [] },
        ],
        files: 2,
        refused: [`${evil}: This run is finalized, so it is read-only. Unlock it first.`],
      }}
      now={now}
    />
  ),
  settings: (
    <SettingsPage
      runs="0.2.0"
      {...viewer}
      sessions={[
        {
          id: "s1",
          personId: "owner",
          personName: "Owner",
          isNamedHere: true,
          role: "admin",
          userName: "Owner",
          tokenId: null,
          passkeyId: passkey.id,
          device: "Firefox on Linux",
          place: "127.0.0.1",
          scope: everything,
          createdAt: now - 9e8,
          lastSeenAt: now - 60_000,
          expiresAt: now + 9e8,
        },
        {
          id: "s2",
          personId: "owner",
          personName: "Owner",
          isNamedHere: true,
          role: "admin",
          userName: evil,
          tokenId: "t1",
          passkeyId: null,
          device: evil,
          place: "2001:db8:1:2::/64",
          scope: everything,
          createdAt: now - 9e8,
          lastSeenAt: now - 9e7,
          expiresAt: now + 9e8,
        },
      ]}
      thisSession="s1"
      passkeys={[passkey, { ...passkey, id: "k2", name: evil, host: "localhost", lastUsedAt: null }]}
      addsPasskey={{ as: "Firefox on Linux", hinders: null }}
      shares={[]}
      hasPresetToken
      tokens={[
        {
          id: "t1",
          name: evil,
          scope: everything,
          expiresAt: null,
          personId: "owner",
          personName: "Owner",
          isNamedHere: true,
          role: "admin",
          madeBy: "Ada",
          madeByToken: null,
          createdAt: now - 9e8,
          lastUsedAt: now - 60_000,
        },
      ]}
      newToken={{
        name: "nightly",
        secret: "mp_9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
      }}
      workflows={[{ id: "colours", title: evil }]}
      people={[
        {
          id: "owner",
          name: "Owner",
          email: null,
          role: "admin",
          roleBefore: null,
          createdAt: 1,
          joinedAt: 1,
        },
      ]}
      audits={[
        {
          seq: 1,
          at: now,
          by: { kind: "token", id: "t1", name: evil },
          did: evil,
          target: evil,
          hash: evil,
        },
      ]}
      now={now}
    />
  ),
  "sign-in": (
    <SignInPage
      ways={{ passkeys: true, provider: "Keycloak" }}
      version={statics.version}
      link={null}
      error="This link was used already or is too old. Start the server again for a new one."
    />
  ),
  "sign-in-link": (
    <SignInPage
      version={statics.version}
      ways={{ passkeys: true, provider: "Keycloak" }}
      link="a-secret"
      error={null}
    />
  ),
  "link-account": (
    <LinkAccountPage
      {...viewer}
      kind="telegram"
      title="Telegram"
      bots={[{ connectionId: "c1", name: evil, deaf: evil }]}
      pending={null}
    />
  ),
  "link-account-code": (
    <LinkAccountPage
      {...viewer}
      kind="telegram"
      title="Telegram"
      bots={[]}
      pending={{ code: "ABCD-2345", invite: "https://t.me/bot?start=ABCD2345", account: null }}
    />
  ),
  "link-account-written": (
    <LinkAccountPage
      {...viewer}
      kind="telegram"
      title="Telegram"
      bots={[]}
      pending={{ code: "ABCD-2345", invite: null, account: { id: "42", name: evil } }}
    />
  ),
  "another-device": (
    <AnotherDevicePage
      {...viewer}
      link="http://nas.local:3000/sign-in?token=a-secret"
      picture={encodeQR("http://nas.local:3000/sign-in?token=a-secret", "svg")}
      isOnlyHere
    />
  ),
  history: <HistoryPage {...viewer} picture={pictures.waiting} events={events} now={now} />,
  log: (
    <LogPage
      {...viewer}
      picture={pictures.waiting}
      filter={{ search: evil, step: "", line: null }}
      lines={pictures.waiting.log.map((line) => ({ ...line, text: `${everyColour}${line.text}` }))}
      found={1_234}
      now={now}
    />
  ),
  ...schedulePages(evil),
  ...sharingPages(evil),
  ...notificationPages(evil),
  ...workflowFilePages(evil),
  "api-docs": <ApiDocsPage {...viewer} doc={doc} />,
  "docs-contents": <DocsPage {...viewer} page={contents} contents={null} />,
  "docs-page": <DocsPage {...viewer} page={aPage} contents={contents.html} />,
  error: <ErrorPage {...viewer} status={404} message={`There is no run “${evil}”.`} detail={evil} />,
};
