import { AppError } from "#core/errors.ts";
import { command, decoded, encoded, quote } from "./quote.ts";

/** A process of the machine that is no zombie. */
export interface Process {
  pid: number;
  parent: number;
  group: number;
  /** Tells it from a later one with the same number; "" where the machine does not say. */
  startedAt: string;
}

/** A command that one of us began and that still runs. */
export interface TaggedCommand {
  /** Its own; its login shell's, which it keeps, while that is still at its rc files. */
  pid: number;
  /** "run/step" */
  step: string;
  nonce: string;
  /** When its time is over, in seconds by the machine's clock; null when it is not known. */
  endsAtS: number | null;
}

/** What was seen of a machine's processes in one look. */
export interface ProcessTable {
  /** False where there is neither /proc nor ps for us: then only the group that was asked for is here, without what left it. */
  complete: boolean;
  /** By the machine's clock. */
  nowS: number;
  processes: ReadonlyMap<number, Process>;
  commands: readonly TaggedCommand[];
  /** Processes with one of the sought commands in their environment. */
  started: ReadonlySet<number>;
}

/** What to look for: all commands of a run, or one by its nonce. */
export type Sought = { runId: string } | { nonce: string };

const tagLetters = "[A-Za-z0-9_/:@.-]*";

/** Linux: no program is needed that a small image lacks. */
const byProc = `cat /proc/[0-9]*/stat 2>/dev/null | sed "s/^/s /"
for f in $(grep -ls -- "$k" /proc/[0-9]*/cmdline); do
  p=\${f#/proc/}
  tr "\\0\\n" "\\n\\n" < "$f" 2>/dev/null | sed -n "s#.*\\($k${tagLetters}\\).*#r \${p%/cmdline} \\1#p" | tail -n 1
done
grep -ls -- "$e" /proc/[0-9]*/environ | sed "s#/proc/\\([0-9]*\\)/.*#e \\1#"`;

const byPs = `ps -A -o pid= -o ppid= -o pgid= -o stat= | sed "s/^/p /"
{ ps -A -ww -o pid= -o args= 2>/dev/null || ps -A -o pid= -o args=; } | sed -n "s#^ *\\([0-9]*\\) .*\\($k${tagLetters}\\).*#r \\1 \\2#p"`;

/** How a look is made; the machine takes the first that it can. */
export const looks = { proc: byProc, ps: byPs } as const;

/**
 * Shell text that prints the table, each line of ours behind `marker`. With `end`, these processes and groups get a signal and a tenth
 * of a second before. The patterns begin with a bracket, so that the look does not find itself.
 */
export const lookScript = (marker: string, sought: Sought, end: Ending | null): string => {
  const key = "runId" in sought ? `:${wordOf(sought.runId)}/` : `:[^ :]*:${wordOf(sought.nonce)}:`;
  const group = end?.group ?? null;
  const script = `k='[m]ilepost${key}'
e='${"nonce" in sought ? `[M]ILEPOST_COMMAND=${sought.nonce}` : "[n]othing at all"}'
${end === null ? "" : endScript(end)}
echo "${marker}$(date +%s)"
if [ -r /proc/self/stat ] && [ -r /proc/self/cmdline ]; then
${byProc}
elif ps -A -o pid= >/dev/null 2>&1; then
${byPs}
else
echo partial
${group === null ? "" : `kill -s 0 -- "-${group}" 2>/dev/null && echo "p ${group} 0 ${group} S"`}
fi
echo "${marker}end"`;
  return `exec sh -c ${quote(`eval ${decoded("$0")}`)} ${encoded(script)}`;
};

interface Ending {
  signal: "TERM" | "KILL";
  pids: readonly number[];
  group: number | null;
  /** Those of these processes that only another user may signal are signalled by what these words run. */
  asOther?: { shell: readonly string[]; pids: readonly number[] } | null;
}

/** Only the form `kill -s NAME -- -group` is understood by bash and dash alike. */
const endScript = ({
  signal,
  pids,
  group,
  asOther,
}: Ending) => `${group === null ? "" : `kill -s ${signal} -- -${group} 2>/dev/null`}
for p in ${pids.join(" ")}; do kill -s ${signal} "$p" 2>/dev/null; done
${asOther == null ? "" : asOtherScript(signal, asOther)}
sleep 0.1 2>/dev/null || sleep 1`;

const asOtherScript = (signal: string, { shell, pids }: NonNullable<Ending["asOther"]>) => `o=
for p in ${pids.join(" ")}; do kill -s 0 "$p" 2>/dev/null || o="$o $p"; done
[ -z "$o" ] || ${command([...shell, "-c", `kill -s ${signal} -- "$@"`, "milepost"])} $o </dev/null >/dev/null 2>&1`;

