/**
 * Words for platforms in package formats, as names of targets: runtime
 * identifiers (.NET, "RID catalog"), `os`, `cpu` and `libc` of npm
 * (package.json), platform tags of wheels (Python Packaging User Guide,
 * "Platform compatibility tags"), architectures of Debian (Debian Policy 11.1)
 * and target platforms of VS Code extensions ("Platform-specific extensions").
 *
 * @module
 */

import type { PackagePlatform } from "./manifest.ts";

const LIBRARY_TRIPLES: Readonly<Record<string, string>> = {
  x64: "x86_64",
  arm64: "aarch64",
  x86: "i686",
  arm: "arm",
};

/** A target by its system, its processor and, on Linux, its C library. */
function named(
  system: string | undefined,
  processor: string | undefined,
  library: "gnu" | "musl" | null = null,
): string | null {
  if (system === undefined || processor === undefined) return null;
  const machine = LIBRARY_TRIPLES[processor];
  if (system === "linux" && library !== null && machine !== undefined) {
    return `${machine}-unknown-linux-${library}`;
  }
  return `${system}-${processor}`;
}

/** A runtime identifier such as `linux-x64`, `osx-arm64`, `linux-musl-x64`. */
export function runtimeIdentifier(says: string): PackagePlatform {
  const [, system, musl, processor] =
    /^(linux|osx|win)(-musl)?-(x64|arm64|x86|arm)$/.exec(says) ?? [];
  return {
    says,
    target: named(system, processor, musl === undefined ? null : "musl"),
  };
}

const NPM_SYSTEMS: Readonly<Record<string, string>> = {
  darwin: "macos",
  linux: "linux",
  win32: "windows",
};
const NPM_PROCESSORS: Readonly<Record<string, string>> = {
  arm: "arm",
  arm64: "arm64",
  ia32: "x86",
  x64: "x64",
};

/** One combination of npm's `os`, `cpu` and `libc`. */
export function npmPlatform(
  os: string,
  cpu: string,
  libc: string | null,
): PackagePlatform {
  return {
    says: `${os} ${cpu}${libc === null ? "" : ` ${libc}`}`,
    target: named(
      NPM_SYSTEMS[os],
      NPM_PROCESSORS[cpu],
      libc === "musl" ? "musl" : libc === "glibc" ? "gnu" : null,
    ),
  };
}

const WHEEL_PROCESSORS: Readonly<Record<string, string>> = {
  aarch64: "arm64",
  amd64: "x64",
  arm64: "arm64",
  armv7l: "arm",
  i686: "x86",
  "x86_64": "x64",
};

/** Versions of the C library behind the older names (PEP 513, 571, 599). */
const MANYLINUX: Readonly<Record<string, string>> = {
  manylinux1: "2.5",
  manylinux2010: "2.12",
  manylinux2014: "2.17",
};

/** What a platform tag promises of the system (PEP 600, "macOS" of PEP 425). */
function wheelFloor(system: string): PackagePlatform["floor"] {
  const [, name, version] = /^(manylinux|macosx)_(\d+_\d+)$/.exec(system) ?? [];
  const older = MANYLINUX[system];
  if (older !== undefined) return { what: "GLIBC", version: older };
  return version === undefined ? undefined : {
    what: name === "macosx" ? "macos" : "GLIBC",
    version: version.replace("_", "."),
  };
}

/** A platform tag of a wheel; `any` is none. */
export function wheelPlatform(says: string): PackagePlatform {
  if (says === "win32") return { says, target: "windows-x86" };
  const [, system = "", processor = ""] =
    /^(linux|manylinux(?:\d+_\d+|2010|2014|1)|manylinux_\d+_\d+|musllinux_\d+_\d+|macosx_\d+_\d+|win)_(\w+)$/
      .exec(says) ?? [];
  const floor = wheelFloor(system);
  return {
    says,
    ...(floor === undefined ? {} : { floor }),
    target: named(
      system.startsWith("macosx")
        ? "macos"
        : system === "win"
        ? "windows"
        : system === ""
        ? undefined
        : "linux",
      WHEEL_PROCESSORS[processor],
      system.startsWith("manylinux")
        ? "gnu"
        : system.startsWith("musllinux")
        ? "musl"
        : null,
    ),
  };
}

const DEBIAN_PROCESSORS: Readonly<Record<string, string>> = {
  amd64: "x64",
  arm64: "arm64",
  armhf: "arm",
  i386: "x86",
};

/** An architecture of Debian; `all` is none. */
export function debianPlatform(says: string): PackagePlatform {
  return { says, target: named("linux", DEBIAN_PROCESSORS[says]) };
}

const CODE_SYSTEMS: Readonly<Record<string, string>> = {
  alpine: "linux",
  darwin: "macos",
  linux: "linux",
  win32: "windows",
};

/** A target platform of a VS Code extension. */
export function codePlatform(says: string): PackagePlatform {
  const [, system = "", processor = ""] =
    /^(alpine|darwin|linux|win32)-(x64|arm64|armhf)$/.exec(says) ?? [];
  return {
    says,
    target: named(
      CODE_SYSTEMS[system],
      processor === "armhf" ? "arm" : processor || undefined,
      system === "alpine" ? "musl" : null,
    ),
  };
}

/** Parts of a path that name a platform, in any of these ways. */
export function platformsInPath(path: string): PackagePlatform[] {
  return path.split("/").slice(0, -1).flatMap((part) => {
    const found = [runtimeIdentifier(part), codePlatform(part), {
      says: part,
      target: /^(?:macos|windows)-(?:x64|arm64|x86)$/.test(part) ? part : null,
    }].find(({ target }) => target !== null);
    return found ?? [];
  });
}
