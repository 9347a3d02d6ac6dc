/**
 * What a running step uses at a moment, over all of its processes as /proc
 * shows them: sampled, so that what comes and goes between two looks is not
 * seen.
 *
 * @module
 */

import {
  descendants,
  isAlive,
  listProcesses,
  type Process,
} from "./processes.ts";

/** Use of a step, over all its processes. */
export interface StepUse {
  readonly processes: number;
  /** Resident memory; shared pages count in each process. */
  readonly memoryBytes: number;
  /** Processor time of what runs and of what was waited for. */
  readonly cpuMs: number;
  readonly openFiles: number;
  /** The processes themselves, for a second, dearer look. */
  readonly members: readonly Process[];
}

/** Clock ticks of proc_pid_stat(5); 100 a second on every Linux in use. */
const TICK_MS = 10;

/** Looks at a process and everything below it. */
export function useOf(pid: number): StepUse {
  return useOfProcesses(descendants(listProcesses(), pid));
}

/** Adds up what processes use. */
export function useOfProcesses(members: readonly Process[]): StepUse {
  const alive = members.filter(isAlive);
  const sum = (of: (process: Process) => number, list = alive) =>
    list.reduce((total, process) => total + of(process), 0);
  return {
    processes: alive.length,
    memoryBytes: sum(({ residentPages }) => residentPages) * pageBytes(),
    cpuMs: sum(({ ticks }) => ticks, [...members]) * TICK_MS,
    openFiles: sum(({ pid }) => openFiles(pid)),
    members: alive,
  };
}

/** Memory with each shared page counted once, in shares. */
export function proportionalBytes(members: readonly Process[]): number {
  return members.reduce((total, { pid, residentPages }) => {
    try {
      const text = Deno.readTextFileSync(`/proc/${pid}/smaps_rollup`);
      return total + 1024 * Number(/^Pss:\s*(\d+) kB$/m.exec(text)?.[1]);
    } catch {
      return total + residentPages * pageBytes();
    }
  }, 0);
}

function openFiles(pid: number): number {
  const folder = `/proc/${pid}/fd`;
  try {
    // Linux 6.2 and later tell the number as the size of the directory.
    const { size } = Deno.statSync(folder);
    return size > 0 ? size : [...Deno.readDirSync(folder)].length;
  } catch {
    return 0;
  }
}

let pages: number | undefined;

/** Bytes of a page of memory. */
function pageBytes(): number {
  if (pages === undefined) {
    try {
      const text = Deno.readTextFileSync("/proc/self/smaps");
      pages = 1024 * Number(/^KernelPageSize:\s*(\d+) kB$/m.exec(text)?.[1]);
    } catch {
      pages = 4096;
    }
  }
  return pages;
}
