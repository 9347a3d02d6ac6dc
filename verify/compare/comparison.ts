/**
 * The result of a comparison: the machine-readable contract of
 * `compare --json`, schema version 1. Additions are free; a renamed member is
 * a new schema version.
 *
 * @module
 */

import type { Code } from "../catalogue/mod.ts";
import type { FieldKind, FormatName, LedgerTotals } from "../format/layout.ts";
import type { ComparisonVerdict } from "../verdict.ts";

/** One side of a comparison. */
export interface ComparedFile {
  /** Path or label as given. */
  readonly path: string;
  /** SHA-256 of the bytes; of the sorted listing for a directory. */
  readonly sha256: string;
  /** Bytes; of all files for a directory. */
  readonly size: number;
  /** The format, recognised by content. */
  readonly format: FormatName;
}

/** One side of a difference. */
export interface DifferenceSide {
  /** Bytes from the start of the file, or of the expanded stream. */
  readonly offset: number;
  /** Length in bytes. */
  readonly length: number;
  /** A short readable value: text, number, time or hexadecimal, escaped. */
  readonly value: string;
}

/** Why a difference is there and what would remove it. */
export interface Cause {
  /** The axis of the surroundings, such as `time`, or null when unknown. */
  readonly axis: string | null;
  /** The construct that leaked it, such as `__DATE__`, or null. */
  readonly construct: string | null;
  /** The flag or change that fixes it, or null. */
  readonly fix: string | null;
}

/** One of several places in a field that differ. */
export interface DifferenceRun {
  readonly left: DifferenceSide;
  readonly right: DifferenceSide;
  /** Why it is there, where the evidence allows. */
  readonly cause: Cause | null;
}

/** One field that is not equal. */
export interface Difference {
  /** What kind of difference it is. */
  readonly code: Code;
  /** Label of the field; `path/in/archive:` precedes nested fields. */
  readonly path: string;
  /** Null when the field is absent on that side. */
  readonly left: DifferenceSide | null;
  /** Null when the field is absent on that side. */
  readonly right: DifferenceSide | null;
  /** Kind of the field; absent for findings that are not about one field. */
  readonly kind?: FieldKind;
  /** Bytes that differ, on the longer side. */
  readonly bytes?: number;
  /** Equal bytes behind the difference that lie at another place. */
  readonly moved?: number;
  /** More in plain words, such as what a structure broke. */
  readonly detail?: string;
  /** Id of the normaliser or tolerance that accounts for it, or null. */
  readonly accountedBy: string | null;
  /** Why it is there, where the evidence allows. */
  readonly cause: Cause | null;
  /**
   * It differs only because something else in the file moved: addresses,
   * offsets and lengths. For people; it is a difference like any other.
   */
  readonly follows?: true;
  /** The first places that differ, when there is more than one. */
  readonly runs?: readonly DifferenceRun[];
}

/** A limit that was reached; the comparison is incomplete there. */
export interface LimitHit {
  /** Name in the table of limits. */
  readonly limit: string;
  /** Where it was reached. */
  readonly path: string;
}

/** Where differences are that are not listed. */
export interface NotListed {
  /** Prefix of their labels; empty for the outermost file. */
  readonly path: string;
  readonly differences: number;
}

/** The result of comparing two artifacts or directories. */
export interface Comparison {
  /** Version of this shape. */
  readonly schemaVersion: 1;
  /** How the two relate. */
  readonly verdict: ComparisonVerdict;
  /** The side given first. */
  readonly left: ComparedFile;
  /** The side given second. */
  readonly right: ComparedFile;
  /** Every field that differs, up to the limit. */
  readonly differences: readonly Difference[];
  /** Totals over all differences. */
  readonly summary: {
    /** Bytes of the longer side in fields that differ. */
    readonly bytesDiffering: number;
    /** Of those, bytes that a normaliser or tolerance accounts for. */
    readonly bytesAccounted: number;
    readonly fieldsDiffering: number;
    /** Differences that were judged and counted but are not listed. */
    readonly differencesNotListed?: number;
  };
  /** Bytes of each kind on each side. */
  readonly ledger: {
    readonly left: LedgerTotals;
    readonly right: LedgerTotals;
  };
  /** In which files the rest is, most first; absent when all are listed. */
  readonly notListed?: readonly NotListed[];
  /**
   * Normalisers and tolerances that accounted for what is not listed, sorted;
   * absent when all are listed.
   */
  readonly unlistedBy?: readonly string[];
  /** Limits that were reached. */
  readonly limitsHit: readonly LimitHit[];
}

/** A difference that a policy accepts within bounds; small, owned, mortal. */
export interface Tolerance {
  /** Unique in its policy. */
  readonly id: string;
  /** Artifact the tolerance is for, as named in the recipe. */
  readonly artifact: string;
  /** Exact label of the field. */
  readonly field: string;
  /** Most bytes that may differ in that field. */
  readonly bytesMax: number;
}

/** What a comparison may account for. */
export interface CompareOptions {
  /** Ids of the normalisers to use; all when absent. */
  readonly normalizers?: readonly string[];
  /** Bounded differences that are accepted. */
  readonly tolerances?: readonly Tolerance[];
  /**
   * Says by the caller's clock that the time is over: what has not been looked
   * into by then is unchecked. Equality and digests are still established.
   */
  readonly expired?: () => boolean;
  /** Fires when the caller gives up; the comparison then throws. */
  readonly signal?: AbortSignal;
}
