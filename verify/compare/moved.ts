/**
 * What moved between two files of one format, and which places follow from it:
 * programs with addresses (ELF, PE, Mach-O) and WebAssembly modules.
 *
 * @module
 */

import type { AlignBudget } from "./align_budget.ts";
import type { FieldSide } from "./account.ts";
import type { LaidOut } from "./compare_layouts.ts";
import { MovedWords } from "./moved_words.ts";
import { Moves, movesOf } from "./moves.ts";
import type { Run } from "./runs.ts";
import { WasmMovedWords } from "./wasm_moved_words.ts";
import { type WasmMoves, wasmMovesOf } from "./wasm_moves.ts";

/** What moved. */
export type Moved = Moves | WasmMoves;

/** What moved between two files; undefined when nothing did. */
export function movedBetween(
  left: LaidOut,
  right: LaidOut,
  aligning: AlignBudget,
): Moved | undefined {
  return movesOf(left, right, aligning) ??
    wasmMovesOf(left, right, aligning);
}

/** Tells the places of two fields that only follow from what moved. */
export function movedPlaces(
  moved: Moved,
  left: FieldSide,
  right: FieldSide,
): (run: Run) => boolean {
  const words = moved instanceof Moves
    ? new MovedWords(moved, left, right)
    : new WasmMovedWords(moved, left, right);
  return (run) => words.explain(run);
}
