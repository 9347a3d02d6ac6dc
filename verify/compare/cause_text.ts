/**
 * Causes that the two texts at a difference give away: paths, dates, times,
 * versions and settings that builds are known to leak.
 *
 * Both texts must have the form; one that happens to look like a date next to
 * one that does not is no evidence.
 *
 * @module
 */

import type { Cause } from "./comparison.ts";
import type { Toolchain } from "./toolchain.ts";

/** Where the texts are. */
export interface TextPlace {
  /** Label of the field. */
  readonly path: string;
  /** Asked only when a fix depends on it. */
  toolchain(): Toolchain;
}

interface TextRule {
  readonly form: RegExp;
  readonly axis: string;
  construct(place: TextPlace, text: string): string;
  fix(place: TextPlace, text: string): string;
}

const EPOCH =
  "Set SOURCE_DATE_EPOCH (GCC 7, Clang 16 and later read it); find uses with -Wdate-time";

const RULES: readonly TextRule[] = [
  {
    form: /\bvcs\.(?:time|revision|modified)=/,
    axis: "source",
    construct: () => "vcs.time, vcs.revision or vcs.modified of Go build info",
    fix: () => "Build from the same clean commit, or with -buildvcs=false",
  },
  {
    form:
      /\b(?:GCC: \([^)]*\) \d\S*|(?:clang|rustc) version \d\S*(?: \([^)]*\))?|LLD \d\S*)/,
    axis: "toolchain",
    construct: () => "version of the compiler or linker",
    fix: () => "Pin the toolchain: reproof lock",
  },
  {
    form: /^go\d+\.\d+(?:\.\d+)?\b/,
    axis: "toolchain",
    construct: () => "version of Go",
    fix: () => "Pin the toolchain: reproof lock, or GOTOOLCHAIN",
  },
  {
    form:
      /\b(?:Sun|Mon|Tue|Wed|Thu|Fri|Sat) (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) [ \d]\d \d\d:\d\d:\d\d \d{4}\b/,
    axis: "time",
    construct: (place) => macro(place, "__TIMESTAMP__, or ctime of the build"),
    fix: timeFix,
  },
  {
    form:
      /\b(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) [ \d]\d \d{4}\b/,
    axis: "time",
    construct: (place) => macro(place, "__DATE__"),
    fix: timeFix,
  },
  {
    form: /\b\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d)?|\b)/,
    axis: "time",
    construct: () => "a date of the build",
    fix: () => "Take the time from SOURCE_DATE_EPOCH and write it in UTC",
  },
  {
    form: /(?:^|[^\d:])\d\d:\d\d:\d\d(?:[^\d:]|$)/,
    axis: "time",
    construct: (place) => macro(place, "__TIME__"),
    fix: timeFix,
  },
  {
    form: /(?:^|\D)1[0-9]{9}(?:[0-9]{3})?(?:\D|$)/,
    axis: "time",
    construct: () => "a time since 1970",
    fix: () => "Take the time from SOURCE_DATE_EPOCH",
  },
  {
    form: /(?:^|[\s"'=:(])(?:\/[\w.+@~-]+){2,}|\b[A-Za-z]:[\\/][\w.+@~-]+[\\/]/,
    axis: "build-path",
    construct: pathConstruct,
    fix: pathFixAt,
  },
  {
    form:
      /(?:^|[\s"'=:(])(?:[\w.+@~-]+\/)+[\w.+@~-]+\.(?:c|cc|cpp|cs|cxx|go|h|hpp|rs|swift|ts|zig)\b/,
    axis: "build-path",
    construct: pathConstruct,
    fix: pathFixAt,
  },
];

/** Only C and C++ have macros of the time. */
function hasMacros({ toolchain }: TextPlace): boolean {
  return !["assemblyscript", "dotnet", "go", "rustc"].includes(toolchain());
}

function macro(place: TextPlace, name: string): string {
  return hasMacros(place) ? name : "a time that the build wrote";
}

function timeFix(place: TextPlace): string {
  return hasMacros(place)
    ? EPOCH
    : "Take the time from SOURCE_DATE_EPOCH: -ldflags -X for Go, build.rs for Rust";
}

const PATH_FIXES: Record<Toolchain, string> = {
  gcc: "-ffile-prefix-map=OLD=NEW (GCC 8 and later)",
  clang: "-ffile-prefix-map=OLD=NEW (Clang 10 and later)",
  rustc: "--remap-path-prefix OLD=NEW, or trim-paths in the Cargo profile",
  go: "-trimpath",
  dotnet: "PathMap=OLD=NEW, or DeterministicSourcePaths=true in the project",
  msvc:
    "/pathmap:OLD=NEW with /experimental:deterministic; /PDBALTPATH:%_PDB% for the linker",
  assemblyscript:
    "Call asc in one directory with one relative path; --noAssert, or --use abort= leaves the texts of assertions out",
  unknown:
    "Map the path: -ffile-prefix-map for C, --remap-path-prefix for Rust, -trimpath for Go",
};

/** Paths that the linker writes have flags of the linker. */
const LINKER_FIXES: readonly (readonly [RegExp, string])[] = [
  [
    /^macho\/(?:strings|symbols)/,
    "ld64 and ld64.lld -oso_prefix DIRECTORY, or strip -S",
  ],
  [
    /^macho\/LC_(?:ID_DYLIB|LOAD_DYLIB|LOAD_WEAK_DYLIB|REEXPORT_DYLIB|RPATH)/,
    "ld64 and ld64.lld -install_name @rpath/NAME and -rpath @loader_path/DIRECTORY",
  ],
  [
    /^elf\/\.dynstr|runpath|rpath/i,
    "ld and ld.lld -rpath '$ORIGIN/DIRECTORY', or patchelf --remove-rpath",
  ],
];

/** Languages that write the name of the source into the program. */
const SOURCES: readonly (readonly [RegExp, Toolchain])[] = [
  [/\.rs\b/, "rustc"],
  [/\.go\b/, "go"],
  [/\.cs\b/, "dotnet"],
];

/** The linker's flag, that of the language, or that of the toolchain. */
function pathFixAt({ path, toolchain }: TextPlace, text: string): string {
  return LINKER_FIXES.find(([label]) => label.test(path))?.[1] ??
    pathFix(SOURCES.find(([name]) => name.test(text))?.[1] ?? toolchain());
}

/** The flag of a toolchain that takes paths of the build out. */
export function pathFix(toolchain: Toolchain): string {
  return PATH_FIXES[toolchain];
}

function pathConstruct(
  { path, toolchain }: TextPlace,
  text: string,
): string {
  if (/\.ts\b/.test(text) && toolchain() === "assemblyscript") {
    return "path of a source in an assertion";
  }
  if (/[._]z?debug_/.test(path)) {
    return "DW_AT_comp_dir, DW_AT_name or the line table of debug information";
  }
  if (/runpath|rpath|\.dynstr/i.test(path)) return "RPATH or RUNPATH";
  if (/^macho\/LC_\w*DYLIB/.test(path)) return "install name of a library";
  if (/^macho\/strings/.test(path)) {
    return "path of an object file in the debug map (N_OSO, N_SO)";
  }
  if (/\.pdb\b/i.test(text)) return "path of the PDB";
  if (/\.rs\b/.test(text)) return "panic location";
  if (/\.go\b/.test(text)) return "path of a Go source";
  if (/\.strtab|\.symtab/.test(path)) return "file name in the symbol table";
  return "__FILE__, assert, or another path of the build";
}

/** The cause that two texts give away, if they do. */
export function textCause(
  left: string,
  right: string,
  place: TextPlace,
): Cause | undefined {
  if (left === right || left === "" || right === "") return undefined;
  for (const rule of RULES) {
    const leftMatch = rule.form.exec(left);
    const rightMatch = rule.form.exec(right);
    if (leftMatch === null || rightMatch === null) continue;
    // The form must cover what differs, not stand beside it.
    if (!coversDifference(rule.form, left, right)) continue;
    return {
      axis: rule.axis,
      construct: rule.construct(place, left),
      fix: rule.fix(place, left),
    };
  }
  return undefined;
}

/** Whether the texts are the same once every match is taken out. */
function coversDifference(form: RegExp, left: string, right: string): boolean {
  const every = new RegExp(`${widened(form)}`, "g");
  return left.replace(every, "") === right.replace(every, "");
}

/** The form with the rest of its word, such as the end of a path or value. */
function widened(form: RegExp): string {
  return `(?:${form.source})[^\\s"'\`,;)]*`;
}
