/**
 * Payloads that tools put into an executable for the program to read from its
 * own file, recognised by how they end or by the note that holds them.
 *
 * - `bun build --compile`: a line of its own at the end, before 1.3 with the
 *   size of the whole behind it.
 * - `deno compile`: up to 1.45 a magic number with two or four places behind
 *   it; since then a note with the owner `SUI` (denoland/sui, ELF.md).
 * - Node single executable applications: a note with the owner
 *   `NODE_SEA_BLOB` (Node documentation, "Single executable applications").
 * - Signed kernel modules: a line at the end (Linux, scripts/sign-file.c).
 *
 * They are content, whatever they are.
 *
 * @module
 */

import type { Reader } from "../reader.ts";

/** What put a payload there. */
export type PayloadKind = "bun" | "deno" | "node-sea" | "module-signature";

const TAIL_BYTES = 40;
const BUN = "\n---- Bun! ----\n";
const DENO = /d3n0l4nd/i;
const MODULE_SIGNATURE = "~Module signature appended~\n";

/** The kind of a payload that is appended to a file, by its end. */
export function appendedPayload(
  reader: Reader,
  { offset, length }: { readonly offset: number; readonly length: number },
): PayloadKind | undefined {
  const size = Math.min(TAIL_BYTES, length);
  const tail = String.fromCharCode(
    ...reader.read(offset + length - size, size),
  );
  if (tail.endsWith(BUN) || tail.slice(0, -8).endsWith(BUN)) return "bun";
  if (tail.endsWith(MODULE_SIGNATURE)) return "module-signature";
  // Places of 8 bytes follow the magic number.
  return [24, 40].some((from) => DENO.test(tail.slice(-from).slice(0, 8)))
    ? "deno"
    : undefined;
}

const OWNERS: ReadonlyMap<string, PayloadKind> = new Map([
  ["SUI", "deno"],
  ["NODE_SEA_BLOB", "node-sea"],
]);

/** The kind of a payload that is a note, by the note's owner. */
export function notePayload(owner: string): PayloadKind | undefined {
  return OWNERS.get(owner);
}
