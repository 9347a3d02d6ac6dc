/**
 * What this host is and what it can vary: found once for each rebuild, never
 * assumed. What is absent here is listed as not varied, with the reason.
 *
 * @module
 */

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
  /** Path of taskset, or null. */
  readonly taskset: string | null;
  /** Path of the library that shifts the clock, or null. */
  readonly faketime: string | null;
  /** Installed locales other than C and POSIX. */
  readonly locales: readonly string[];
  /** Whether the time zone database is installed. */
  readonly zoneinfo: boolean;
}

/** Looks at this host. */
export async function inspectHost(): Promise<Host> {
  const bubblewrap = await workingBubblewrap();
  return {
    os: Deno.build.os,
    arch: Deno.build.arch,
    name: Deno.hostname(),
    processors: processors(),
    shell: isFile("/bin/sh") ? "/bin/sh" : null,
    bubblewrap: bubblewrap.path,
    bubblewrapReason: bubblewrap.reason,
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
    args: [
      ...["--unshare-all", "--unshare-user", "--disable-userns"],
      ...["--uid", "1000", "--gid", "1000", "--cap-drop", "ALL"],
      ...["--ro-bind", "/", "/", "--proc", "/proc", "--dev", "/dev"],
      ...["--", "/bin/sh", "-c", ":"],
    ],
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
