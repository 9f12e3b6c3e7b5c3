import { Frame, type PageProps } from "./frame.tsx";

interface EnterAppProps extends PageProps {
  /** Of the app. */
  title: string;
  /** Where the form leads: the app's own origin. */
  action: string;
  code: string;
  /** The page of the app that was wanted. */
  to: string;
}

/** One press between Milepost and an app that has a host name of its own. */
export const EnterAppPage = ({ title, action, code, to, ...page }: EnterAppProps) => (
  <Frame {...page} title={title} active="apps">
    <h1>{title}</h1>
    <p>
      This app has an address of its own: {new URL(action).host}. Open it there, as you are signed in here.
    </p>
    <form method="post" action={action}>
      <input type="hidden" name="code" value={code} />
      <input type="hidden" name="to" value={to} />
      <button type="submit" autofocus>
        Open {title}
      </button>
    </form>
  </Frame>
);
