/**
 * Which processes belong to one that a stage started, and which ports they
 * listen on. In a sandbox everything that is visible belongs to the trial, so
 * nothing can hide; without one a process belongs when it descends from the
 * first, is in its group or session, or names the trial's directory.
 *
 * @module
 */

import {
  descendants,
  isAlive,
  killNow,
  listProcesses,
  type Process,
  refersTo,
} from "../../rebuild/sandbox/processes.ts";
import type { StagePlace } from "./script.ts";

const ROUNDS = 10;
const ROUND_MS = 50;

/** Processes that are there now, by pid and start. */
export function present(): ReadonlySet<string> {
  return new Set(listProcesses().map(key));
}

/**
 * Live processes of the family of `pid`, the first one included; with null,
 * those that descend from no process that is still there.
 */
export function family(
  pid: number | null,
  place: StagePlace,
  before: ReadonlySet<string>,
): Process[] {
  const all = listProcesses();
  // What lost its parent belongs to the first process of its namespace.
  const orphans = place.isolated
    ? all.filter((process) =>
      process.parent === 1 && process.pid !== Deno.pid &&
      !before.has(key(process))
    )
    : [];
  const below = new Set(
    [...pid === null ? [] : [pid], ...orphans.map((process) => process.pid)]
      .flatMap((first) => descendants(all, first)).map(key),
  );
  return all.filter((process) =>
    isAlive(process) && process.pid !== Deno.pid &&
    !before.has(key(process)) &&
    (below.has(key(process)) || process.group === pid ||
      process.session === pid ||
      !place.isolated && refersTo(process, [place.temporary]))
  );
}

/** Ends a family; names of those that had outlived the first process. */
export async function endFamily(
  pid: number | null,
  place: StagePlace,
  options: {
    readonly before: ReadonlySet<string>;
    /** Pids of other hosts that still run; their families are theirs. */
    readonly others: readonly number[];
  },
): Promise<string[]> {
  const left = () => {
    const all = listProcesses();
    const theirs = new Set(
      options.others.flatMap((other) => descendants(all, other)).map(key),
    );
    return family(pid, place, options.before).filter((process) =>
      process.pid !== pid && !theirs.has(key(process))
    );
  };
  let members = left();
  for (let round = 0; members.length > 0 && round < ROUNDS; round++) {
    await new Promise((resolve) => setTimeout(resolve, ROUND_MS));
    members = left();
  }
  for (const member of members) killNow(member.pid);
  if (pid !== null) killNow(-pid);
  return members.map((member) => member.name).sort();
}

/**
 * Ports that processes have open, as /proc/PID/net and the handles of the
 * processes show them (proc_pid_net(5)): TCP sockets that listen (state 0A)
 * and UDP sockets without a peer (07). Null where a host has no such tables.
 */
export function openPorts(
  processes: readonly Process[],
  protocols: readonly ("tcp" | "udp")[],
): number[] | null {
  const inodes = new Map<string, number>();
  for (const protocol of protocols.flatMap((name) => [name, `${name}6`])) {
    const table = read(`/proc/self/net/${protocol}`);
    if (table === "" && protocol === "tcp") return null;
    for (const line of table.split("\n").slice(1)) {
      const [, local, , state, , , , , , inode] = line.trim().split(/\s+/);
      const open = protocol.startsWith("tcp") ? "0A" : "07";
      if (state !== open || local === undefined || inode === undefined) {
        continue;
      }
      inodes.set(inode, parseInt(local.slice(local.lastIndexOf(":") + 1), 16));
    }
  }
  const ports = processes.flatMap((process) => {
    const folder = `/proc/${process.pid}/fd`;
    return entries(folder).flatMap((name) => {
      const inode = /^socket:\[(\d+)\]$/.exec(link(`${folder}/${name}`))?.[1];
      const port = inode === undefined ? undefined : inodes.get(inode);
      return port === undefined ? [] : [port];
    });
  });
  return [...new Set(ports)].sort((a, b) => a - b);
}

function key(process: Process): string {
  return `${process.pid}/${process.started}`;
}

function read(path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return "";
  }
}

function entries(folder: string): string[] {
  try {
    return [...Deno.readDirSync(folder)].map((entry) => entry.name);
  } catch {
    return [];
  }
}

function link(path: string): string {
  try {
    return Deno.readLinkSync(path);
  } catch {
    return "";
  }
}
