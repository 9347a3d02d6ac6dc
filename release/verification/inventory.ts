/**
 * Every file of a release accounted for: the checksum list and the directory
 * name the same files, no name can be taken for another, nothing is a link or
 * a device, every digest is the one that the list gives, and every archive is
 * canonical. Each file is read once, through one handle.
 *
 * @module
 */

import { join } from "@std/path";
import type { Code } from "../../verify/catalogue/mod.ts";
import type { Check } from "../../verify/check.ts";
import { sha256, sha256Reader } from "../../verify/digest.ts";
import { ReproofError } from "../../verify/error.ts";
import { FileReader } from "../../verify/file_reader.ts";
import { parseChecksums } from "../../verify/integrity/checksums.ts";
import { listDirectory } from "../../verify/integrity/directory.ts";
import { aliasGroups, nameProblem } from "../../verify/integrity/names.ts";
import {
  readArchive,
  type TarMember,
} from "../../verify/integrity/read_archive.ts";
import type { Reader } from "../../verify/reader.ts";
import { hashAhead, type HashedFile } from "./hash_ahead.ts";
import { LIMITS } from "../../verify/limits.ts";
import { BUNDLE_SUFFIX, INCOMPLETE_FILE, RELEASE_FILES } from "../layout.ts";

/** A file of the release after it was read. */
export interface ReadFile {
  readonly sha256: string;
  readonly size: number;
  /** The bytes, for documents and signatures; null for large files. */
  readonly bytes: Uint8Array | null;
  /** What an archive holds; null for other files and broken archives. */
  readonly members: readonly TarMember[] | null;
}

/** All files of a release, read, and the checks made on the way. */
export interface Inventory {
  readonly files: ReadonlyMap<string, ReadFile>;
  readonly checks: readonly Check[];
}

/** Gets the bytes of each small enough member of each archive. */
export type MemberVisitor = (visited: {
  readonly archive: string;
  readonly member: TarMember;
  readonly bytes: Uint8Array;
  /** The files that are no archives; they have been read by then. */
  readonly documents: ReadonlyMap<string, ReadFile>;
}) => void;

/** Gets each log of a build step; the documents have been read by then. */
export type LogVisitor = (visited: {
  /** Path below the folder of logs. */
  readonly name: string;
  readonly reader: Reader;
  readonly documents: ReadonlyMap<string, ReadFile>;
}) => void;

/** How to read a release directory. */
export interface InventoryOptions {
  /** Called for each file in an archive that fits in memory. */
  readonly onMember?: MemberVisitor;
  /** Called for each log, before it is hashed. */
  readonly onLog?: LogVisitor;
  /** Overlooks the mark of a directory that is about to be finished. */
  readonly unfinished: boolean;
}

/**
 * Reads a release directory.
 *
 * @throws {ReproofError} when the directory itself cannot be listed.
 */
