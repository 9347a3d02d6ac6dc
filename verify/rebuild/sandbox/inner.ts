/**
 * The shell that runs the command of a step inside a sandbox, and tells when
 * it is over what it left running after a grace of two seconds, what became of
 * the network, and how much processor time it took. The command gets none of
 * the handles for that.
 *
 * @module
 */

import type { Host } from "../host.ts";
import type { Job } from "./sandbox.ts";

/**
 * Opens the files that a sandbox and the inner shell report to. What they
 * write goes to the end, wherever a build that found the handles has written,
 * so that the last word is theirs.
 */
export const OUTER =
  'exec "$@" 3>>"$0/status" 4>>"$0/left" 5>>"$0/network" 6>>"$0/times" 7<"$0/filter" 2>"$0/error"';

/** Files of {@link OUTER} that are made empty before a step. */
export const REPORTS = [
  "status",
  "left",
  "network",
  "times",
  "error",
] as const;

/** The script; its arguments are those of `innerArguments`. */
export const INNER = `
umask "$1"; limit=$2; files=$3; many=$4; used=$5; terminal=$6; shift 6
ulimit -c 0 2>/dev/null
ulimit -t "$limit" 2>/dev/null
ulimit -n "$files" 2>/dev/null
ulimit -p "$many" 2>/dev/null || ulimit -u "$many" 2>/dev/null
while [ "$used" -gt 0 ]; do (:); used=$((used - 1)); done
if [ -n "$terminal" ]; then
  /usr/bin/script -qec "$terminal" /dev/null 8>&1 </dev/null >/dev/null 2>&1 3>&- 4>&- 5>&- 6>&- 7<&-
else
  "$@" </dev/null 2>&1 3>&- 4>&- 5>&- 6>&- 7<&-
fi
code=$?
round=0
while :; do
  left=
  for folder in /proc/[0-9]*; do
    pid=\${folder#/proc/}
    if [ "$pid" = 1 ] || [ "$pid" = "$$" ]; then continue; fi
    { read -r line <"$folder/stat"; } 2>/dev/null || continue
    case "\${line##*) }" in Z*|X*) continue ;; esac
    name=\${line#*(}
    left="$left \${name%)*}"
  done
  if [ -z "$left" ]; then break; fi
  if [ "$round" -ge 40 ]; then echo "$left" >&4; break; fi
  round=$((round + 1))
  /bin/sleep 0.05
done
{ echo counters; /bin/cat /proc/net/snmp /proc/net/snmp6; } 2>/dev/null >&5
times >&6
exit "$code"
`;

/** Arguments of {@link INNER}: settings, then the command. */
export function innerArguments(
  job: Job,
  command: readonly string[],
): string[] {
  const { surroundings, limits } = job;
  return [
    surroundings.umask.toString(8),
    // A process that escapes the looks of the supervisor ends soon after.
    String(Math.ceil(limits.cpuMs / 1000) + 1),
    String(limits.openFiles + 64),
    // Counted in the namespace; the kernel holds nobody to it who calls as root.
    String(2 * limits.processes + 16),
    String(surroundings.processIdsUsed),
    surroundings.terminal ? atTerminal(command) : "",
    ...command,
  ];
}

/** The command of a job with what of the axes is a program before it. */
export function withPrefixes(
  job: Job,
  host: Pick<Host, "taskset" | "setarch" | "arch">,
): string[] {
  const { processor, fixedAddresses, oldKernel, machine32 } = job.surroundings;
  const personality = [
    ...(fixedAddresses ? ["--addr-no-randomize"] : []),
    ...(oldKernel ? ["--uname-2.6"] : []),
  ];
  return [
    ...(processor === null || host.taskset === null
      ? []
      : [host.taskset, "-c", String(processor)]),
    ...(host.setarch === null || personality.length === 0 && !machine32
      ? []
      : [host.setarch, machine32 ? "linux32" : host.arch, ...personality]),
    ...job.argv,
  ];
}

/**
 * A command as script(1) is to run it: its output goes to handle 8, past the
 * terminal. What it leaves running is not to die of the terminal's end.
 */
export function atTerminal(command: readonly string[]): string {
  return `trap '' HUP; exec ${command.map(quoted).join(" ")} >&8 2>&8 8>&-`;
}

/** A word as a shell takes it. */
export function quoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}
