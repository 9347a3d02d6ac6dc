/**
 * The sandbox of bubblewrap (bwrap(1)): user, mount, PID, network, UTS and
 * IPC namespaces of its own, no capabilities, no further user namespaces.
 *
 * The build sees an empty root into which are mounted, read-only: the
 * system's directories, the few entries of /etc that tools need, and the
 * toolchains where they lie. Everything else of the host is absent: homes,
 * keys, the other run, the recipe's own directory. Writable are only the
 * build's source, its prepared files, its home and its temporary directories,
 * all of which lie in the directory of the run and count against its limit.
 *
 * When bubblewrap dies, by whatever signal, the kernel ends every process of
 * its PID namespace.
 *
 * @module
 */

import type { Host } from "../host.ts";
import type { Surroundings } from "../surroundings.ts";
import { descendants, isAlive, killNow, listProcesses } from "./processes.ts";
import type { Aftermath, InsidePlaces, Job, RunPlaces } from "./sandbox.ts";
import type { Launch, Sandbox } from "./sandbox.ts";
import { systemMounts, toolMounts } from "./mounts.ts";

/** Opens the files that bubblewrap and the inner shell report to. */
const OUTER = 'exec "$@" 3>"$0/status" 4>"$0/left" 2>"$0/error"';

/**
 * Runs the command and, when it is over, reports what it left running after
 * a grace of two seconds. The build gets neither of the report's handles.
 */
const INNER = `
umask "$1"; shift
"$@" </dev/null 2>&1 3>&- 4>&-
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
exit "$code"
`;

/** Runs steps under bubblewrap. */
export class Bubblewrap implements Sandbox {
  readonly isolation = "bubblewrap";
  readonly scripts = "/reproof/bin";
  readonly #bubblewrap: string;
  readonly #host: Host;
  readonly #work: string;
  readonly #hidden: readonly string[];

  /**
   * @param host With a bubblewrap that works.
   * @param options `work` is the directory of the rebuild; `hidden` are paths
   * that no build may read, wherever they lie.
   */
  constructor(
    host: Host & { readonly bubblewrap: string },
    options: { readonly work: string; readonly hidden: readonly string[] },
  ) {
    this.#bubblewrap = host.bubblewrap;
    this.#host = host;
    this.#work = options.work;
    this.#hidden = [options.work, ...options.hidden];
  }

  places(id: string): RunPlaces {
    const root = `${this.#work}/runs/${id}`;
    return {
      source: `${root}/src`,
      prepared: `${root}/prepared`,
      home: `${root}/home`,
      temporary: `${root}/temporary`,
      control: `${this.#work}/sandbox/${id}`,
    };
  }

  inside(_places: RunPlaces, surroundings: Surroundings): InsidePlaces {
    return {
      source: `${surroundings.buildRoot}/src`,
      prepared: `${surroundings.buildRoot}/prepared`,
      home: surroundings.home,
      temporary: "/tmp",
    };
  }

