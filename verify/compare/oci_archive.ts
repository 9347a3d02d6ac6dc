/**
 * An OCI image layout that lies in a tar archive, as `oci-archive` of skopeo
 * and `type=oci` of BuildKit write it (OCI image-spec 1.1, image-layout.md).
 * The archive may hold files and directories and nothing else, each name once.
 *
 * Two such archives are compared as layouts, blobs by their role, when nothing
 * of the archives themselves could differ unseen: entries sorted by name, one
 * header for all files but for name, size and checksum, no extensions, zeros
 * for padding. Archives of another form are compared as any archive is.
 *
 * @module
 */

import { ReaderSource } from "../format/source.ts";
import { TAR_BLOCK } from "../format/tar_header.ts";
import { byteString } from "../format/tar_text.ts";
import { type TarEntry, TarWalk } from "../format/tar_walk.ts";
import { LIMITS } from "../limits.ts";
import { type Reader, SliceReader } from "../reader.ts";
import { compareOciLayouts, isOciLayout } from "./oci.ts";
import type { OciFiles } from "./oci_blobs.ts";
import type { Session } from "./session.ts";

/** The files of an archive, or why they cannot be read. */
export function layoutFiles(
  reader: Reader,
): OciFiles | { readonly problem: string } {
  const read = readEntries(reader);
  if ("problem" in read) return read;
  const places = new Map(
    read.entries.filter(({ type }) => type !== "5").map((entry) => [
      entry.key.split("/").filter((part) => part !== "" && part !== ".")
        .join("/"),
      { start: entry.start + entry.head.length, size: entry.bodyLength },
    ]),
  );
  return {
    names: [...places.keys()],
    open(name) {
      const place = places.get(name) ?? { start: 0, size: 0 };
      return new SliceReader(reader, place.start, place.size);
    },
  };
}

/**
 * Compares two archives as layouts where that misses nothing.
 *
 * @returns Whether they were compared.
 */
export function compareOciArchives(
  session: Session,
  { left, right }: { readonly left: Reader; readonly right: Reader },
): boolean {
  const form = plainForm(left);
  if (form === null || form !== plainForm(right)) return false;
  const files = { left: layoutFiles(left), right: layoutFiles(right) };
  if ("problem" in files.left || "problem" in files.right) return false;
  if (!isOciLayout(files.left.names) || !isOciLayout(files.right.names)) {
    return false;
  }
  compareOciLayouts(session, files.left, files.right);
  return true;
}

function readEntries(
  reader: Reader,
): { readonly entries: readonly TarEntry[] } | { readonly problem: string } {
  const walk = new TarWalk(new ReaderSource(reader), LIMITS.entriesMax);
  const entries: TarEntry[] = [];
  for (let entry = walk.next(); entry !== undefined; entry = walk.next()) {
    if (entry.type !== "5" && entry.type !== "0" && entry.type !== "7") {
      return { problem: `${entry.label} is no file or directory` };
    }
    entries.push(entry);
  }
  const [problem] = walk.problems;
  return problem === undefined
    ? { entries }
    : { problem: `${problem.path}: ${problem.detail}` };
}

/** Places of a header that follow from the file: name, size and checksum. */
const DERIVED = [[0, 100], [124, 136], [148, 156], [345, 500]] as const;

/** All that an archive is beside its files; null for one of another form. */
function plainForm(reader: Reader): string | null {
  const read = readEntries(reader);
  if ("problem" in read) return null;
  const headers = new Set<string>();
  const folders: string[] = [];
  let before = "";
  let end = 0;
  for (const { key, type, start, head, bodyLength } of read.entries) {
    if (head.length !== TAR_BLOCK || key <= before || start !== end) {
      return null;
    }
    before = key;
    const padding = (TAR_BLOCK - bodyLength % TAR_BLOCK) % TAR_BLOCK;
    end = start + TAR_BLOCK + bodyLength + padding;
    const zeros = reader.read(end - padding, padding);
    if (zeros.some((byte) => byte !== 0)) return null;
    if (type === "5") {
      folders.push(byteString(head));
      continue;
    }
    const rest = head.slice();
    for (const [from, to] of DERIVED) rest.fill(0, from, to);
    headers.add(byteString(rest));
  }
  return headers.size === 1
    ? JSON.stringify([[...headers], folders, reader.size - end])
    : null;
}
