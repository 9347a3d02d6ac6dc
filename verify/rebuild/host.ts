/**
 * What this host is and what it can vary: found once for each rebuild, never
 * assumed. What is absent here is listed as not varied, with the reason.
 *
 * @module
 */

import { AROUND, SET_DOMAIN } from "./sandbox/around.ts";
import { loadFilter, PERL } from "./sandbox/filter_loader.ts";

/** What this host is and can do. */
export interface Host {
  readonly os: string;
  readonly arch: string;
  readonly name: string;
  /** Numbers of the processors that this process may use. */
  readonly processors: readonly number[];
  /** Path of a shell, or null. */
  readonly shell: string | null;
  /** Path of bubblewrap when it works here, or null. */
  readonly bubblewrap: string | null;
  /** Why bubblewrap is null. */
  readonly bubblewrapReason: string;
  /** Why no sandbox can be made of unshare; null when one can. */
  readonly unshareReason: string | null;
  /**
   * Why nothing can be set up around bubblewrap, such as the NIS domain; null
   * when it can.
   */
  readonly aroundReason: string | null;
  /** Why no seccomp filter can be loaded under unshare; null when it can. */
  readonly filterReason: string | null;
  /** Release of the kernel, as uname(2) tells it. */
  readonly release: string;
  /** What setarch(8) can change here. */
  readonly personality: Personality;
  /** Path of setarch, or null. */
  readonly setarch: string | null;
  /** Path of script(1) of util-linux, or null. */
  readonly script: string | null;
  /** Path of taskset, or null. */
  readonly taskset: string | null;
  /** Path of the library that shifts the clock, or null. */
  readonly faketime: string | null;
  /** Installed locales other than C and POSIX. */
  readonly locales: readonly string[];
  /** Whether the time zone database is installed. */
  readonly zoneinfo: boolean;
}

/** What can be changed by personality(2); seccomp filters often forbid it. */
export interface Personality {
  /** Whether addresses can be fixed. */
  readonly addressSpace: boolean;
  /** The release that programs see with UNAME26, or null. */
  readonly oldRelease: string | null;
  /** The machine that programs see with PER_LINUX32, or null. */
  readonly machine: string | null;
}

/** Looks at this host. */
export async function inspectHost(): Promise<Host> {
  const bubblewrap = await workingBubblewrap();
  const setarch = ["/usr/bin/setarch", "/bin/setarch"].find(isFile) ?? null;
  return {
    os: Deno.build.os,
    arch: Deno.build.arch,
    name: Deno.hostname(),
    processors: processors(),
    shell: isFile("/bin/sh") ? "/bin/sh" : null,
    bubblewrap: bubblewrap.path,
    bubblewrapReason: bubblewrap.reason,
    unshareReason: await whyNoUnshare(),
    aroundReason: await whyNothingAround(bubblewrap.path),
    filterReason: await whyNoFilter(),
    release: Deno.osRelease(),
    setarch,
    personality: await personality(setarch),
    script: await script(),
    taskset: ["/usr/bin/taskset", "/bin/taskset"].find(isFile) ?? null,
    faketime: faketime(),
    locales: await locales(),
    zoneinfo: isFile("/usr/share/zoneinfo/Asia/Kathmandu"),
  };
}

/** Finds an executable in the PATH of this process. */
export function findExecutable(name: string): string | undefined {
  if (name.includes("/")) return isFile(name) ? name : undefined;
  const separator = Deno.build.os === "windows" ? ";" : ":";
  return (Deno.env.get("PATH") ?? "").split(separator)
    .filter((folder) => folder.startsWith("/"))
    .map((folder) => `${folder.replace(/\/+$/, "")}/${name}`)
    .find((path) => isFile(path) && isExecutable(path));
}

function isExecutable(path: string): boolean {
  return ((Deno.statSync(path).mode ?? 0o111) & 0o111) !== 0;
}

/** Whether a path leads to a regular file. */
export function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

async function workingBubblewrap(): Promise<
  { path: string | null; reason: string }