export async function takeInventory(
  directory: string,
  options: InventoryOptions,
): Promise<Inventory> {
  const before = stateOf(directory, options.unfinished);
  const listing = listDirectory(directory);
  const present = options.unfinished
    ? listing.files.filter((path) => path !== INCOMPLETE_FILE)
    : listing.files;
  const checks: Check[] = [
    ...listing.others.map((other) =>
      integrity("kind", other.path, "fail", {
        code: "file-not-allowed",
        expected: "regular files alone",
        observed: other.kind,
      })
    ),
    ...present.includes(INCOMPLETE_FILE)
      ? [integrity("finished", INCOMPLETE_FILE, "fail", {
        code: "release-incomplete",
        expected: "a directory that was finished",
        observed: "the mark of one that was not",
      })]
      : [],
    ...present.flatMap((path) => {
      const problem = nameProblem(path);
      return problem === null ? [] : [integrity("name", path, "fail", {
        code: "name-ambiguous",
        expected: "a name that is one file everywhere",
        observed: problem,
      })];
    }),
    ...aliasGroups(present).map((group) =>
      integrity("alias", group.join(", "), "fail", {
        code: "name-ambiguous",
        expected: "names that differ on every system",
        observed: group.join(" and "),
      })
    ),
  ];
  const files = new Map<string, ReadFile>();
  const isArchive = (path: string) => path.endsWith(".tar.gz");
  // Documents say how to read logs and archives.
  const rank = (path: string) =>
    path.endsWith(".json") ? 0 : isArchive(path) ? 2 : 1;
  const order = present.toSorted((a, b) => rank(a) - rank(b));
  const ahead = await hashAhead(plainFiles(directory, order));
  for (const path of order) {
    const read = await readFile(join(directory, path), path, {
      ahead,
      onMember: (member, bytes) =>
        options.onMember?.({ archive: path, member, bytes, documents: files }),
      onLog: (name, reader) =>
        options.onLog?.({ name, reader, documents: files }),
    });
    files.set(path, read.file);
    checks.push(...read.checks);
  }
  checks.push(
    ...checksumChecks(files),
    unchanged(before, stateOf(directory, options.unfinished)),
  );
  return { files, checks };
}

