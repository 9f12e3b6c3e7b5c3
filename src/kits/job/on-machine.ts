import { quote } from "#connectors/ssh/quote.ts";

/**
 * What runs on the machine of a job: POSIX shell text, handed to `sh -c` with words. A job is a folder there, <base>/<run>.<step>/<try>:
 * `started` (made by whoever may run it: only one can), `pid` (its watcher's process id, when that began, the machine's boot), `out`
 * (what it wrote), `base` (how many bytes of that were let go), `code` (how it ended).
 */

const places = `m=$(umask)
umask 077
j=$1 s=$2 y=$3 k=$4
[ -n "$j" ] || j=\${XDG_CACHE_HOME:-$HOME/.cache}/milepost/jobs
d=$j/$s/$y
b=$(cat /proc/sys/kernel/random/boot_id 2>/dev/null || sysctl -n kern.bootsessionuuid 2>/dev/null || sysctl -n kern.boottime 2>/dev/null)`;

/**
 * \`state FOLDER\` sets \`a\`: running, orphan (its watcher is gone, it is not), gone, restarted (the machine was), starting, unbegun, none.
 * Who is asked whether he is alive first, and for his last words then, has left them.
 */
const state = `state() {
  p='' t='' o='' c=-
  if [ ! -d "$1" ]; then a=none; return; fi
  [ -r "$1/pid" ] && read -r p t o <"$1/pid"
  if [ -z "$p" ]; then
    if [ -d "$1/started" ]; then a=starting; else a=unbegun; fi
    return
  fi
  if [ "$o" != "$b" ]; then a=restarted
  elif [ -r /proc/self/stat ]; then
    a=gone
    x=$(sed 's/^.*) //' "/proc/$p/stat" 2>/dev/null | cut -d ' ' -f 1,20)
    case $x in
      [ZX]*) ;;
      *" $t") a=running ;;
    esac
    if [ "$a" = gone ]; then
      for v in $(grep -ls -- "MILEPOST_COMMAND=$k" /proc/[0-9]*/environ); do
        [ "$(sed 's/^.*) //' "\${v%environ}stat" 2>/dev/null | cut -d ' ' -f 3)" = "$p" ] && a=orphan
      done
    fi
  elif kill -s 0 "$p" 2>/dev/null; then a=running
  elif kill -s 0 -- "-$p" 2>/dev/null; then a=orphan
  else a=gone
  fi
  [ -s "$1/code" ] && read -r c <"$1/code"
}`;

/** Of what a job writes, so much is kept there. */
const mostBytes = 64 * 1024 * 1024;

/**
 * Beside the watcher, and no part of the job: lets go of the beginning of what is written when that gets too much. Words: the job's folder, the
 * watcher, how many bytes are kept, how many seconds lie between two looks.
 */
export const trimScript = `d=$1
trap 'kill "$z" 2>/dev/null; exit 0' TERM
while kill -s 0 "$2" 2>/dev/null; do
  sleep "$4" & z=$!
  wait "$z"
  n=$(wc -c <"$d/out") || exit 0
  if [ "$n" -gt "$3" ]; then
    x=0
    [ -s "$d/base" ] && read -r x <"$d/base"
    echo - >"$d/base"
    : >"$d/out"
    echo $((x + n)) >"$d/base.part" && mv -f -- "$d/base.part" "$d/base"
  fi
done`;

/** The watcher, in a session of its own; `m` is the umask of whoever signs in, which the job has and its own files have not. Whatever it is told, it stays until the command has ended and that is written down. */
const watcher = `d=$1 e=$2 u=$3 m=$4
mkdir -- "$d/started" 2>/dev/null || { rm -f -- "$e"; exit 0; }
trap 'g=1' TERM INT HUP
n=$(cat -- "$e")
rm -f -- "$d"/env.*
: >"$d/out"
t=-
[ -r "/proc/$$/stat" ] && t=$(sed 's/^.*) //' "/proc/$$/stat" | cut -d ' ' -f 20)
b=$(cat /proc/sys/kernel/random/boot_id 2>/dev/null || sysctl -n kern.bootsessionuuid 2>/dev/null || sysctl -n kern.boottime 2>/dev/null)
echo "$$ $t $b" >"$d/pid.part" && mv -f -- "$d/pid.part" "$d/pid"
( umask "$m"; eval "$n"; exec "$@" ) </dev/null >>"$d/out" 2>&1 &
p=$!
n=''
MILEPOST_COMMAND='' sh -c "$u" milepost-trim "$d" "$$" ${mostBytes} 5 &
q=$!
c=''
while :; do
  g=''
  wait "$p"
  r=$?
  if [ "$r" != 127 ] || [ -z "$c" ]; then c=$r; fi
  [ -n "$g" ] || break
done
kill "$q" 2>/dev/null
until echo "$c" >"$d/code.part" && mv -f -- "$d/code.part" "$d/code"; do
  [ -d "$d" ] || exit 0
  sleep 5
done`;

