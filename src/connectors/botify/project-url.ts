import { AppError } from "#core/errors.ts";

export interface ProjectAddress {
  org: string;
  /** May hold dots: "mikelev.in". */
  project: string;
  /** The crawl that the page showed, if it showed one. */
  analysis: string | null;
}

const example = "https://app.botify.com/your-org/your-project/crawl";

/**
 * Reads any page address of Botify's app, or "org/project". With a `baseUrl` other than Botify's, that server's own addresses count too.
 * Throws AppError("bad-answer") with what is wrong.
 */
export const parseProjectUrl = (
  text: string,
  { baseUrl, field = "project" }: { baseUrl?: URL; field?: string } = {},
): ProjectAddress => {
  const wrong = (why: string) =>
    new AppError("bad-answer", `${why} Paste the address of any page of your project, such as ${example}`, {
      field,
    });
  const typed = text.trim();
  if (typed === "") throw wrong("The project is missing.");
  const short = /^([^/:?#\s]+)\/([^/:?#\s]+)\/?$/.exec(typed);
  if (short !== null && short[1]?.toLowerCase() !== "app.botify.com") {
    return { ...names([short[1] ?? "", short[2] ?? ""], wrong), analysis: null };
  }
  const url = readUrl(typed, wrong);
  const ownServer =
    baseUrl !== undefined && baseUrl.hostname !== "api.botify.com" && url.origin === baseUrl.origin;
  if (url.hostname === "api.botify.com")
    throw wrong("This is an address of Botify's API, not of a page in the app.");
  if (url.hostname !== "app.botify.com" && !ownServer)
    throw wrong(`This address leads to ${url.host}, not to app.botify.com.`);
  const analysis = url.searchParams.get("analysisSlug");
  return {
    ...names(
      url.pathname.split("/").filter((part) => part !== ""),
      wrong,
    ),
    analysis: analysis !== null && /^[\w.-]{1,100}$/.test(analysis) ? analysis : null,
  };
};

type Wrong = (why: string) => AppError;

const readUrl = (typed: string, wrong: Wrong): URL => {
  const whole = /^app\.botify\.com\//i.test(typed) ? `https://${typed}` : typed;
  const url = URL.canParse(whole) ? new URL(whole) : null;
  if (url === null || (url.protocol !== "https:" && url.protocol !== "http:"))
    throw wrong(`“${typed.slice(0, 100)}” is no web address.`);
  return url;
};

const names = ([org, project]: string[], wrong: Wrong): { org: string; project: string } => {
  if (org === undefined || project === undefined)
    throw wrong("The address names no project: after the host it needs an organisation and a project.");
  return { org: slug(org, wrong), project: slug(project, wrong) };
};

const slug = (part: string, wrong: Wrong): string => {
  if (!/^[\w~-][\w.~-]{0,199}$/.test(part))
    throw wrong(`“${part.slice(0, 100)}” is no name of an organisation or project.`);
  return part;
};
