import type { AuthoredFile, Fault } from "#core/authored.ts";
import { plural } from "#core/plural.ts";
import { routes } from "#core/routes.ts";
import { Frame, type PageProps } from "./frame.tsx";
import { Ago, DateTime } from "./parts/clock.tsx";
import { Empty } from "./parts/empty.tsx";
import { Notice } from "./parts/notice.tsx";

interface Version {
  code: string;
  since: number;
  underWay: number;
}

interface WorkflowFilesProps extends PageProps {
  folder: string;
  fault: { sentence: string; since: number } | null;
  files: readonly (Omit<AuthoredFile, "version"> & {
    version: Version | null;
    earlier: readonly Version[];
  })[];
  builtIn: readonly { id: string; title: string; about: string }[];
  now: number;
}

type File = WorkflowFilesProps["files"][number];

/** All workflows: people's own by their files, with what is wrong with them, and those that Milepost brings along. */
export const WorkflowFilesPage = ({ folder, fault, files, builtIn, now, ...page }: WorkflowFilesProps) => (
  <Frame {...page} title="Workflows" active="home" explains="workflows" now={now} refreshSeconds={10}>
    <h1>Workflows</h1>
    {page.user?.role === "admin" && (
      <p>
        <a href={routes.scripts.href()}>Scripts</a> are workflows too: they are written and saved here.
      </p>
    )}
    {fault !== null && (
      <Notice tone="bad" title="Your folder is not read" id="folder-fault">
        <p>{fault.sentence}</p>
      </Notice>
    )}
    <section aria-labelledby="own-title">
      <h2 id="own-title">Your own</h2>
      {files.length === 0 ? (
        <Empty title="There is none yet.">
          <p>
            A file in <code>{folder}</code> is a workflow, from the moment when it is saved. On the server,{" "}
            <code>milepost init</code> makes that folder, with an example.
          </p>
        </Empty>
      ) : (
        <>
          <p>
            They lie in <code>{folder}</code>; what is saved there is in use a moment later.
          </p>
          {files.map((file) => (
            <FileItem file={file} isAdmin={page.user?.role === "admin"} now={now} />
          ))}
        </>
      )}
    </section>
    <section aria-labelledby="brought-title">
      <h2 id="brought-title">Brought along</h2>
      <ul>
        {builtIn.map(({ id, title, about }) => (
          <li>
            <a href={routes.workflow.href({ id })}>{title}</a>: {about}
          </li>
        ))}
      </ul>
    </section>
  </Frame>
);

const FileItem = ({ file, isAdmin, now }: { file: File; isAdmin: boolean; now: number }) => (
  <article class="panel workflow-file" id={`file-${file.file}`}>
    <h3>
      {file.workflow === null ? (
        file.file
      ) : (
        <a href={routes.workflow.href({ id: file.workflow.id })}>{file.workflow.title}</a>
      )}
    </h3>
    <p>
      {isAdmin ? (
        <a href={routes.workflowFile.href({ file: file.file })}>
          <code>{file.file}</code>
        </a>
      ) : (
        <code>{file.file}</code>
      )}
      {file.version === null ? (
        <> · no version of it could be used yet</>
      ) : (
        <>
          {" "}
          · <VersionWords version={file.version} now={now} />
        </>
      )}
    </p>
    {file.fault !== null && <FaultNotice file={file} fault={file.fault} now={now} />}
    {file.warnings.map((warning) => (
      <p class="note tone-attention">
        <PlaceWords {...warning} /> {warning.sentence}
      </p>
    ))}
    {file.earlier.length > 0 && (
      <ul>
        {file.earlier.map((version) => (
          <li>
            Earlier: <VersionWords version={version} now={now} />
          </li>
        ))}
      </ul>
    )}
  </article>
);

const VersionWords = ({ version, now }: { version: Version; now: number }) => (
  <>
    version <code>{version.code.slice(0, 7)}</code>, since <Ago at={version.since} now={now} />
    {version.underWay > 0 && `, ${plural(version.underWay, "run")} under way`}
  </>
);

/** Why a file as it is now is not used, and what is used in its place. */
export const FaultNotice = ({
  file,
  fault,
  now,
}: {
  file: { file: string; version: { since: number } | null };
  fault: Fault & { since: number };
  now: number;
}) => (
  <Notice tone="bad" title={`${file.file} as it is now cannot be used`} id={`fault-${file.file}`}>
    <p>
      <PlaceWords {...fault} /> {fault.sentence} Since <Ago at={fault.since} now={now} />.
    </p>
    <p>
      {file.version === null ? (
        "No run of it can be started."
      ) : (
        <>
          Runs begin with the last version that could be used, that of <DateTime at={file.version.since} />.
        </>
      )}
    </p>
  </Notice>
);

const PlaceWords = ({ file, line }: Fault) => (
  <code>
    {file}
    {line !== null && `:${line}`}
  </code>
);

interface WorkflowFileProps extends PageProps {
  file: string;
  text: string;
  fault: (Fault & { since: number }) | null;
}

/** The text of a file, with its lines numbered. */
export const WorkflowFilePage = ({ file, text, fault, ...page }: WorkflowFileProps) => (
  <Frame {...page} title={file} active="home" explains="workflows">
    <p class="crumbs">
      <a href={routes.workflows.href()}>Workflows</a> / {file}
    </p>
    <h1>{file}</h1>
    {fault !== null && (
      <p class="note tone-bad">
        <PlaceWords {...fault} /> {fault.sentence}
      </p>
    )}
    <pre class="source" tabindex={0}>
      {text
        .replace(/\n$/, "")
        .split("\n")
        .map((line, index, all) => `${String(index + 1).padStart(String(all.length).length)}  ${line}\n`)
        .join("")}
    </pre>
  </Frame>
);
