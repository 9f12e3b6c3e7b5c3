import { raw } from "hono/html";
import type { PropsWithChildren } from "hono/jsx";
import type { Role } from "#core/people.ts";
import { routes } from "#core/routes.ts";
import type { Room } from "#core/storage.ts";
import { Palette } from "./palette.tsx";
import { BrokenChannels } from "./parts/broken-channels.tsx";
import { Ago, DateTime } from "./parts/clock.tsx";
import { DocsLink, type Explained } from "./parts/docs-link.tsx";
import { Logo } from "./parts/icon.tsx";
import { LowRoom } from "./parts/low-room.tsx";
import type { Tone } from "./words.ts";

/** Who looks, and what they are here. */
export interface User {
  name: string;
  role: Role;
  /** How much room there is, where that is little. */
  low?: Room | undefined;
  /** The names of their channels that reach nobody. */
  broken?: readonly string[];
}

/** What every page needs: who looks, and the version of the static files. */
export interface PageProps {
  user: User | null;
  version: string;
  /** What whoever runs this server should put right; told at home and in the settings. */
  warning?: string | null;
}

export interface FrameProps extends PageProps {
  title: string;
  active: "home" | "runs" | "schedules" | "exports" | "apps" | "connections" | "settings" | null;
  /** What the page of the documentation behind its foot explains; without it, that of the place. */
  explains?: Explained;
  /** The state that the window's icon shows; none for a page that is of no run. */
  tone?: Tone;
  /** Without JavaScript the page comes anew after this many seconds. */
  refreshSeconds?: number;
  /** Address of a file that a browser without JavaScript fetches by itself. */
  handOver?: string;
  /** Another site that this page goes on to by itself. */
  goesOnTo?: string;
  /** It keeps itself fresh; all others say how old they are. */
  live?: boolean;
  /** The server's clock in milliseconds since 1970, so that the browser's clock need not be right. */
  now?: number;
}

/** Part of every window's title. */
export const windowTitle = (title: string): string => `${title} – Milepost`;

/** A whole page. No script and no style stands in it, so that the strictest content security policy may hold. */
export const Frame = (props: PropsWithChildren<FrameProps>) => (
  <>
    {raw("<!doctype html>")}
    <html lang="en" data-now={props.now}>
      <Head {...props} />
      <body>
        <a class="skip-link" href="#content">
          Skip to the content
        </a>
        <Header user={props.user} active={props.active} />
        <main class="container" id="content" tabindex={-1}>
          <div id="page-note" role="alert" />
          {typeof props.warning === "string" && <p class="note tone-bad">{props.warning}</p>}
          {props.user?.low !== undefined && (
            <LowRoom room={props.user.low} admin={props.user.role === "admin"} />
          )}
          {(props.user?.broken ?? []).length > 0 && <BrokenChannels names={props.user?.broken ?? []} />}
          {props.children}
        </main>
        {props.user !== null && <Palette />}
        <Footer
          user={props.user}
          explains={props.explains ?? props.active}
          asOf={props.live === true ? undefined : props.now}
        />
      </body>
    </html>
  </>
);

// Ignoring "open" lets a poll leave alone what a person opened or closed.
const htmxConfig = JSON.stringify({ morphIgnore: ["data-htmx-powered", "open"], includeIndicatorCSS: false });

/** A name that changes with the file, so that browsers may keep it for ever: "milepost.css" → "milepost.3fa9c1d2e0b7.css". */
export const versionedName = (name: string, version: string): string => name.replace(".", `.${version}.`);

/** The address of a file of /static. */
export const versioned = (name: string, version: string): string =>
  routes.staticFile.href({ name: versionedName(name, version) });

const Head = ({ title, version, tone, refreshSeconds, handOver, goesOnTo }: FrameProps) => (
  <head>
    <meta charset="utf-8" />
    <title>{windowTitle(title)}</title>
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta name="color-scheme" content="light dark" />
    <meta name="htmx-config" content={htmxConfig} />
    <link rel="stylesheet" href={versioned("milepost.css", version)} />
    {/* Before the first paint, so that nobody who chose dark sees a white flash; and after the style sheet, for which it waits. */}
    <script src={versioned("milepost.js", version)} />
    <link
      rel="icon"
      type="image/svg+xml"
      href={versioned(tone === undefined ? "icon.svg" : `icon-${tone}.svg`, version)}
    />
    <link rel="manifest" href={routes.manifest.href()} />
    <link rel="apple-touch-icon" href={routes.appIcon.href({ size: "180" })} />
    {goesOnTo !== undefined && <meta http-equiv="refresh" content={`0; url=${goesOnTo}`} />}
    {handOver !== undefined ? (
      <noscript>
        <meta http-equiv="refresh" content={`1; url=${handOver}`} />
      </noscript>
    ) : (
      refreshSeconds !== undefined && (
        <noscript>
          <meta http-equiv="refresh" content={String(refreshSeconds)} />
        </noscript>
      )
    )}
  </head>
);

/** The pages that all others hang below. */
export const placesOf = ({ role }: User) => [
  { id: "home", label: "Home", href: routes.home.href() },
  { id: "runs", label: "Runs", href: routes.runs.href() },
  { id: "schedules", label: "Schedules", href: routes.schedules.href() },
  { id: "exports", label: "Exports", href: routes.exports.href() },
  { id: "apps", label: "Apps", href: routes.apps.href() },
  ...(role === "admin" ? [{ id: "connections", label: "Connections", href: routes.connections.href() }] : []),
  { id: "settings", label: "Settings", href: routes.settings.href() },
];

const Header = ({ user, active }: Pick<FrameProps, "user" | "active">) => (
  <header class="site-header">
    <div class="container site-bar">
      <a href={routes.home.href()} class="brand">
        <Logo />
        Milepost
      </a>
      {user !== null && (
        <nav aria-label="Main" class="places">
          {placesOf(user).map((place) => (
            <a href={place.href} aria-current={place.id === active ? "page" : undefined}>
              {place.label}
            </a>
          ))}
        </nav>
      )}
      <div class="site-tools">
        {user !== null && (
          <a href={routes.find.href()} id="find" title="Find (Ctrl K)">
            Find
          </a>
        )}
        {user !== null && (
          <a href={routes.chat.href()} id="to-chat" title="Ask about runs, or say what to do with them (c)">
            Chat
          </a>
        )}
        <label class="theme-choice js-only">
          <span class="visually-hidden">Colours</span>
          <select id="theme-choice" autocomplete="off">
            <option value="auto">Auto</option>
            <option value="light">Light</option>
            <option value="dark">Dark</option>
          </select>
        </label>
        {user !== null && (
          <form method="post" action={routes.signOut.href()} class="post">
            <button type="submit" class="button-link" title={`Signed in as ${user.name}`}>
              Sign out
            </button>
          </form>
        )}
      </div>
    </div>
  </header>
);

interface FooterProps {
  user: User | null;
  explains: Explained | null;
  asOf: number | undefined;
}

const Footer = ({ user, explains, asOf }: FooterProps) => (
  <footer class="container site-footer">
    <span>Milepost shows what happened, nothing else.</span>
    {asOf !== undefined && (
      <span>
        This page is as of <DateTime at={asOf} />, <Ago at={asOf} now={asOf} />
      </span>
    )}
    <span>
      {explains === null ? <a href={routes.docs.href()}>Documentation</a> : <DocsLink of={explains} />}
    </span>
    {user !== null && (
      <span>
        <a href={routes.api.docs.href()}>API</a>
      </span>
    )}
  </footer>
);
