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

/** Mounts of a sandbox. */
export interface Mounts {
  /** Arguments that mount the system. */
  readonly system: readonly string[];
  /** Arguments that mount toolchains that lie elsewhere. */
  readonly tools: readonly string[];
  /** Directories of the host that can be seen. */
  readonly visible: readonly string[];
}

/** Whether a path lies in a directory of the system. */
export function isSystemPath(path: string): boolean {
  return SYSTEM.some((folder) => isBelow(path, folder));
}

/** Whether a path is a directory or lies below it. */
export function isBelow(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}

/** Arguments for bubblewrap that mount system and toolchains read-only. */
export function systemMounts(toolRoots: readonly string[]): Mounts {
  const system: string[] = [];
  const visible: string[] = [];
  for (const path of [...SYSTEM, ...ETC.map((name) => `/etc/${name}`)]) {
    const info = lstat(path);
    if (info?.isSymlink === true) {
      system.push("--symlink", Deno.readLinkSync(path), path);
    } else if (info !== undefined) {
      system.push("--ro-bind", path, path);
      visible.push(path);
    }
  }
  const outside = toolRoots.filter((path) => !isSystemPath(path));
  return {
    system,
    tools: outside.flatMap((path) => ["--ro-bind", path, path]),
    visible: [...visible, ...outside],
  };
}

/** Arguments that hide paths which would otherwise be seen. */
export function hiddenMounts(
  hidden: readonly string[],
  visible: readonly string[],
): string[] {
  return hidden.flatMap((path) => {
    const real = realPath(path);
    if (real === undefined) return [];
    if (!visible.some((folder) => isBelow(real, folder))) return [];
    return lstat(real)?.isDirectory === true
      ? ["--tmpfs", real]
      : ["--ro-bind", "/dev/null", real];
  });
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
