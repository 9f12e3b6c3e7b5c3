import { inFull } from "#core/route.ts";

/**
 * The name of the cookie that keeps a session, at each host. Where people come by https it begins so that browsers let no neighbouring host
 * plant one (RFC 6265bis, section 4.1.3), and one without that beginning is not looked at.
 */
export const sessionCookieAt =
  ({ sessionCookie, publicUrls }: { sessionCookie: string; publicUrls: readonly URL[] }) =>
  (host: string | undefined): string => {
    if (!isHttpsAt(host, publicUrls)) return sessionCookie;
    return inFull("/") === "/" ? `__Host-${sessionCookie}` : `__Secure-${sessionCookie}`;
  };

/**
 * Whether cookies are for https only: wherever people reach us by https, but at an address of plain http that is ours as well. Behind a
 * proxy this server itself is always reached by plain http.
 */
export const isHttpsAt = (host: string | undefined, publicUrls: readonly URL[]): boolean => {
  const asked = publicUrls.find((url) => url.host === host);
  return (asked ?? publicUrls[0])?.protocol === "https:";
};
