/**
 * What is true of a package artifact: what it says of itself, the files at the
 * paths that are asked for, everything in it that can be executed, and what is
 * wrong with its form.
 *
 * A file can be executed when its mode says so, when it is machine code (ELF,
 * PE, Mach-O, WebAssembly) or starts with `#!`, or when Windows would run it by
 * its name. Byte code and scripts of an interpreter are what packages of that
 * interpreter are made of, and not listed.
 *
 * @module
 */

import { type AbiFacts, abiFacts } from "../abi/facts.ts";
import { sha256Reader } from "../digest.ts";
import { ReproofError } from "../error.ts";
import { DecodeBudget } from "../format/source.ts";
import { type MachineFacts, machineFacts } from "../metadata/machine.ts";
import type { Reader } from "../reader.ts";
import { debFiles } from "./deb.ts";
import type { PackageManifest } from "./manifest.ts";
import {
  MODE_EXECUTABLE,
  type PackageEntry,
  type PackageFiles,
  type PackageFinding,
} from "./package_files.ts";
import type { PackageKind, PackageRecipe } from "./package_recipe.ts";
import { PACKAGE_READERS } from "./readers.ts";
import { tarFiles } from "./tar_files.ts";
import { zipFiles } from "./zip_files.ts";

/** What is true of a package artifact. */
export interface PackageFacts {
  /** Bytes of the package. */
  readonly bytes: number;
  readonly findings: readonly PackageFinding[];
  /** What it says of itself; null when that could not be read. */
  readonly manifest: PackageManifest | null;
  /** Files at the paths that were asked for; null where none is. */
  readonly files: Readonly<Record<string, PackageFile | null>>;
  /** Paths of everything that can be executed. */
  readonly executables: readonly string[];
  /** Every path in it, for commands that lead nowhere. */
  readonly paths: ReadonlySet<string>;
}

/** A file of a package. */
export interface PackageFile {
  /** Null when it could not be read to its end. */
  readonly sha256: string | null;
  /** Null where the container keeps no modes. */
  readonly executable: boolean | null;
  /** What its headers say; null for no machine code. */
  readonly machine: MachineFacts | null;
  /** What it asks of its system; null when it asks for none. */
  readonly abi: AbiFacts | null;
}

const BY_NAME = /\.(?:exe|com|bat|cmd|ps1|vbs|msi|scr|sh|dylib|so(?:\.\d+)*)$/i;
const SHEBANG = [0x23, 0x21];
const MAGIC = [[0x7f, 0x45, 0x4c, 0x46], [0x4d, 0x5a], SHEBANG];

/** Reads a package by the kind that the recipe says it is of. */
export function packageFacts(
  reader: Reader,
  { kind, holds }: Pick<PackageRecipe, "kind" | "holds">,
  fileName: string,
): PackageFacts {
  const wanted = Object.keys(holds);
  try {
    return read(reader, { kind, wanted, fileName });
  } catch (error) {
    // A limit, or bytes that end before their headers say.
    if (!(error instanceof ReproofError)) throw error;
    return {
      bytes: reader.size,
      findings: [{
        code: "package-unreadable",
        path: "",
        detail: error.message,
      }],
      manifest: null,
      files: Object.fromEntries(wanted.map((path) => [path, null])),
      executables: [],
      paths: new Set(),
    };
  }
}

function read(
  reader: Reader,
  { kind, wanted, fileName }: {
    readonly kind: PackageKind;
    readonly wanted: readonly string[];
    readonly fileName: string;
  },
): PackageFacts {
  const files = filesOf(reader, kind);
  const own = PACKAGE_READERS[kind];
  const findings = [...files.findings];
  const found = new Map<string, PackageFile>();
  const executables: string[] = [];
  for (const entry of files.entries) {
    const { path, mode } = entry;
    const bytes = entry.open();
    if (wanted.includes(path)) {
      found.set(path, {
        sha256: digest(entry, findings),
        executable: own.keepsModes
          ? ((mode ?? 0) & MODE_EXECUTABLE) === MODE_EXECUTABLE
          : null,
        machine: machineFacts(bytes),
        abi: abiFacts(bytes),
      });
    }
    const executable = own.keepsModes &&
      ((mode ?? 0) & MODE_EXECUTABLE) !== 0;
    if (executable || BY_NAME.test(path) || isCode(bytes)) {
      executables.push(path);
    }
  }
  const manifest = own.read(files, fileName);
  if (typeof manifest === "string") {
    findings.push({ code: "package-unreadable", path: "", detail: manifest });
  }
  return {
    bytes: reader.size,
    findings,
    manifest: typeof manifest === "string" ? null : manifest,
    files: Object.fromEntries(
      wanted.map((path) => [path, found.get(path) ?? null]),
    ),
    executables,
    paths: new Set(files.entries.map(({ path }) => path)),
  };
}

function filesOf(reader: Reader, kind: PackageKind): PackageFiles {
  const budget = new DecodeBudget(reader.size);
  switch (kind) {
    case "npm":
      return tarFiles(reader, budget);
    case "deb":
      return debFiles(reader, budget);
    default:
      return zipFiles(reader, budget);
  }
}

/** The digest of a file, which must be as long as its header says. */
function digest(
  entry: PackageEntry,
  findings: PackageFinding[],
): string | null {
  try {
    return sha256Reader(entry.open());
  } catch (error) {
    if (!(error instanceof ReproofError)) throw error;
    findings.push({
      code: "package-unreadable",
      path: entry.path,
      detail: error.message,
    });
    return null;
  }
}

function isCode(reader: Reader): boolean {
  const head = reader.read(0, Math.min(4, reader.size)).slice();
  return MAGIC.some((magic) =>
    magic.every((byte, index) => head[index] === byte)
  ) || machineFacts(reader) !== null;
}
