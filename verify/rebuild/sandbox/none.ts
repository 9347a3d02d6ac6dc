/**
 * No sandbox: the build runs as the user who calls, with the network and the
 * files of that user, and the run is recorded as `isolation: none`. What is
 * still done: a clean environment, directories of its own, a process group of
 * its own, and an end to everything that the build started.
 *
 * A process belongs to a build when it descends from it, is or was in its
 * group or session, or names the run's directories in its environment or as
 * its working directory. A process that leaves all of these at once escapes;
 * only a sandbox holds it.
 *
 * @module
 */

import type { Host } from "../host.ts";
import { sourceBelow, type Surroundings } from "../surroundings.ts";
import { atTerminal, withPrefixes } from "./inner.ts";
import {
  descendants,
  isAlive,
  killNow,
  listProcesses,
  type Process,
  refersTo,
} from "./processes.ts";
import type { Aftermath, InsidePlaces, Job, RunPlaces } from "./sandbox.ts";
import type { Launch, Sandbox } from "./sandbox.ts";
import { type StepUse, useOfProcesses } from "./step_use.ts";

const GRACE_MS = 2_000;
const ROUND_MS = 50;
const END_ROUNDS_MAX = 100;

const START = `
exec 2>&1
umask "$1"; limit=$2; files=$3; terminal=$4; shift 4
ulimit -c 0 2>/dev/null
ulimit -t "$limit" 2>/dev/null
ulimit -n "$files" 2>/dev/null
if [ -n "$terminal" ]; then
  exec /usr/bin/script -qec "$terminal" /dev/null 8>&1 </dev/null >/dev/null 2>&1
fi
exec "$@"
`;

/** Runs steps as they are. */
export class NoSandbox implements Sandbox {
  readonly isolation = "none";
  readonly #host: Host;
  readonly #work: string;
  /** Processes seen below each step, as `pid/started`. */
  readonly #seen = new Map<number, Set<string>>();

  readonly scripts: string;

  /** @param work Directory of the rebuild. */
  constructor(host: Host, work: string) {
    this.scripts = `${work}/bin`;
    this.#host = host;
    this.#work = work;
  }

  places(id: string, surroundings: Surroundings): RunPlaces {
    const root = this.#real(surroundings.buildRoot);
    return {
      source: sourceBelow(root, surroundings),
      prepared: `${root}/prepared`,
      home: this.#real(surroundings.home),
      temporary: this.#real(surroundings.temporary),
      control: `${this.#work}/sandbox/${id}`,
    };
  }

  inside(places: RunPlaces): InsidePlaces {
    return places;
  }

  launch(job: Job): Launch {
    const { surroundings, limits } = job;
    const command = withPrefixes(job, this.#host);
    const { shell, script } = this.#host;
    const start = [
      surroundings.umask.toString(8),
      String(Math.ceil(limits.cpuMs / 1000) + 1),
      String(limits.openFiles + 64),
      surroundings.terminal && script !== null ? atTerminal(command) : "",
    ];
    return {
      argv: shell === null
        ? command
        : [shell, "-c", START, "sh", ...start, ...command],
      cwd: job.cwd,
      env: job.env,
    };
  }

  use(pid: number): StepUse {
    return useOfProcesses(this.#members(pid, undefined));
  }

  async end(pid: number, job: Job): Promise<void> {
    for (let round = 0; round < END_ROUNDS_MAX; round++) {
      killNow(-pid);
      const members = this.#members(pid, job);
      for (const member of members) killNow(member.pid);
      if (members.length === 0) break;
      await delay(ROUND_MS);
    }
    this.#forget(pid);
  }

  async settle(pid: number, job: Job): Promise<Aftermath> {
    let members = this.#members(pid, job);
    for (let waited = 0; members.length > 0 && waited < GRACE_MS;) {
      await delay(ROUND_MS);
      waited += ROUND_MS;
      members = this.#members(pid, job);
    }
    if (members.length > 0) await this.end(pid, job);
    this.#forget(pid);
    return {
      failure: null,
      left: members.map(({ name }) => name),
      network: null,
      cpuMs: 0,
    };
  }

  /** Live processes of a step; with the job also by what they refer to. */
  #members(pid: number, job: Job | undefined): Process[] {
    const processes = listProcesses();
    const seen = this.#seen.get(pid) ?? new Set();
    this.#seen.set(pid, seen);
    const below = new Set(descendants(processes, pid));
    const paths = job === undefined ? [] : [
      job.places.source,
      job.places.prepared,
      job.places.home,
      job.places.temporary,
    ];
    return processes.filter((process) => {
      const key = `${process.pid}/${process.started}`;
      const belongs = seen.has(key) || below.has(process) ||
        process.group === pid || process.session === pid ||
        job !== undefined && process.pid !== Deno.pid &&
          refersTo(process, paths);
      if (belongs) seen.add(key);
      return belongs && isAlive(process);
    });
  }

  /** Lets go of a step that is over, and removes what its clock left. */
  #forget(pid: number): void {
    const seen = [...this.#seen.get(pid) ?? []].map((key) => parseInt(key, 10));
    this.#seen.delete(pid);
    removeFaketimeFiles(new Set([pid, ...seen]));
  }

  #real(path: string): string {
    return path.replace("{work}", this.#work);
  }
}

/**
 * libfaketime leaves its shared memory behind when the process that made it is
 * killed, or has become another program, as the shell of a step does.
 */
function removeFaketimeFiles(pids: ReadonlySet<number>): void {
  for (const pid of pids) {
    for (const name of [`faketime_shm_${pid}`, `sem.faketime_sem_${pid}`]) {
      try {
        Deno.removeSync(`/dev/shm/${name}`);
      } catch {
        // There was none, or it is not ours.
      }
    }
  }
}

function delay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