const untold = "the machine did not say what runs there.";

/** What answered is no shell that runs what it is given. */
export class NoShell extends AppError {
  readonly said: string;

  constructor(said: string) {
    super("remote-odd", untold);
    this.said = said;
  }
}

/** Reads what `lookScript` printed. Throws AppError("remote-odd") when it is not whole. */
export const readTable = (said: string, marker: string): ProcessTable => {
  const [, body] = said.split(marker);
  const [first = "", ...lines] = body?.split("\n") ?? [];
  if (body === undefined && said.trim() !== "") throw new NoShell(said);
  if (body === undefined || !said.includes(`${marker}end`)) throw new AppError("remote-odd", untold);
  const processes = new Map<number, Process>();
  const commands: TaggedCommand[] = [];
  const started = new Set<number>();
  for (const line of lines) {
    const found = /^r (\d{1,10}) (.*)$/.exec(line);
    const command = found === null ? null : readTag(Number(found[1]), found[2] ?? "");
    if (command !== null) commands.push(command);
    const marked = /^e (\d{1,10})$/.exec(line);
    if (marked !== null) started.add(Number(marked[1]));
    const process = found === null && marked === null ? readProcess(line) : null;
    if (process !== null) processes.set(process.pid, process);
  }
  // The shell that waits for a command, where it did not become the command itself, has the command's words among its own.
  const begun = new Set(commands.flatMap(({ nonce, endsAtS }) => (endsAtS === null ? [] : [nonce])));
  return {
    complete: !lines.includes("partial"),
    nowS: Number(first),
    processes,
    commands: commands.filter(
      ({ pid, nonce, endsAtS }) => processes.has(pid) && !(endsAtS === null && begun.has(nonce)),
    ),
    started,
  };
};

/** proc(5), /proc/pid/stat: the name in parentheses may hold anything; 22 is the start in ticks since the machine's. */
const readProcess = (line: string): Process | null => {
  const nameEnds = line.lastIndexOf(") ");
  const start = /^s (\d{1,10}) \(/.exec(line);
  const stat = /^(\S) (\d{1,10}) (\d{1,10}) (.*)$/.exec(line.slice(nameEnds + 2));
  if (start !== null && nameEnds !== -1 && stat !== null) {
    const pid = start[1];
    const [, state, parent, group, rest = ""] = stat;
    const startedAt = rest.split(" ")[16] ?? "";
    return state === "Z" || state === "X" ? null : numbered(pid, parent, group, startedAt);
  }
  const row = /^p +(\d{1,10}) +(\d{1,10}) +(\d{1,10}) +([^Z\s]\S*)$/.exec(line.trimEnd());
  return row === null ? null : numbered(row[1], row[2], row[3], "");
};

const numbered = (pid = "", parent = "", group = "", startedAt = ""): Process => ({
  ...{ pid: Number(pid), parent: Number(parent), group: Number(group) },
  startedAt,
});

/** Null for what only has the arguments of a command: a part of it that was forked, which is no command of its own. */
const readTag = (pid: number, text: string): TaggedCommand | null => {
  const tag = /^milepost:([^:]*):([0-9a-f]+):(\d{1,9}):(?:(\d{1,10})@(\d{0,12}))?/.exec(text);
  if (tag === null) return null;
  const [, step = "", nonce = "", limitS, own, beganS] = tag;
  if (own === undefined) return { pid, step, nonce, endsAtS: null };
  if (Number(own) !== pid) return null;
  return { pid, step, nonce, endsAtS: beganS ? Number(beganS) + Number(limitS) : null };
};

/** These processes with all that descends from them or is in their groups. */
export const treeOf = ({ processes }: ProcessTable, roots: Iterable<number>): Map<number, Process> => {
  const below = new Map<number, Process[]>();
  for (const process of processes.values())
    for (const above of new Set([process.parent, process.group])) {
      const known = below.get(above);
      if (known === undefined) below.set(above, [process]);
      else known.push(process);
    }
  const tree = new Map<number, Process>();
  const left = [...roots];
  for (let pid = left.pop(); pid !== undefined; pid = left.pop()) {
    const own = processes.get(pid);
    // The first of a group may have ended before the others.
    for (const process of [...(own === undefined ? [] : [own]), ...(below.get(pid) ?? [])]) {
      if (process.pid <= 1 || tree.has(process.pid)) continue;
      tree.set(process.pid, process);
      left.push(process.pid);
    }
  }
  return tree;
};

const wordOf = (text: string): string => {
  if (/^[\w-]+$/.test(text)) return text;
  throw new AppError("bad-input", "This cannot be the name of a run.");
};
