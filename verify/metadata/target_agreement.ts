/**
 * Whether a target that an artifact names is the machine that its bytes are
 * for. Three ways to name one are understood: a target triple as LLVM, Rust
 * and GNU write it (`x86_64-unknown-linux-gnu`, `aarch64-apple-darwin`),
 * GOOS and GOARCH with a slash (`linux/amd64`), and a platform
 * (`linux-x64`). Whatever else stands there is unknown, never an agreement.
 *
 * Held against the bytes: the format of the system, the architecture, the
 * system where a header names it, and the interpreter of an ELF file where a
 * triple names its C library.
 *
 * @module
 */

import type { Agreement } from "./agreement.ts";
import type { Architecture, MachineFacts, System } from "./machine.ts";

const ARCHITECTURES: Readonly<Record<string, Architecture>> = {
  "386": "x86",
  "amd64": "x86_64",
  "arm64": "aarch64",
  "arm64e": "aarch64",
  "i386": "x86",
  "i586": "x86",
  "i686": "x86",
  "powerpc64": "ppc64",
  "powerpc64le": "ppc64le",
  "riscv32imac": "riscv32",
  "riscv64gc": "riscv64",
  "wasm": "wasm32",
  "x64": "x86_64",
  "x86-64": "x86_64",
  "aarch64": "aarch64",
  "arm": "arm",
  "armv6": "arm",
  "armv7": "arm",
  "armv7a": "arm",
  "loongarch64": "loongarch64",
  "ppc64": "ppc64",
  "ppc64le": "ppc64le",
  "riscv64": "riscv64",
  "s390x": "s390x",
  "wasm32": "wasm32",
  "x86": "x86",
  "x86_64": "x86_64",
};

type Family = "wasm" | System;

const SYSTEMS: Readonly<Record<string, Family>> = {
  "darwin": "macos",
  "freebsd": "freebsd",
  "ios": "ios",
  "js": "wasm",
  "linux": "linux",
  "macos": "macos",
  "netbsd": "netbsd",
  "openbsd": "openbsd",
  "osx": "macos",
  "solaris": "solaris",
  "uefi": "efi",
  "wasi": "wasm",
  "wasip1": "wasm",
  "wasip2": "wasm",
  "win": "windows",
  "windows": "windows",
};

/** What else a name for iOS can be for, by its last word. */
const IOS_VARIANTS: Readonly<Record<string, Family>> = {
  "macabi": "mac-catalyst",
  "sim": "ios-simulator",
  "simulator": "ios-simulator",
};

interface Target {
  readonly architecture: Architecture;
  readonly system: Family;
  /** C library, where the name says one. */
  readonly library: "gnu" | "musl" | null;
}

/** Reads the name of a target; undefined for one that is not understood. */
function readTarget(name: string): Target | undefined {
  if (name === "wasm32" || name === "wasm32-unknown-unknown") {
    return target("wasm32", "wasi", null);
  }
  const [, system, architecture] = /^([a-z0-9]+)\/([a-z0-9_]+)$/.exec(name) ??
    /^(linux|macos|osx|windows|win)-(x64|arm64|x86|arm)$/.exec(name) ?? [];
  if (system !== undefined) return target(architecture, system, null);
  const [first, ...rest] = name.split("-");
  if (rest.length > 3) return undefined;
  // `ios17.0` is iOS; `wasip1` has its digit in the name.
  const words = rest.flatMap((word) => [word, word.replace(/[0-9.]+$/, "")]);
  const last = rest.at(-1) ?? "";
  const library = /^(?:gnu|musl)/.exec(last)?.[0];
  const found = target(
    first,
    words.find((word) => Object.hasOwn(SYSTEMS, word)),
    library === undefined ? null : library as Target["library"],
  );
  return found?.system === "ios" && Object.hasOwn(IOS_VARIANTS, last)
    ? { ...found, system: IOS_VARIANTS[last] as Family }
    : found;
}

function target(
  architecture: string | undefined,
  system: string | undefined,
  library: Target["library"],
): Target | undefined {
  if (architecture === undefined || system === undefined) return undefined;
  if (!Object.hasOwn(ARCHITECTURES, architecture)) return undefined;
  if (!Object.hasOwn(SYSTEMS, system)) return undefined;
  return {
    architecture: ARCHITECTURES[architecture] as Architecture,
    system: SYSTEMS[system] as Family,
    library,
  };
}

/** Whether a name is one that can be held against bytes. */
export function isTargetName(name: string): boolean {
  return readTarget(name) !== undefined;
}

/** Holds the name of a target against the headers of an artifact. */
export function targetAgreement(
  name: string,
  machine: MachineFacts | null,
): Agreement {
  if (machine === null) {
    return { state: "unknown", observed: "bytes of no executable format" };
  }
  const observed = describeMachine(machine);
  const wanted = readTarget(name);
  if (wanted === undefined) {
    return { state: "unknown", observed: `${observed}; "${name}" unknown` };
  }
  const [architecture, ...more] = machine.architectures;
  if (more.length > 0 || architecture === "unknown") {
    return {
      state: machine.architectures.includes(wanted.architecture) ||
          architecture === "unknown"
        ? "unknown"
        : "contradicts",
      observed,
    };
  }
  const agrees = architecture === wanted.architecture &&
    formatOf(wanted.system) === machine.format &&
    (machine.system === null || machine.system === wanted.system) &&
    libraryAgrees(wanted, machine);
  return { state: agrees ? "agrees" : "contradicts", observed };
}

function formatOf(system: Family): MachineFacts["format"] {
  switch (system) {
    case "wasm":
      return "wasm";
    case "macos":
    case "ios":
    case "ios-simulator":
    case "mac-catalyst":
      return "macho";
    case "windows":
    case "efi":
      return "pe";
    default:
      return "elf";
  }
}

/** A static program names no interpreter and so no library. */
function libraryAgrees(wanted: Target, machine: MachineFacts): boolean {
  if (machine.format !== "elf" || machine.interpreter === null) return true;
  const isMusl = machine.interpreter.includes("/ld-musl-");
  return wanted.library === null || isMusl === (wanted.library === "musl");
}

/** The machine facts in plain words. */
export function describeMachine(machine: MachineFacts): string {
  const parts = [machine.format, machine.architectures.join("+")];
  if (machine.system !== null) parts.push(machine.system);
  if (machine.interpreter !== null) {
    parts.push(`interpreter ${machine.interpreter}`);
  }
  return `${parts.join(" ")} (${machine.machine})`;
}