> {
  if (Deno.build.os !== "linux") {
    return { path: null, reason: "bubblewrap exists for Linux only" };
  }
  const path = findExecutable("bwrap");
  if (path === undefined) {
    return { path: null, reason: "bubblewrap is not installed" };
  }
  const { success, stderr } = await new Deno.Command(path, {
    args: [...BUBBLEWRAP_TRIAL, "/bin/sh", "-c", ":"],
    clearEnv: true,
    env: { PATH: "/usr/bin:/bin" },
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).output();
  return success ? { path, reason: "" } : {
    path: null,
    reason: new TextDecoder().decode(stderr).trim().split("\n")[0] ||
      "bubblewrap does not work here",
  };
}

const BUBBLEWRAP_TRIAL = [
  ...["--unshare-all", "--unshare-user", "--disable-userns"],
  ...["--uid", "1000", "--gid", "1000", "--cap-drop", "ALL"],
  ...["--ro-bind", "/", "/", "--proc", "/proc", "--dev", "/dev", "--"],
];

async function whyNothingAround(
  bubblewrap: string | null,
): Promise<string | null> {
  if (Deno.build.os !== "linux") return "namespaces exist for Linux only";
  if (findExecutable("unshare") === undefined) {
    return "unshare is not installed";
  }
  const [unshare = "", ...args] = AROUND;
  const { success } = await new Deno.Command(unshare, {
    args: [
      ...args,
      `domain=trial.test\n${SET_DOMAIN}\nexec "$@"`,
      "sh",
      ...(bubblewrap === null ? [] : [bubblewrap, ...BUBBLEWRAP_TRIAL]),
      "grep",
      ...["-qx", "trial.test", "/proc/sys/kernel/domainname"],
    ],
    clearEnv: true,
    env: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin" },
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).output();
  return success ? null : "the NIS domain cannot be set here";
}

async function whyNoFilter(): Promise<string | null> {
  const load = loadFilter(Deno.build.arch);
  if (load.length === 0) return `no filter for ${Deno.build.arch}`;
  if (!isFile(PERL)) return "Perl is not installed, which would load it";
  const status = ["sed", "-n", "s/^Seccomp:\\s*//p", "/proc/self/status"];
  const mode = await printed([
    ...["setpriv", "--no-new-privs", "--", ...load, ...status],
  ]);
  return mode === "2" ? null : "Perl cannot load a seccomp filter here";
}

/** What a sandbox of unshare needs, in little. */
const UNSHARE_TRIAL = `
mount -t tmpfs tmpfs /tmp && mount -t proc proc /proc && hostname trial &&
type pivot_root setpriv >/dev/null && echo 1 >/proc/sys/user/max_user_namespaces &&
exec unshare --user --map-user 1 --map-group 1 -- setpriv --no-new-privs -- env -i -C / true
`;

async function whyNoUnshare(): Promise<string | null> {
  if (Deno.build.os !== "linux") return "unshare exists for Linux only";
  const path = findExecutable("unshare");
  if (path === undefined) return "unshare is not installed";
  const { success, stderr } = await new Deno.Command(path, {
    args: [
      ...["--user", "--map-root-user", "--mount", "--propagation", "private"],
      ...["--pid", "--fork", "--kill-child", "--net", "--uts", "--ipc"],
      ...["--cgroup", "/bin/sh", "-c", UNSHARE_TRIAL],
    ],
    clearEnv: true,
    env: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin" },
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).output();
  return success ? null : new TextDecoder().decode(stderr).trim()
    .split("\n")[0] || "unshare does not work here";
}

/** `Cpus_allowed_list` of proc_pid_status(5): `0-3,8`. */
function processors(): number[] {
  try {
    const list = /^Cpus_allowed_list:\s*(\S+)$/m.exec(
      Deno.readTextFileSync("/proc/self/status"),
    )?.[1] ?? "";
    return list.split(",").flatMap((range) => {
      const [first, last] = range.split("-").map(Number);
      return first === undefined || Number.isNaN(first) ? [] : Array.from(
        { length: (last ?? first) - first + 1 },
        (_, index) => first + index,
      );
    });
  } catch {
    return Array.from({ length: navigator.hardwareConcurrency }, (_, n) => n);
  }
}

/** What a command prints; null when it fails. */
async function printed(argv: readonly string[]): Promise<string | null> {
  const [program = "", ...args] = argv;
  try {
    const { success, stdout } = await new Deno.Command(program, {
      args,
      clearEnv: true,
      env: { PATH: "/usr/bin:/bin" },
      stdin: "null",
      stdout: "piped",
      stderr: "null",
    }).output();
    return success ? new TextDecoder().decode(stdout).trim() : null;
  } catch {
    return null;
  }
}

async function personality(setarch: string | null): Promise<Personality> {
  if (setarch === null) {
    return { addressSpace: false, oldRelease: null, machine: null };
  }
  const { arch } = Deno.build;
  const asked = [
    [arch, "--addr-no-randomize", "true"],
    [arch, "--uname-2.6", "uname", "-r"],
    ["linux32", "uname", "-m"],
  ].map((args) => printed([setarch, ...args]));
  const [fixed, release, machine] = await Promise.all(asked);
  const other = (text: string | null | undefined, now: string) =>
    !text || text === now ? null : text;
  return {
    addressSpace: fixed !== null && fixed !== undefined,
    oldRelease: other(release, Deno.osRelease()),
    machine: other(machine, arch),
  };
}

/** The script(1) of util-linux; that of BSD takes other arguments. */
async function script(): Promise<string | null> {
  const path = "/usr/bin/script";
  if (!isFile(path)) return null;
  const answer = await printed([path, "-qec", "exit 0", "/dev/null"]);
  return answer === null ? null : path;
}

function faketime(): string | null {
  const arch = Deno.build.arch === "aarch64" ? "aarch64" : "x86_64";
  return [`/usr/lib/${arch}-linux-gnu`, "/usr/lib64", "/usr/lib"]
    .map((folder) => `${folder}/faketime/libfaketime.so.1`)
    .find(isFile) ?? null;
}

async function locales(): Promise<string[]> {
  try {
    const { stdout } = await new Deno.Command("locale", {
      args: ["-a"],
      stdin: "null",
      stdout: "piped",
      stderr: "null",
    }).output();
    return new TextDecoder().decode(stdout).split("\n")
      .filter((name) => /^[a-z]{2,3}_[A-Z]{2}/.test(name)).sort();
  } catch {
    return [];
  }
}
