/**
 * What of the host a sandbox shows: a list of what is needed, not of what is
 * forbidden.
 *
 * @module
 */

/** Directories of the operating system and its packages. */
const SYSTEM = [
  "/usr",
  "/bin",
  "/sbin",
  "/lib",
  "/lib32",
  "/lib64",
  "/libx32",
  "/opt",
  "/nix/store",
  "/gnu/store",
];

/** Entries of /etc that tools read; none of them is secret. */
const ETC = [
  "alternatives",
  "ca-certificates",
  "ca-certificates.conf",
  "crypto-policies",
  "debian_version",
  "dotnet",
  "fonts",
  "java-11-openjdk",
  "java-17-openjdk",
  "java-21-openjdk",
  "ld.so.cache",
  "ld.so.conf",
  "ld.so.conf.d",
  "locale.alias",
  "mime.types",
  "os-release",
  "pki",
  "protocols",
  "services",
  "ssl",
];

/** What a sandbox is to show beside the system, and what never. */
export interface MountPlan {
  /** Toolchains outside the system's directories. */
  readonly tools: readonly string[];
  /** Files and directories that no build may read. */
  readonly hidden: readonly string[];
}

/** Whether a path lies in a directory of the system. */
export function isSystemPath(path: string): boolean {
  return SYSTEM.some((folder) => isBelow(path, folder));
}

/** Whether a path is a directory or lies below it. */
export function isBelow(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}

/** Arguments for bubblewrap that mount the system read-only. */
export function systemMounts(): string[] {
  return systemPaths().flatMap((path) =>
    lstat(path)?.isSymlink === true
      ? ["--symlink", Deno.readLinkSync(path), path]
      : ["--ro-bind", path, path]
  );
}

/**
 * Arguments that mount the toolchains read-only and cover what is hidden. A
 * toolchain that lies in a hidden directory shows through; one that is the
 * hidden directory itself does not.
 */
export function toolMounts(plan: MountPlan): string[] {
  const hidden = plan.hidden.flatMap((path) => realPath(path) ?? []);
  const tools = plan.tools.filter((path) => !isSystemPath(path));
  const through = tools.filter((tool) =>
    hidden.some((path) => isBelow(tool, path))
  );
  const before = tools.filter((tool) => !through.includes(tool));
  const visible = [...systemPaths(), ...before];
  return [
    ...before.flatMap((path) => ["--ro-bind", path, path]),
    ...hidden.filter((path) => visible.some((shown) => isBelow(path, shown)))
      .flatMap((path) =>
        lstat(path)?.isDirectory === true
          ? ["--tmpfs", path]
          : ["--ro-bind", "/dev/null", path]
      ),
    ...through.filter((path) => !hidden.includes(path))
      .flatMap((path) => ["--ro-bind", path, path]),
  ];
}

function systemPaths(): string[] {
  return [...SYSTEM, ...ETC.map((name) => `/etc/${name}`)]
    .filter((path) => lstat(path) !== undefined);
}

function lstat(path: string): Deno.FileInfo | undefined {
  try {
    return Deno.lstatSync(path);
  } catch {
    return undefined;
  }
}

function realPath(path: string): string | undefined {
  try {
    return Deno.realPathSync(path);
  } catch {
    return undefined;
  }
}