  launch(job: Job): Launch {
    const { places, inside, surroundings } = job;
    writeAccounts(places.control, surroundings);
    for (const name of ["status", "left", "error"]) {
      Deno.writeTextFileSync(`${places.control}/${name}`, "");
    }
    const temporary = places.temporary;
    for (const name of ["tmp", "var-tmp", "shm"]) {
      Deno.mkdirSync(`${temporary}/${name}`, { recursive: true });
    }
    const pinned = surroundings.processor === null ||
        this.#host.taskset === null
      ? job.argv
      : [
        this.#host.taskset,
        "-c",
        String(surroundings.processor),
        ...job.argv,
      ];
    const argv = [
      this.#bubblewrap,
      ...["--json-status-fd", "3"],
      ...["--unshare-all", "--unshare-user", "--disable-userns"],
      ...(job.network ? ["--share-net"] : []),
      ...["--uid", "1000", "--gid", "1000", "--cap-drop", "ALL"],
      ...["--die-with-parent", "--new-session"],
      ...["--hostname", surroundings.hostName],
      ...systemMounts(),
      ...["--proc", "/proc", "--dev", "/dev"],
      ...["--bind", `${temporary}/shm`, "/dev/shm", "--remount-ro", "/dev"],
      ...["--bind", `${temporary}/tmp`, "/tmp"],
      ...["--bind", `${temporary}/var-tmp`, "/var/tmp"],
      ...["--ro-bind", `${places.control}/passwd`, "/etc/passwd"],
      ...["--ro-bind", `${places.control}/group`, "/etc/group"],
      ...["--ro-bind", `${places.control}/nsswitch.conf`, "/etc/nsswitch.conf"],
      ...(job.network
        ? networkMounts(job.env)
        : ["--ro-bind", `${places.control}/hosts`, "/etc/hosts"]),
      ...["--ro-bind", `${this.#work}/bin`, this.scripts],
      ...["--bind", places.home, inside.home],
      ...["--bind", places.source, inside.source],
      ...["--bind", places.prepared, inside.prepared],
      ...toolMounts({ tools: job.toolRoots, hidden: this.#hidden }),
      ...["--remount-ro", "/", "--chdir", job.cwd, "--clearenv"],
      ...Object.entries(job.env).flatMap(([name, value]) => [
        "--setenv",
        name,
        value,
      ]),
      ...["--", "/bin/sh", "-c", INNER, "sh", surroundings.umask.toString(8)],
      ...pinned,
    ];
    return {
      argv: ["/bin/sh", "-c", OUTER, places.control, ...argv],
      cwd: "/",
      env: { PATH: "/usr/bin:/bin" },
    };
  }

  countProcesses(pid: number): number {
    // Bubblewrap has two processes of its own, and the inner shell is one.
    const all = descendants(listProcesses(), pid).filter(isAlive);
    return Math.max(0, all.length - 3);
  }

  end(pid: number): Promise<void> {
    killNow(pid);
    killNow(-pid);
    return Promise.resolve();
  }

  settle(_pid: number, job: Job): Promise<Aftermath> {
    const read = (name: string) =>
      Deno.readTextFileSync(`${job.places.control}/${name}`).trim();
    const [status, left, error] = ["status", "left", "error"].map(read);
    return Promise.resolve({
      failure: status?.includes('"exit-code"')
        ? null
        : error?.split("\n")[0] || "bubblewrap ended without a word",
      left: left ? left.split(" ") : [],
    });
  }
}

/** Account and host files of the run's own. */
function writeAccounts(directory: string, surroundings: Surroundings): void {
  const { userName, home, hostName } = surroundings;
  const files = {
    "passwd": `root:x:0:0:root:/root:/bin/sh\n` +
      `${userName}:x:1000:1000:${userName}:${home}:/bin/sh\n` +
      `nobody:x:65534:65534:nobody:/nonexistent:/bin/false\n`,
    "group": `root:x:0:\n${userName}:x:1000:\nnogroup:x:65534:\n`,
    "nsswitch.conf": "passwd: files\ngroup: files\nhosts: files dns\n",
    "hosts": `127.0.0.1 localhost\n::1 localhost\n127.0.1.1 ${hostName}\n`,
  };
  for (const [name, text] of Object.entries(files)) {
    Deno.writeTextFileSync(`${directory}/${name}`, text);
  }
}

/** Name resolution and certificate files, for steps that prepare. */
function networkMounts(env: Readonly<Record<string, string>>): string[] {
  const files = ["/etc/resolv.conf", "/etc/hosts"];
  const certificates = Object.entries(env)
    .filter(([name]) => /CERT|_CA_|CAINFO|CA_BUNDLE/.test(name))
    .map(([, value]) => value)
    .filter((value) => value.startsWith("/") && !value.startsWith("/etc/ssl"));
  return [...files, ...new Set(certificates)].flatMap((path) => {
    try {
      return ["--ro-bind", Deno.realPathSync(path), path];
    } catch {
      return [];
    }
  });
}
