/**
 * Everything that the bytes of one artifact say of it, without running it.
 *
 * @module
 */

import type { Reader } from "../reader.ts";
import { findBuildInfo, type FoundLines } from "./build_info.ts";
import { elfComment } from "./elf_comment.ts";
import { goBuildInfo, type GoBuildInfoFacts } from "./go_build_info.ts";
import { type MachineFacts, machineFacts } from "./machine.ts";
import { type Producer, wasmProducers } from "./wasm_producers.ts";

/** What the bytes of one artifact say of it. */
export interface MetadataFacts {
  /** Build-info lines; none where no keys were given. */
  readonly buildInfo: FoundLines;
  /** Null for bytes that are no executable format. */
  readonly machine: MachineFacts | null;
  /** Strings of ELF `.comment`; null where there is none. */
  readonly comment: readonly string[] | null;
  /** Null where there is none. */
  readonly go: GoBuildInfoFacts | null;
  /** Null where there is none. */
  readonly producers: readonly Producer[] | null;
}

/**
 * Reads the facts of an artifact of any size in constant memory.
 *
 * @param keys Keys of the build-info line as in the recipe, or none.
 */
export function metadataFacts(
  reader: Reader,
  keys: readonly string[] = [],
): MetadataFacts {
  const machine = machineFacts(reader);
  return {
    buildInfo: findBuildInfo(reader, keys),
    machine,
    comment: elfComment(reader),
    go: machine === null ? null : goBuildInfo(reader),
    producers: wasmProducers(reader),
  };
}
