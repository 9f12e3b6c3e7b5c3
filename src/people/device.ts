/** From where somebody signed in, as far as it can be known. */
export interface Whence {
  /** "Firefox on Linux" */
  device: string;
  /** The address that the connection came from, of a proxy if there is one. */
  place: string;
}

/** In this order, because most browsers claim to be the ones below them, too. */
const browsers: readonly [RegExp, string][] = [
  [/\bEdg(?:e|A|iOS)?\//, "Edge"],
  [/\b(?:OPR|Opera)\//, "Opera"],
  [/\bSamsungBrowser\//, "Samsung Internet"],
  [/\b(?:Firefox|FxiOS)\//, "Firefox"],
  [/\b(?:Chrome|Chromium|CriOS)\//, "Chrome"],
  [/\bVersion\/.*\bSafari\//, "Safari"],
  [/^curl\//, "curl"],
];
const systems: readonly [RegExp, string][] = [
  [/\biPhone\b/, "iPhone"],
  [/\biPad\b/, "iPad"],
  [/\bAndroid\b/, "Android"],
  [/\bWindows\b/, "Windows"],
  [/\bMac OS X\b|\bMacintosh\b/, "macOS"],
  [/\bCrOS\b/, "ChromeOS"],
  [/\bLinux\b/, "Linux"],
];

const find = (known: readonly [RegExp, string][], text: string): string | undefined =>
  known.find(([looks]) => looks.test(text))?.[1];

/** What a browser says that it is (RFC 9110, section 10.1.5), for people to tell their devices apart; nothing of it can be relied on. */
export const deviceOf = (userAgent: string | undefined): string => {
  const said = (userAgent ?? "").slice(0, 500);
  const browser = find(browsers, said) ?? "An unknown browser";
  const system = find(systems, said);
  return system === undefined ? browser : `${browser} on ${system}`;
};
