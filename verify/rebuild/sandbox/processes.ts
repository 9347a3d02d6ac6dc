/**
 * The processes of this host as /proc shows them (proc_pid_stat(5)). On
 * hosts without /proc nothing is found, and only process groups are ended.
 *
 * @module
 */

/** One process. */
export interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  readonly session: number;
  /** Number of the controlling terminal; 0 for none. */
  readonly terminal: number;
  /** Clock ticks from boot to its start; with the pid it is unique. */
  readonly started: number;
  /** One letter; `Z` for a dead process that waits for its parent. */
  readonly state: string;
  readonly name: string;
  /** Processor time of it and of the children that it waited for, in ticks. */
  readonly ticks: number;
  readonly residentPages: number;
}

/** Every process that can be seen. */
export function listProcesses(): Process[] {
  const found: Process[] = [];
  let entries: Iterable<Deno.DirEntry>;
  try {
    entries = Deno.readDirSync("/proc");
  } catch {
    return found;
  }
  for (const { name } of entries) {
    const process = /^\d+$/.test(name) ? readProcess(Number(name)) : undefined;
    if (process !== undefined) found.push(process);
  }
  return found;
}

function readProcess(pid: number): Process | undefined {
  let stat: string;
  try {
    stat = Deno.readTextFileSync(`/proc/${pid}/stat`);
  } catch {
    return undefined;
  }
  // The name stands in parentheses and may hold any byte.
  const open = stat.indexOf("(");
  const close = stat.lastIndexOf(")");
  const [state = "", ...numbers] = stat.slice(close + 2).split(" ");
  const [parent = 0, group = 0, session = 0, terminal = 0] = numbers
    .map(Number);
  return {
    pid,
    parent,
    group,
    session,
    terminal,
    started: Number(numbers[18]),
    state,
    name: stat.slice(open + 1, close),
    ticks: numbers.slice(10, 14).reduce((sum, text) => sum + Number(text), 0),
    residentPages: Number(numbers[20]),
  };
}

/** The process itself and everything below it. */
export function descendants(
  processes: readonly Process[],
  pid: number,
): Process[] {
  const children = new Map<number, Process[]>();
  for (const process of processes) {
    const list = children.get(process.parent) ?? [];
    list.push(process);
    children.set(process.parent, list);
  }
  const found = processes.filter((process) => process.pid === pid);
  for (const process of found) found.push(...children.get(process.pid) ?? []);
  return found;
}

/** Whether a process is more than a dead entry. */
export function isAlive(process: Process): boolean {
  return process.state !== "Z" && process.state !== "X";
}

/** Whether a variable or the working directory of a process names a path. */
export function refersTo(
  process: Process,
  paths: readonly string[],
): boolean {
  const base = `/proc/${process.pid}`;
  try {
    const environ = Deno.readTextFileSync(`${base}/environ`);
    if (paths.some((path) => environ.includes(path))) return true;
  } catch {
    // The process has gone, or belongs to somebody else.
  }
  // A person's shell in that directory has a terminal; a build has none.
  if (process.terminal !== 0) return false;
  try {
    const cwd = Deno.readLinkSync(`${base}/cwd`);
    return paths.some((path) => cwd === path || cwd.startsWith(`${path}/`));
  } catch {
    return false;
  }
}

/** Sends SIGKILL to a process or, negative, to a group; gone is fine. */
export function killNow(pid: number): void {
  try {
    Deno.kill(pid, "SIGKILL");
  } catch (error) {
    if (
      !(error instanceof Deno.errors.NotFound) &&
      !(error instanceof Deno.errors.PermissionDenied) &&
      !(error instanceof TypeError)
    ) throw error;
  }
}
