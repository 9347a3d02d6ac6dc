/**
 * Causes in PE images and COFF objects that follow from what a field is. The
 * fix is that of the linker which wrote the image, as far as the image says:
 * metadata is written by .NET compilers, a build id in front of the code by
 * Go, a Rich header by Microsoft's linker, sections of DWARF by GNU ld or lld.
 *
 * Flags: Microsoft linker and compiler reference (`/Brepro`, `/PDBALTPATH`,
 * `/INCREMENTAL`), GNU ld manual (`--no-insert-timestamp`), .NET SDK
 * (`Deterministic`, `ContinuousIntegrationBuild`, `PathMap`), Go command
 * (`-trimpath`, `-buildvcs`), Node single executable applications.
 *
 * @module
 */

import type { Layout } from "../format/layout.ts";
import type { FieldSide } from "./account.ts";
import type { Cause } from "./comparison.ts";

/** What wrote an image. */
export type PeMaker = "dotnet" | "go" | "msvc" | "gnu" | "unknown";

/** What wrote an image, as far as its layout says. */
export function peMakerOf(layout: Layout): PeMaker {
  let maker: PeMaker = "unknown";
  for (const { path } of layout.fields) {
    if (path === "pe/dotnet/cli-header") return "dotnet";
    if (path === "pe/.text/go-build-id") return "go";
    if (path === "pe/rich/key") maker = "msvc";
    else if (maker === "unknown" && /^pe\/\.z?debug_/.test(path)) maker = "gnu";
  }
  return maker;
}

const DETERMINISTIC =
  "Deterministic=true and ContinuousIntegrationBuild=true in the project";

const STAMP_FIXES: Record<PeMaker, string> = {
  dotnet: DETERMINISTIC,
  go: "with cgo: -ldflags=-extldflags=-Wl,--no-insert-timestamp",
  msvc: "link with /Brepro",
  gnu: "ld --no-insert-timestamp, or SOURCE_DATE_EPOCH",
  unknown: "link and lld-link /Brepro; GNU ld and ld.lld --no-insert-timestamp",
};

const PDB_FIXES: Record<PeMaker, string> = {
  ...STAMP_FIXES,
  dotnet: `${DETERMINISTIC}; PathMap for the paths in the PDB`,
};

const PDB_PATH_FIXES: Record<PeMaker, string> = {
  dotnet: "PathMap=OLD=NEW, or DeterministicSourcePaths=true in the project",
  go: "-trimpath",
  msvc: "link with /PDBALTPATH:%_PDB%",
  gnu: "lld-link /pdbaltpath:%_PDB%",
  unknown: "link and lld-link /PDBALTPATH:%_PDB%",
};

type Rule = readonly [
  match: RegExp,
  cause: (maker: PeMaker) => readonly [string | null, string, string | null],
];

const OTHERS = "Fix the other differences";

/** By normaliser. */
const DERIVED: readonly Rule[] = [
  [
    /^pe-(?:debug-|export-|resource-|load-config-|import-)?timestamp$/,
    (maker) => ["time", "time of the link", STAMP_FIXES[maker]],
  ],
  [/^coff-timestamp$/, () => [
    "time",
    "time of the compilation",
    "cl and clang-cl /Brepro; lib and link /Brepro for import libraries",
  ]],
  [/^pe-delay-import-timestamp$/, (maker) => [
    "time",
    "time of a library that was bound",
    STAMP_FIXES[maker],
  ]],
  [
    /^pe-(?:content-timestamp|repro-hash)$/,
    () => [null, "hash of the image in place of a time", OTHERS],
  ],
  [
    /^pe-rsds-guid$/,
    (maker) => [null, "id that ties a PDB to its image", PDB_FIXES[maker]],
  ],
  [/^pe-rsds-age$/, () => [
    null,
    "age of the PDB: links on top of an older one",
    "Delete the PDB before linking, or link with /INCREMENTAL:NO",
  ]],
  [
    /^pe-pdb-checksum$/,
    () => [null, "hash of the PDB", "Fix the differences in the PDB"],
  ],
  [/^pe-checksum$/, () => [null, "follows from the other bytes", null]],
  [/^pe-go-build-id$/, () => [
    null,
    "Go build id: a hash over inputs and output",
    "Fix the other differences; the same flags, -trimpath, -buildvcs",
  ]],
  [
    /^dotnet-mvid$/,
    () => [null, "module version id of .NET", DETERMINISTIC],
  ],
  [
    /^dotnet-strong-name$/,
    () => [null, "strong name: a signature over the image", OTHERS],
  ],
  [/^pe-certificate$/, () => [
    "signature",
    "Authenticode signature, which holds its own time",
    "Compare before signing, or against the unsigned image",
  ]],
];

/** By label. */
const CONTENT: readonly Rule[] = [
  [
    /^pe\/debug\/codeview\/path$/,
    (maker) => ["build-path", "path of the PDB", PDB_PATH_FIXES[maker]],
  ],
  [/^pe\/rich\//, () => [
    "toolchain",
    "tools and their builds in the Rich header",
    "Pin the toolset (VCToolsVersion) and the Windows SDK",
  ]],
  [/^pe\/optional\/linker-version$/, () => [
    "toolchain",
    "version of the linker",
    "Pin the toolchain: reproof lock",
  ]],
  [/^pe\/resource\/10\/NODE_SEA_BLOB\//, () => [
    "payload",
    "payload of a Node single executable application",
    "useCodeCache: false and useSnapshot: false, and one version of Node",
  ]],
  [/^pe\/resource\/16\//, () => [
    null,
    "version resource",
    "Take FileVersion and ProductVersion from the source",
  ]],
];

/** The cause that the kind of a field of PE or COFF gives, if it does. */
export function peCause(path: string, side: FieldSide): Cause | undefined {
  const { field, layout } = side;
  const id = field.normalizer ?? "";
  const rule = DERIVED.find(([match]) => match.test(id)) ??
    CONTENT.find(([match]) => match.test(path));
  if (rule === undefined) return undefined;
  const [axis, construct, fix] = rule[1](peMakerOf(layout));
  return { axis, construct, fix };
}
