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

/** One entry of what a sandbox shows. */
export type Mount =
  /** A file or directory of the host, read-only. */
  | { readonly kind: "read"; readonly from: string; readonly at: string }
  /** A symbolic link. */
  | { readonly kind: "link"; readonly to: string; readonly at: string }
  /** An empty directory over what is there. */
  | { readonly kind: "empty"; readonly at: string }
  /** An empty file over what is there. */
  | { readonly kind: "nothing"; readonly at: string };

/** The system, read-only. */
export function systemMounts(): Mount[] {
  return systemPaths().map((path): Mount =>
    lstat(path)?.isSymlink === true
      ? { kind: "link", to: Deno.readLinkSync(path), at: path }
      : asItIs(path)
  );
}

function asItIs(path: string): Mount {
  return { kind: "read", from: path, at: path };
}

/**
 * The toolchains, read-only, and covers for what is hidden. A toolchain that
 * lies in a hidden directory shows through; one that is the hidden directory
 * itself does not.
 */
export function toolMounts(plan: MountPlan): Mount[] {
  const hidden = plan.hidden.flatMap((path) => realPath(path) ?? []);
  const tools = plan.tools.filter((path) => !isSystemPath(path));
  const through = tools.filter((tool) =>
    hidden.some((path) => isBelow(tool, path))
  );
  const before = tools.filter((tool) => !through.includes(tool));
  const visible = [...systemPaths(), ...before];
  return [
    ...before.map(asItIs),
    ...hidden.filter((path) => visible.some((shown) => isBelow(path, shown)))
      .map((at): Mount =>
        lstat(at)?.isDirectory === true
          ? { kind: "empty", at }
          : { kind: "nothing", at }
      ),
    ...through.filter((path) => !hidden.includes(path)).map(asItIs),
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
