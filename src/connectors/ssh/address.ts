import { AppError } from "#core/errors.ts";

/** Parts of where a server is, as typed. Each throws AppError("bad-input", …, { field }). */
export const checkedHost = (typed: string): string => {
  const host = typed.replace(/^\[(.*)\]$/, "$1");
  if (/^[A-Za-z0-9._:%-]+$/.test(host) && !/^[^:]*:\d+$/.test(host)) return host;
  throw wrong(
    "host",
    "The host is a name or an address alone, such as node1.example.net or 10.0.0.5; user and port have their own fields.",
  );
};

export const checkedPort = (typed: string): number => {
  const port = Number(typed);
  if (/^\d+$/.test(typed) && port >= 1 && port <= 65_535) return port;
  throw wrong("port", "The port is a number from 1 to 65535; SSH's own is 22.");
};

export const checkedUser = (typed: string): string => {
  if (/^[^\s@:\0]+$/.test(typed)) return typed;
  throw wrong(
    "user",
    "The user is the name of an account on the server, without spaces and without the host.",
  );
};

const wrong = (field: string, sentence: string) => new AppError("bad-input", sentence, { field });