/** The last line of what is handed over: without it the connection broke in the middle. */
export const wholeMark = "# whole";

/**
 * Words: base, step, try, nonce, digest of what is to run; stdin: what sets it up. Says \`begun TRY\`, with another try's name where that one
 * runs the same and is not over; \`other TRY\` where that runs something else. What is over of earlier tries goes.
 */
export const beginScript = `${places}
w=${quote(watcher)}
u=${quote(trimScript)}
${state}
mkdir -p -- "$d" || exit 73
for f in "$j/$s"/*; do
  [ "$f" = "$d" ] && continue
  state "$f"
  [ "$a" = starting ] && { sleep 2; state "$f"; }
  case $a in
    running | orphan)
      if [ "$c" = - ]; then
        if [ "$(cat "$f/digest" 2>/dev/null)" = "$5" ]; then z=begun; else z=other; fi
        rm -rf -- "$d"
        echo "$z \${f##*/}"
        exit 0
      fi ;;
  esac
  rm -rf -- "$f"
done
find "$j" -mindepth 3 -maxdepth 3 -name pid -mtime +30 2>/dev/null | while read -r f; do
  f=\${f%/pid}
  state "$f"
  case $a in
    running | orphan) continue ;;
  esac
  [ -n "$(find "$f/code" -mtime -30 2>/dev/null)" ] && continue
  rm -rf -- "$f"
  rmdir -- "\${f%/*}" 2>/dev/null
done
if [ ! -d "$d/started" ]; then
  e=$d/env.$$
  cat >"$e" && [ "$(tail -n 1 "$e" 2>/dev/null)" = "${wholeMark}" ] && echo "$5" >"$d/digest" || {
    rm -f -- "$e"
    # Somebody else who begins it may have taken all of these away.
    [ -d "$d/started" ] || exit 74
  }
fi
if [ ! -d "$d/started" ]; then
  if command -v setsid >/dev/null 2>&1; then
    MILEPOST_COMMAND=$k setsid sh -c "$w" milepost-job "$d" "$e" "$u" "$m" </dev/null >/dev/null 2>&1 &
  else
    set -m
    MILEPOST_COMMAND=$k nohup sh -c "$w" milepost-job "$d" "$e" "$u" "$m" </dev/null >/dev/null 2>&1 &
  fi
fi
i=0
until [ -s "$d/pid" ] || [ "$i" -ge 50 ]; do
  i=$((i + 1))
  sleep 0.1 2>/dev/null || sleep 1
done
[ -d "$d/started" ] || exit 75
echo "begun $y"`;

/**
 * Words: base, step, try, nonce, from which byte, how many at most, a file whose size is asked, "" for none. Says
 * \`job STATE CODE PID BYTES-LET-GO BYTES-HELD FROM TAKEN SIZE\`, then the bytes, as base64 or as od's hexadecimal.
 */
export const lookScript = `${places}
${state}
state "$d"
x=0 n=0
[ -s "$d/base" ] && read -r x <"$d/base"
[ -f "$d/out" ] && n=$(wc -c <"$d/out")
n=$((n)) f=$5 m=0
if [ "$x" != - ]; then
  [ "$f" -lt "$x" ] && f=$x
  m=$((x + n - f))
  [ "$m" -lt 0 ] && m=0
  [ "$m" -gt "$6" ] && m=$6
fi
z=-
[ -n "$7" ] && [ -f "$7" ] && z=$(wc -c <"$7")
echo "job $a $c \${p:--} $x $n $f $m" $z
[ "$m" -gt 0 ] || exit 0
if command -v base64 >/dev/null 2>&1; then
  echo base64
  tail -c "+$((f - x + 1))" "$d/out" | head -c "$m" | base64
else
  echo od
  tail -c "+$((f - x + 1))" "$d/out" | head -c "$m" | od -An -v -tx1
fi`;

/** Words: base, step, try, nonce. Takes the job's folder away, and its step's where nothing else is in it. */
export const removeScript = `${places}
rm -rf -- "$d"
rmdir -- "$j/$s" 2>/dev/null
exit 0`;

/** Words: base, step. Says the tries that are there, a line each. */
export const triesScript = `${places}
for f in "$j/$s"/*; do [ -d "$f" ] && echo "\${f##*/}"; done
exit 0`;
