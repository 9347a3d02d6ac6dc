/**
 * What the sandboxes with namespaces of their own have in common: the places
 * of a run, the account and host files, and what they report.
 *
 * Everything of the host that is not listed (`mounts.ts`) is absent: homes,
 * keys, the other run, the recipe's own directory. Writable are only the
 * build's source, its prepared files, its home and its temporary directories,
 * all of which lie in the directory of the run and count against its limit.
 *
 * When the first process of the sandbox dies, by whatever signal, the kernel
 * ends every process of its PID namespace.
 *
 * @module
 */

import type { Host } from "../host.ts";
import type { Isolation } from "../result.ts";
import { sourceBelow, type Surroundings } from "../surroundings.ts";
import { OUTER, REPORTS } from "./inner.ts";
import { networkUse } from "./network_use.ts";
import { orderedPlaces } from "./ordered_source.ts";
import { killNow } from "./processes.ts";
import { type StepUse, useOf } from "./step_use.ts";
import type { Aftermath, InsidePlaces, Job, RunPlaces } from "./sandbox.ts";
import type { Launch, Sandbox } from "./sandbox.ts";

/** Where a sandbox lies and what it hides. */
export interface ContainedOptions {
  /** Directory of the rebuild. */
  readonly work: string;
  /** Paths that no build may read, wherever they lie. */
  readonly hidden: readonly string[];
  /** Directory in memory for sources that keep an order, or null. */
  readonly memory?: string | null;
}

/** A sandbox with namespaces. */
export abstract class ContainedSandbox implements Sandbox {
  abstract readonly isolation: Isolation;
  /** Processes of the sandbox itself below the first one, itself included. */
  abstract readonly ownProcesses: number;
  readonly scripts = "/reproof/bin";
  protected readonly host: Host;
  protected readonly work: string;
  protected readonly hidden: readonly string[];
  readonly #memory: string | null;

  /** @param host On which the sandbox works. */
  constructor(host: Host, options: ContainedOptions) {
    this.host = host;
    this.work = options.work;
    this.hidden = [options.work, ...options.hidden];
    this.#memory = options.memory ?? null;
  }

  places(id: string, { copied }: Surroundings): RunPlaces {
    const root = `${this.work}/runs/${id}`;
    return {
      source: `${root}/src`,
      ...(this.#memory === null || copied === null
        ? {}
        : { below: `${this.#memory}/${id}` }),
      prepared: `${root}/prepared`,
      home: `${root}/home`,
      temporary: `${root}/temporary`,
      control: `${this.work}/sandbox/${id}`,
    };
  }

  inside(_places: RunPlaces, surroundings: Surroundings): InsidePlaces {
    return {
      source: sourceBelow(surroundings.buildRoot, surroundings),
      prepared: `${surroundings.buildRoot}/prepared`,
      home: surroundings.home,
      temporary: surroundings.temporary,
    };
  }

  launch(job: Job): Launch {
    const { places, inside } = job;
    writeAccounts(places.control, job.surroundings);
    for (const name of REPORTS) {
      Deno.writeTextFileSync(`${places.control}/${name}`, "");
    }
    Deno.writeFileSync(`${places.control}/filter`, this.filter());
    for (const name of ["tmp", "var-tmp", "shm"]) {
      Deno.mkdirSync(`${places.temporary}/${name}`, { recursive: true });
    }
    if (inside.temporary.startsWith("/tmp/")) {
      const below = inside.temporary.slice("/tmp/".length);
      Deno.mkdirSync(`${places.temporary}/tmp/${below}`, { recursive: true });
    }
    return {
      argv: ["/bin/sh", "-c", OUTER, places.control, ...this.argv(job)],
      cwd: "/",
      env: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin" },
    };
  }

  /** What a build sees as its source. */
  protected sourceOf({ places }: Job): string {
    return orderedPlaces(places)?.merged ?? places.source;
  }

  /** The command that makes the sandbox and runs the job in it. */
  protected abstract argv(job: Job): string[];

  /** A seccomp program for handle 7; empty where it cannot be loaded. */
  protected abstract filter(): Uint8Array;

  use(pid: number): StepUse {
    const use = useOf(pid);
    return {
      ...use,
      processes: Math.max(0, use.processes - this.ownProcesses),
    };
  }

  end(pid: number): Promise<void> {
    killNow(pid);
    killNow(-pid);
    return Promise.resolve();
  }

  settle(_pid: number, job: Job): Promise<Aftermath> {
    const read = (name: typeof REPORTS[number]) =>
      Deno.readTextFileSync(`${job.places.control}/${name}`).trim();
    const left = read("left");
    return Promise.resolve({
      failure: read("status").includes('"exit-code"')
        ? null
        : read("error").split("\n")[0] || "the sandbox ended without a word",
      left: left ? left.split(" ") : [],
      network: job.network ? null : networkUse(read("network")),
      cpuMs: cpuMsOf(read("times")),
    });
  }
}

/** Children's user and system time, the last line of `times` of a shell. */
function cpuMsOf(times: string): number {
  const children = times.split("\n").at(-1) ?? "";
  return [...children.matchAll(/(\d+)m([\d.]+)s/g)].reduce(
    (sum, [, minutes, seconds]) =>
      sum + Number(minutes) * 60_000 + Number(seconds) * 1000,
    0,
  );
}

/** Account and host files of the run's own. */
function writeAccounts(directory: string, surroundings: Surroundings): void {
  const { userName, groupName, userId, groupId, home } = surroundings;
  const { hostName, domainName } = surroundings;
  const names = `${hostName}.${domainName} ${hostName}`;
  const files = {
    "passwd": `root:x:0:0:root:/root:/bin/sh\n` +
      `${userName}:x:${userId}:${groupId}:${userName}:${home}:/bin/sh\n` +
      `nobody:x:65534:65534:nobody:/nonexistent:/bin/false\n`,
    "group": `root:x:0:\n${groupName}:x:${groupId}:\nnogroup:x:65534:\n`,
    "nsswitch.conf": "passwd: files\ngroup: files\nhosts: files dns\n",
    // Under both kinds of address: else the missing one is asked for outside.
    "hosts": ["127.0.0.1 localhost", "::1 localhost", `127.0.1.1 ${names}`]
      .concat(`::1 ${names}`, "").join("\n"),
    // RFC 5737: an address that leads nowhere, so that a question for a name
    // counts as what it is.
    "resolv.conf": "nameserver 192.0.2.1\noptions attempts:1 timeout:1\n",
  };
  for (const [name, text] of Object.entries(files)) {
    Deno.writeTextFileSync(`${directory}/${name}`, text);
  }
}

/** Files of the run's own below /etc. */
export const OWN_ETC = ["passwd", "group", "nsswitch.conf"] as const;
/** Such files for steps without a network. */
export const OFFLINE_ETC = ["hosts", "resolv.conf"] as const;

/** Name resolution and certificate files of the host, for `prepare`. */
export function networkFiles(
  env: Readonly<Record<string, string>>,
): [string, string][] {
  const certificates = Object.entries(env)
    .filter(([name]) => /CERT|_CA_|CAINFO|CA_BUNDLE/.test(name))
    .map(([, value]) => value)
    .filter((value) => value.startsWith("/") && !value.startsWith("/etc/ssl"));
  return ["/etc/resolv.conf", "/etc/hosts", ...new Set(certificates)]
    .flatMap((path): [string, string][] => {
      try {
        return [[Deno.realPathSync(path), path]];
      } catch {
        return [];
      }
    });
}
