/**
 * Builds ar archives member by member.
 *
 * @module
 */

import { bytesOf } from "./damage.ts";

/** One member of an archive; numbers become decimal text. */
export interface Member {
  readonly name: string;
  readonly contents?: Uint8Array | string;
  readonly mtime?: string;
  readonly uid?: string;
  readonly gid?: string;
  readonly mode?: string;
  /** Text of the size, when it is to lie. */
  readonly size?: string;
}

/** An archive of members with names as given (16 bytes at most). */
export function archive(
  members: readonly Member[],
  magic = "!<arch>\n",
): Uint8Array {
  return bytesOf(magic, ...members.map(memberBytes));
}

function memberBytes(member: Member): Uint8Array {
  const contents = bytesOf(member.contents ?? "");
  return bytesOf(
    member.name.padEnd(16),
    (member.mtime ?? "0").padEnd(12),
    (member.uid ?? "0").padEnd(6),
    (member.gid ?? "0").padEnd(6),
    (member.mode ?? "100644").padEnd(8),
    (member.size ?? String(contents.length)).padEnd(10),
    "`\n",
    contents,
    contents.length % 2 === 1 ? "\n" : "",
  );
}

/** A GNU symbol table of the offsets and names. */
export function symbolTable(
  offsets: readonly number[],
  names: readonly string[],
): Uint8Array {
  const words = [offsets.length, ...offsets].flatMap((value) => [
    (value >>> 24) & 0xff,
    (value >>> 16) & 0xff,
    (value >>> 8) & 0xff,
    value & 0xff,
  ]);
  return bytesOf(words, ...names.map((name) => `${name}\0`));
}
