import { routes } from "#core/routes.ts";
import { type Operation, operationsOf, type Part } from "./api/read-openapi.ts";
import { Frame, type PageProps } from "./frame.tsx";

/** The OpenAPI document for people to read. What it lacks is left out; nothing here can throw. */
export const ApiDocsPage = ({ user, version, doc }: PageProps & { doc: unknown }) => {
  const { title, about, operations } = operationsOf(doc);
  return (
    <Frame title="API" user={user} version={version} active={null} explains="api">
      <h1>{title}</h1>
      {about !== null && <p class="lead">{about}</p>}
      <p>
        Send <code>Authorization: Bearer …</code> with a token from the{" "}
        <a href={routes.settings.href()}>settings</a>. Errors are{" "}
        <code>{'{"error":{"code","message"}}'}</code>. For programs:{" "}
        <a href={routes.api.openApi.href()}>openapi.json</a>.
      </p>
      <div class="api">
        {operations.map((operation) => (
          <OperationPart operation={operation} />
        ))}
      </div>
    </Frame>
  );
};

const OperationPart = ({ operation }: { operation: Operation }) => (
  <details class="panel operation" id={operation.id}>
    <summary>
      <span class={`method method-${operation.method}`}>{operation.method.toUpperCase()}</span>
      <code class="path">{operation.path}</code>
      <span class="operation-summary">{operation.summary}</span>
    </summary>
    {operation.about !== null && <p>{operation.about}</p>}
    {operation.parameters.length > 0 && (
      <section
        class="scroll-box"
        tabindex={0}
        aria-label={`Parameters of ${operation.method} ${operation.path}`}
      >
        <table>
          <thead>
            <tr>
              <th scope="col">Parameter</th>
              <th scope="col">In</th>
              <th scope="col">What</th>
            </tr>
          </thead>
          <tbody>
            {operation.parameters.map((parameter) => (
              <tr>
                <td>
                  <code>{parameter.name}</code>
                  {parameter.required && " (required)"}
                </td>
                <td>{parameter.place}</td>
                <td>{parameter.about}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    )}
    {operation.body !== null && <BodyPart part={operation.body} />}
    {operation.answers.map((answer) => (
      <BodyPart part={answer} />
    ))}
  </details>
);

const BodyPart = ({ part }: { part: Part }) => (
  <div class="answer">
    <p>
      <strong>{part.title}</strong> {part.about}
    </p>
    {part.shape !== null && <pre tabindex={0}>{part.shape}</pre>}
  </div>
);