/** Every file with what changes when it does; links and devices have no state. */
function stateOf(
  directory: string,
  unfinished: boolean,
): ReadonlyMap<string, string> {
  const states = new Map<string, string>();
  for (const path of listDirectory(directory).files) {
    if (unfinished && path === INCOMPLETE_FILE) continue;
    try {
      const { ino, size, mtime } = Deno.lstatSync(join(directory, path));
      states.set(path, `${ino} ${size} ${mtime?.getTime()}`);
    } catch (error) {
      // Gone since it was listed: the other listing has it, or nobody has.
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  return states;
}

/** What was read is what is there when reading ends: nobody wrote meanwhile. */
function unchanged(
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): Check {
  const changed = [...new Set([...before.keys(), ...after.keys()])].sort()
    .find((path) => before.get(path) !== after.get(path));
  return integrity(
    "unchanged",
    changed ?? "directory",
    changed === undefined ? "pass" : "fail",
    {
      code: "file-changed",
      expected: "files that nobody changes while they are read",
      observed: changed === undefined
        ? `${after.size} files`
        : `"${changed}" changed meanwhile`,
    },
  );
}

/** Whether a file is held in memory to be read. */
function isDocument(path: string, size: number): boolean {
  return size <= LIMITS.jsonBytesMax &&
    (path.endsWith(".json") || path === RELEASE_FILES.bundleLines ||
      path === RELEASE_FILES.checksums ||
      path.startsWith(`${RELEASE_FILES.sources}/`));
}

/** Files of which the digest is all that is wanted. */
function plainFiles(
  directory: string,
  paths: readonly string[],
): { readonly path: string; readonly size: number }[] {
  return paths.flatMap((path) => {
    const full = join(directory, path);
    const { size } = Deno.lstatSync(full);
    return path.endsWith(".tar.gz") || isDocument(path, size) ||
        path.startsWith(`${RELEASE_FILES.logs}/`)
      ? []
      : [{ path: full, size }];
  });
}

async function readFile(
  full: string,
  path: string,
  { ahead, onMember, onLog }: {
    readonly ahead: ReadonlyMap<string, HashedFile>;
    onMember(member: TarMember, bytes: Uint8Array): void;
    onLog(name: string, reader: Reader): void;
  },
): Promise<{ file: ReadFile; checks: Check[] }> {
  using reader = new FileReader(full);
  if (path.startsWith(`${RELEASE_FILES.logs}/`)) {
    onLog(path.slice(RELEASE_FILES.logs.length + 1), reader);
  }
  if (!path.endsWith(".tar.gz")) {
    const bytes = isDocument(path, reader.size)
      ? reader.read(0, reader.size).slice()
      : null;
    const hashed = ahead.get(full);
    return {
      file: {
        sha256: bytes !== null
          ? sha256(bytes)
          : hashed !== undefined && hashed.size === reader.size
          ? hashed.sha256
          : sha256Reader(reader),
        size: reader.size,
        bytes,
        members: null,
      },
      checks: [],
    };
  }
  let heldBytes = 0;
  const held = new Map<string, { bytes: Uint8Array; length: number }>();
  try {
    const contents = await readArchive(reader, (name, size) => {
      // All of an archive's members are held until it has proven canonical.
      if (size > LIMITS.memberBytesMax - heldBytes) return;
      heldBytes += size;
      const member = { bytes: new Uint8Array(size), length: 0 };
      held.set(name, member);
      return (chunk) => {
        member.bytes.set(chunk, member.length);
        member.length += chunk.length;
      };
    });
    for (const member of contents.members) {
      const bytes = held.get(member.path)?.bytes;
      if (bytes !== undefined) onMember(member, bytes);
    }
    return {
      file: {
        sha256: contents.sha256,
        size: reader.size,
        bytes: null,
        members: contents.members,
      },
      checks: [integrity("archive", path, "pass", {
        code: "archive-not-canonical",
        expected: "a canonical archive",
        observed: `${contents.members.length} files`,
      })],
    };
  } catch (error) {
    if (!(error instanceof ReproofError)) throw error;
    return {
      file: {
        sha256: sha256Reader(reader),
        size: reader.size,
        bytes: null,
        members: null,
      },
      checks: [integrity("archive", path, "fail", {
        code: error.code,
        expected: "a canonical archive",
        observed: error.observed ?? error.message,
      })],
    };
  }
}

/** Set equality of list and directory, and equality of every digest. */
function checksumChecks(files: ReadonlyMap<string, ReadFile>): Check[] {
  const list = files.get(RELEASE_FILES.checksums);
  if (list?.bytes === undefined || list.bytes === null) {
    return [integrity("list", RELEASE_FILES.checksums, "fail", {
      code: "file-missing",
      expected: `a file "${RELEASE_FILES.checksums}"`,
      observed: "none: this is not a release",
    })];
  }
  let listed: Map<string, string>;
  try {
    listed = new Map(
      parseChecksums(list.bytes).map((entry) => [entry.path, entry.sha256]),
    );
  } catch (error) {
    if (!(error instanceof ReproofError)) throw error;
    return [integrity("list", RELEASE_FILES.checksums, "fail", {
      code: error.code,
      expected: error.expected ?? "a canonical list",
      observed: error.message,
    })];
  }
  const unlisted = [...files.keys()].filter((path) =>
    !listed.has(path) && path !== RELEASE_FILES.checksums &&
    path !== RELEASE_FILES.bundleLines &&
    !path.endsWith(BUNDLE_SUFFIX)
  );
  return [
    integrity("list", RELEASE_FILES.checksums, "pass", {
      code: "checksums-invalid",
      expected: "a canonical list",
      observed: `${listed.size} files`,
    }),
    ...[...listed].map(([path, expected]) => {
      const file = files.get(path);
      return integrity(
        "digest",
        path,
        file?.sha256 === expected ? "pass" : "fail",
        {
          code: file === undefined ? "file-missing" : "digest-mismatch",
          expected: `sha256:${expected}`,
          observed: file === undefined ? "no file" : `sha256:${file.sha256}`,
        },
      );
    }),
    ...unlisted.map((path) =>
      integrity("extra", path, "fail", {
        code: "file-not-listed",
        expected: "only files that the list names",
        observed: "a file that it does not name",
      })
    ),
  ];
}

/** A check of the gate `integrity`. */
export function integrity(
  what: string,
  path: string,
  status: Check["status"],
  details: {
    readonly code: Code;
    readonly expected: string;
    readonly observed: string;
  },
): Check {
  return {
    id: `integrity/${what}/${path}`,
    gate: "integrity",
    subject: path,
    status,
    evidence: [],
    ...details,
  };
}
