import { routes } from "#core/routes.ts";
import { Frame, type PageProps } from "./frame.tsx";

export const ErrorPage = ({
  user,
  version,
  status,
  message,
  detail,
  back = null,
}: PageProps & {
  status: number;
  message: string;
  detail?: string;
  /** The page on which the button was pressed. */
  back?: string | null;
}) => (
  <Frame title={titleOf(status)} user={user} version={version} active={null} explains="refused">
    <div class="panel narrow">
      <p class="crumbs">Error {status}</p>
      <h1>{titleOf(status)}</h1>
      <p hx-ignore>{message}</p>
      {detail !== undefined && (
        <pre tabindex={0} hx-ignore>
          {detail}
        </pre>
      )}
      <p>
        {back !== null && (
          <>
            <a href={back}>Back to where you were</a>
            {" · "}
          </>
        )}
        <a href={routes.home.href()}>Home</a>
      </p>
    </div>
  </Frame>
);

const titleOf = (status: number): string => {
  if (status === 404) return "Not found";
  if (status === 401 || status === 403) return "Not allowed";
  return status >= 500 ? "Something went wrong" : "That did not work";
};

/** The fragment that answers a refused htmx request; it stands in #page-note until the next one. */
export const ErrorNote = ({ message }: { message: string }) => (
  <p class="note tone-bad" hx-ignore>
    {message}
  </p>
);
