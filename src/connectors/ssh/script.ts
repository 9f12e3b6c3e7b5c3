import { AppError } from "#core/errors.ts";
import { quote } from "./quote.ts";

/**
 * The shell text that runs `command` so that its own output can be told from what rc files print, and its process group can be
 * ended: before anything else it writes `marker` and its process id on both outputs. sshd starts a session with a process group of
 * its own (setsid in OpenSSH's session.c), and `exec` keeps the id, so the id is the group's as well. Works from any POSIX login
 * shell and fish; csh takes one-line commands only.
 */
export const runScript = (command: string, marker: string, env: Readonly<Record<string, string>>): string => {
  const exports = Object.entries(env).map(([name, value]) => {
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name))
      throw new AppError("bad-input", `“${name}” cannot be the name of an environment variable.`);
    return `${name}=${quote(value)}; export ${name}; `;
  });
  const script = `echo "${marker}$$"; echo "${marker}$$" >&2; ${exports.join("")}eval "$1"`;
  return `exec sh -c ${quote(script)} sh ${quote(command)}`;
};

/**
 * Ends the process group `pid`: TERM, then after `graceMs` KILL, and looks whether it is gone, zombies not counted. Writes one line:
 * marker, last signal sent or "none", "gone" or "alive". `ps` is asked first because signal 0 calls a process of another user gone.
 * Only the form `kill -s NAME -- -group` is understood by bash and dash alike.
 */
export const stopScript = (pid: number, marker: string, graceMs: number): string => {
  const looks = Math.ceil(graceMs / 100);
  const script = `p=${pid}
alive() {
  s=$(ps -A -o pid= -o pgid= -o stat= 2>/dev/null) || s=
  if [ -z "$s" ]; then kill -s 0 -- "-$p" 2>/dev/null || kill -s 0 "$p" 2>/dev/null; return; fi
  printf "%s\\n" "$s" | while read -r i g t; do
    case $t in Z*) continue ;; esac
    if [ "$i" = "$p" ] || [ "$g" = "$p" ]; then exit 1; fi
  done && return 1
  return 0
}
end() {
  n=0
  kill -s "$1" -- "-$p" 2>/dev/null || kill -s "$1" "$p" 2>/dev/null
  while [ $n -lt ${looks} ]; do
    alive || { echo "${marker}$1 gone"; exit; }
    sleep 0.1 2>/dev/null || sleep 1
    n=$((n+1))
  done
}
alive || { echo "${marker}none gone"; exit; }
end TERM
end KILL
echo "${marker}KILL alive"`;
  return `exec sh -c ${quote(script)}`;
};
