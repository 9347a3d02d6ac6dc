/**
 * What a package says of itself, by its kind: name, version, the platforms it
 * is for, the commands it brings, what it runs while it is installed, and what
 * its own form lacks. One file per kind reads it.
 *
 * @module
 */

import type { PackageFiles } from "./package_files.ts";

/** A platform as a package spells it. */
export interface PackagePlatform {
  /** The package's own word. */
  readonly says: string;
  /** The name of a target that means the same; null for a word unknown here. */
  readonly target: string | null;
  /** The lowest system that it promises to do; none without. */
  readonly floor?: {
    readonly what: "GLIBC" | "macos";
    readonly version: string;
  };
}

/** A package's own word. */
export interface PackageManifest {
  readonly name: string;
  readonly version: string;
  /** Every platform it is for; none for one that is for any. */
  readonly platforms: readonly PackagePlatform[];
  /** Paths by the command that starts them. */
  readonly commands: ReadonlyMap<string, string>;
  /** Names of what it runs while it is installed or loaded. */
  readonly hooks: readonly string[];
  /** Other packages, of this very version, that it refers to. */
  readonly refers: readonly string[];
  /** What the form of its kind asks for and it has not, in plain words. */
  readonly flaws: readonly string[];
}

/** A kind of package. */
export interface PackageReader {
  /** Whether what installs it keeps the modes of its files. */
  readonly keepsModes: boolean;
  /**
   * Reads the package's own word; a text says why it could not be read.
   *
   * @param fileName Name of the package's file.
   */
  read(files: PackageFiles, fileName: string): PackageManifest | string;
  /** Spells a version as this kind does; null where it has no spelling. */
  versionForm(version: string): RegExp | null;
}

/** A text as a pattern of itself alone. */
export function exactly(text: string): RegExp {
  return new RegExp(`^${text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}$`);
}

/** A path joined to the directory of another, without `.` parts. */
export function besides(path: string, relative: string): string {
  const parts = [
    ...path.split("/").slice(0, -1),
    ...relative.replaceAll("\\", "/").split("/"),
  ];
  return parts.filter((part) => part !== "" && part !== ".").join("/");
}
