/**
 * Reads a build log of a known kind: which warnings it holds, each once, and
 * whether it can be believed. Lines without the bytes that every warning of
 * the kind holds are passed by undecoded, so reading costs little more than a
 * search.
 *
 * A log is believed when something of its kind was recognised in it, when it
 * holds the name of its project, when nothing in it broke off, was in another
 * encoding or left out by a limit, and when no fewer warnings were found than
 * the tool itself counted. An empty log says nothing, whatever it leaves out.
 *
 * MSBuild prints warnings again at the end, so the same text about the same
 * project counts once.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { LIMITS } from "../limits.ts";
import type { Reader } from "../reader.ts";
import { compilerLog } from "./compiler_log.ts";
import type { Diagnostic, LineReader, LogKind } from "./diagnostic.ts";
import { goLog } from "./go_log.ts";
import { logBlocks } from "./log_blocks.ts";
import { msbuildLog } from "./msbuild_log.ts";
import { plainLines, withoutSequences } from "./plain_text.ts";
import { cargoLog, rustcLog } from "./rust_log.ts";
import { sarifResults } from "./sarif_log.ts";

const READERS: Readonly<Record<Exclude<LogKind, "sarif">, LineReader>> = {
  "msbuild": msbuildLog,
  "cargo-json": cargoLog,
  "rustc-json": rustcLog,
  "gcc": compilerLog,
  "clang": compilerLog,
  "go": goLog,
};

/** Warnings of one project under one code. */
export interface WarningGroup {
  readonly project: string;
  readonly code: string;
  readonly count: number;
  /** Text of the first. */
  readonly first: string;
}

/** What a log holds. */
export interface LogFacts {
  /** Whether anything of the kind was recognised. */
  readonly recognised: boolean;
  /** Whether the name of the project was found. */
  readonly signed: boolean;
  /** Sorted by project and code. */
  readonly groups: readonly WarningGroup[];
  /** Results that the tool says were suppressed. */
  readonly suppressed: number;
  /** Lines or documents that broke off. */
  readonly malformed: number;
  /** Whether some of it is in another encoding than the rest. */
  readonly mixed: boolean;
  /** Warnings that the tool itself counted and that were not found. */
  readonly uncounted: number;
  /** Whether a limit left something out. */
  readonly cut: boolean;
}

/**
 * Reads a log.
 *
 * @param log Its kind, and the project that it must be about.
 */
export function readLog(
  reader: Reader,
  log: { readonly kind: LogKind; readonly project: string },
): LogFacts {
  const counter = new WarningCounter(log.project);
  return log.kind === "sarif"
    ? readSarif(reader, log.project, counter)
    : readLines(reader, { ...log, kind: log.kind }, counter);
}

function readLines(
  reader: Reader,
  log: {
    readonly kind: Exclude<LogKind, "sarif">;
    readonly project: string;
  },
  counter: WarningCounter,
): LogFacts {
  const kind = READERS[log.kind];
  const read = kind.start();
  let recognised = false;
  let signed = false;
  let malformed = 0;
  let mixed = false;
  let cut = false;
  let found = 0;
  let total = 0;
  const sign = Buffer.from(log.project).toString("latin1");
  for (const block of logBlocks(reader)) {
    cut ||= block.cut;
    // One character for each byte: the search of strings is the fastest here.
    const raw = block.bytes.toString("latin1");
    // A sequence in the middle of a word would hide it from the search.
    const bytes = raw.includes("\x1b")
      ? Buffer.from(withoutSequences(raw), "latin1")
      : block.bytes;
    const text = bytes === block.bytes ? raw : bytes.toString("latin1");
    // Bytes of another encoding in the middle of a log cannot be read.
    mixed ||= text.includes("\0");
    signed ||= text.includes(sign);
    recognised ||= kind.marks.some((mark) => hasWord(text, mark));
    const next = kind.needles.map((needle) => text.indexOf(needle));
    for (;;) {
      let at = -1;
      for (const place of next) {
        if (place !== -1 && (at === -1 || place < at)) at = place;
      }
      if (at === -1) break;
      const start = text.lastIndexOf("\n", at) + 1;
      const feed = text.indexOf("\n", at);
      const end = feed === -1 ? text.length : feed;
      if (end - start > LIMITS.logLineBytesMax) cut = true;
      const line = bytes.toString(
        "utf8",
        start,
        Math.min(end, start + LIMITS.logLineBytesMax),
      );
      for (const part of plainLines(line)) {
        const result = read(part);
        if (result === null) continue;
        if (result.kind === "malformed") malformed++;
        else recognised = true;
        if (result.kind === "total") total = Math.max(total, result.count);
        if (result.kind === "warning") {
          found++;
          counter.add(result.diagnostic);
        }
      }
      next.forEach((place, index) => {
        if (place !== -1 && place < end) {
          next[index] = text.indexOf(kind.needles[index] ?? "", end);
        }
      });
    }
  }
  return {
    recognised,
    signed,
    groups: counter.groups(),
    suppressed: 0,
    malformed,
    mixed,
    // What the tool counted and nobody found is somewhere that is not read.
    uncounted: Math.max(0, total - found),
    cut: cut || counter.full,
  };
}

/** Whether a text is there with no letter in front of it. */
function hasWord(text: string, word: string): boolean {
  for (let at = text.indexOf(word); at !== -1;) {
    if (at === 0 || !/[A-Za-z]/.test(text.charAt(at - 1))) return true;
    at = text.indexOf(word, at + 1);
  }
  return false;
}

function readSarif(
  reader: Reader,
  project: string,
  counter: WarningCounter,
): LogFacts {
  if (reader.size > LIMITS.sarifBytesMax) {
    return {
      recognised: false,
      signed: false,
      groups: [],
      suppressed: 0,
      malformed: 0,
      mixed: false,
      uncounted: 0,
      cut: true,
    };
  }
  const parts = [...logBlocks(reader)].map(({ bytes }) => bytes.toString());
  const text = parts.join("").replace(/^\ufeff/, "");
  const results = sarifResults(new TextEncoder().encode(text));
  results.diagnostics.forEach((diagnostic) => counter.add(diagnostic));
  return {
    recognised: results.runs > 0,
    signed: text.includes(project),
    groups: counter.groups(),
    suppressed: results.suppressed,
    malformed: results.malformed,
    mixed: false,
    uncounted: 0,
    cut: counter.full,
  };
}

/** Counts warnings by project and code, each text once. */
class WarningCounter {
  readonly #project: string;
  readonly #seen = new Set<string>();
  readonly #groups = new Map<string, { count: number; group: WarningGroup }>();
  full = false;

  constructor(project: string) {
    this.#project = project;
  }

  add({ project, code, text }: Diagnostic): void {
    const owner = project ?? this.#project;
    const key = `${owner}\0${code}\0${text.slice(0, LIMITS.warningTextMax)}`;
    if (this.#seen.has(key)) return;
    if (this.#seen.size >= LIMITS.warningsMax) {
      this.full = true;
      return;
    }
    this.#seen.add(key);
    const id = `${owner}\0${code}`;
    const known = this.#groups.get(id);
    if (known !== undefined) {
      known.count++;
      return;
    }
    const first = text.slice(0, LIMITS.warningTextMax);
    this.#groups.set(id, {
      count: 1,
      group: { project: owner, code, count: 1, first },
    });
  }

  groups(): WarningGroup[] {
    return [...this.#groups].sort(([a], [b]) => a < b ? -1 : 1)
      .map(([, { count, group }]) => ({ ...group, count }));
  }
}
