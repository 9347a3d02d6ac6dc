/**
 * One comparison in progress: the work list, what was found, and the verdict
 * that follows from it. The verdict starts at `unchecked` and is built from
 * evidence alone:
 *
 * - `different` when any difference has no account;
 * - else `unchecked` when something could not be looked at;
 * - else `equivalent` when there are differences and each has an account;
 * - else `identical`, which needs equal bytes and no finding at all.
 *
 * A derived value that cannot be computed again here (a build-id) has an
 * account only beside another difference of the same file or within it, one
 * that neither waits for an explanation nor is derived itself.
 *
 * @module
 */

import type { Code } from "../catalogue/mod.ts";
import { layoutOf } from "../format/detect.ts";
import type { FieldKind, Layout } from "../format/layout.ts";
import { fieldLabel } from "../format/ledger.ts";
import { documentFields } from "../format/oci.ts";
import { FieldBudget } from "../format/field_budget.ts";
import { DecodeBudget } from "../format/source.ts";
import { LIMITS } from "../limits.ts";
import { normalizerOf } from "../normalize/registry.ts";
import type { Normalizer } from "../normalize/normalizer.ts";
import {
  RecomputeBudget,
  shareRecomputing,
} from "../normalize/recompute_budget.ts";
import type { Reader } from "../reader.ts";
import type { ComparisonVerdict } from "../verdict.ts";
import type {
  Cause,
  CompareOptions,
  Difference,
  DifferenceRun,
  DifferenceSide,
  LimitHit,
  NotListed,
  Tolerance,
} from "./comparison.ts";
import type { Steps } from "../steps.ts";
import { AlignBudget } from "./align_budget.ts";
import type { Moved } from "./moved.ts";

/**
 * How a difference stands: `accounted`, `unaccounted`, `unknown` when it could
 * not be looked at, `pending` when it follows from others if there are any.
 */
export type Standing = "accounted" | "unaccounted" | "unknown" | "pending";

/** A difference as it is found. */
export interface Finding {
  readonly code: Code;
  /** Prefix of the file that it is in, such as `dist/app.tar.gz:gzip:`. */
  readonly file: string;
  /** Label within that file. */
  readonly path: string;
  readonly left: DifferenceSide | null;
  readonly right: DifferenceSide | null;
  readonly standing: Standing;
  readonly accountedBy?: string | null;
  readonly kind?: FieldKind;
  readonly bytes?: number;
  readonly moved?: number;
  readonly detail?: string;
  readonly cause?: Cause | null;
  readonly runs?: readonly DifferenceRun[];
  readonly follows?: true;
  /** False of a value that was computed from the others of its file. */
  readonly explains?: false;
}

/** Two files that are open. */
export interface OpenedPair {
  readonly left: Reader;
  readonly right: Reader;
}

/** The layouts of two files. */
export interface Layouts {
  readonly left: Layout;
  readonly right: Layout;
}

/** Two files that are still to be compared. */
export interface WorkItem {
  /** Prefix of their labels. */
  readonly file: string;
  /** How many archives they lie in. */
  readonly depth: number;
  /**
   * Opens the sides when their turn comes; undefined when they cannot be
   * compared and the reason was reported.
   */
  readonly open: () => OpenedPair | Steps<OpenedPair | undefined>;
  /** Called when the two are equal byte for byte. */
  readonly whenEqual?: () => void;
  /** What moved between the files that they are sections of. */
  readonly moves?: () => Moved | undefined;
}

/** Bytes of differing fields that are searched for a reason, of any files. */
const REASON_BYTES_FLOOR = 12 << 20;
/** And for each byte of them: what is packed is longer inside. */
const REASON_BYTES_RATIO = 8;
/** Findings after which none is looked into, however many only follow. */
const REASONS_MAX = 10 * LIMITS.differencesMax;

interface Listed {
  readonly sequence: number;
  readonly finding: Finding;
}

/** Pending findings of one file that are not listed. */
interface LostPending {
  readonly first: Listed;
  readonly count: number;
  readonly bytes: number;
}

/** What one comparison knows. */
export class Session {
  readonly signal: AbortSignal | undefined;
  readonly budget: DecodeBudget;
  readonly fields: FieldBudget;
  /** Whether the time for looking into files is over. */
  readonly expired: () => boolean;
  readonly #enabled: ReadonlySet<string> | undefined;
  readonly #tolerances: ReadonlyMap<string, Tolerance>;
  readonly #work: WorkItem[] = [];
  #next = 0;
  #pushed = 0;
  /** Bytes that may be aligned in all. */
  readonly aligning: AlignBudget;
  readonly #recompute: RecomputeBudget;
  readonly #limits: LimitHit[] = [];
  readonly #listed: Record<Standing, Listed[]> = {
    accounted: [],
    unaccounted: [],
    unknown: [],
    pending: [],
  };
  /** Findings per file that explain those that are pending. */
  readonly #explaining = new Map<string, number>();
  readonly #counts: Record<Standing, number> = {
    accounted: 0,
    unaccounted: 0,
    unknown: 0,
    pending: 0,
  };
  #bytes = 0;
  #bytesAccounted = 0;
  /** Differences beyond the limit, by the file that they are in. */
  readonly #unlisted = new Map<string, number>();
  /** What accounted for those. */
  readonly #unlistedBy = new Set<string>();
  /** Pending findings that are not listed, by file. */
  readonly #pendingLost = new Map<string, LostPending>();
  #sequence = 0;
  #reasonBytes: number;
  /** Findings that follow from others, and where the listed ones stand. */
  #follows = 0;
  readonly #listedFollows: number[] = [];

  /** @param inputBytes Size of both sides, which bounds what is decoded. */
  constructor(options: CompareOptions, inputBytes: number) {
    this.signal = options.signal;
    this.expired = options.expired ?? (() => false);
    this.budget = new DecodeBudget(inputBytes);
    this.fields = new FieldBudget(inputBytes, 2);
    this.#reasonBytes = REASON_BYTES_FLOOR + REASON_BYTES_RATIO * inputBytes;
    this.aligning = new AlignBudget(inputBytes);
    this.#recompute = new RecomputeBudget(inputBytes);
    this.#enabled = options.normalizers === undefined
      ? undefined
      : new Set(options.normalizers);
    this.#tolerances = new Map(
      (options.tolerances ?? []).map((tolerance) => [
        tolerance.field,
        tolerance,
      ]),
    );
  }

  /** Lays both sides out, within what is left of the budget of fields. */
  layOut(
    { left, right }: OpenedPair,
    layOut: {
      readonly left: (fieldsMax: number) => Layout;
      readonly right: (fieldsMax: number) => Layout;
    } = {
      left: (fieldsMax) => layoutOf(left, fieldsMax),
      right: (fieldsMax) => layoutOf(right, fieldsMax),
    },
  ): Layouts {
    const ours = this.fields.fieldsMax(left.size, 2);
    const theirs = this.fields.fieldsMax(right.size, 2);
    const layouts = { left: layOut.left(ours), right: layOut.right(theirs) };
    for (const layout of [layouts.left, layouts.right]) {
      this.fields.take(layout.fields.length);
      shareRecomputing(layout, this.#recompute);
    }
    return layouts;
  }

  /** Whether two files may be parsed to tell their kind; takes their cost. */
  takeDocuments({ left, right }: OpenedPair): boolean {
    this.fields.take(documentFields(left) + documentFields(right));
    return !this.fields.isUsedUp;
  }

  /** How many findings there are; a file that is not equal must add to it. */
  get findings(): number {
    return this.#sequence;
  }

  /** Findings that do not only follow from others. */
  get roots(): number {
    return this.#sequence - this.#follows;
  }

  /** Whether one more finding would not be listed, whatever it says. */
  get isListFull(): boolean {
    return this.roots >= LIMITS.differencesMax ||
      this.#sequence >= REASONS_MAX;
  }

  /** Whether fields of so many bytes may be searched for a reason. */
  takeReason(bytes: number): boolean {
    if (bytes > this.#reasonBytes) return false;
    this.#reasonBytes -= bytes;
    return true;
  }

  /** Findings and work found so far; unequal files must add to one of them. */
  get progress(): number {
    return this.#sequence + this.#pushed;
  }

  /** Whether a difference without an account was found. */
  get isDifferent(): boolean {
    return this.#counts.unaccounted > 0;
  }

  /** The normaliser of an id, if it exists and may be used. */
  normalizer(id: string | undefined): Normalizer | undefined {
    if (id === undefined) return undefined;
    if (this.#enabled !== undefined && !this.#enabled.has(id)) return undefined;
    return normalizerOf(id);
  }

  /** The tolerance for the exact label of a field. */
  tolerance(label: string): Tolerance | undefined {
    return this.#tolerances.get(label);
  }

  /** Puts two files on the work list. */
  push(item: WorkItem): void {
    this.#work.push(item);
    this.#pushed++;
  }

  /** Takes the next two files, in the order in which they were found. */
  take(): WorkItem | undefined {
    const item = this.#work[this.#next];
    if (item !== undefined) this.#next++;
    if (this.#next === this.#work.length) {
      this.#work.length = 0;
      this.#next = 0;
    }
    return item;
  }

  /** Notes a limit or something unsupported that hides a part. */
  limit(limit: string, path: string): void {
    if (this.#limits.length < LIMITS.differencesMax) {
      this.#limits.push({ limit, path });
    }
    this.#counts.unknown++;
  }

  /** Notes a difference. */
  add(finding: Finding): void {
    const { standing } = finding;
    this.#counts[standing]++;
    const bytes = finding.bytes ?? 0;
    this.#bytes += bytes;
    if (standing === "accounted") this.#bytesAccounted += bytes;
    if (standing !== "pending" && finding.explains !== false) {
      const { file } = finding;
      this.#explaining.set(file, (this.#explaining.get(file) ?? 0) + 1);
    }
    this.#list(finding);
    this.#sequence++;
  }

  /** Lists a finding; one that only follows makes room for one that does not. */
  #list(finding: Finding): void {
    const { standing, follows } = finding;
    const list = this.#listed[standing];
    const item = { sequence: this.#sequence, finding };
    if (follows === true) this.#follows++;
    if (list.length < LIMITS.differencesMax) {
      if (follows === true) this.#listedFollows.push(list.length);
      list.push(item);
      return;
    }
    const place = standing === "unaccounted" && follows !== true
      ? this.#listedFollows.pop()
      : undefined;
    const gone = place === undefined ? undefined : list[place];
    if (place === undefined || gone === undefined) {
      this.#leaveOut(finding);
      if (standing === "pending") this.#losePending(item);
      return;
    }
    this.#leaveOut(gone.finding);
    list[place] = item;
  }

  /** Keeps what decides on a pending finding that is not listed. */
  #losePending(item: Listed): void {
    const { file, bytes = 0 } = item.finding;
    const lost = this.#pendingLost.get(file) ??
      { first: item, count: 0, bytes: 0 };
    this.#pendingLost.set(file, {
      ...lost,
      count: lost.count + 1,
      bytes: lost.bytes + bytes,
    });
  }

  /** Counts a difference that is not listed; past a limit, all in one. */
  #leaveOut({ file, accountedBy }: Finding): void {
    if (typeof accountedBy === "string") this.#unlistedBy.add(accountedBy);
    const path = this.#unlisted.has(file) ||
        this.#unlisted.size < LIMITS.differencesMax
      ? fieldLabel(file)
      : "";
    this.#unlisted.set(path, (this.#unlisted.get(path) ?? 0) + 1);
  }

  /** The differences, the counts and the verdict. */
  finish(equal: boolean): {
    readonly verdict: ComparisonVerdict;
    readonly differences: readonly Difference[];
    readonly limitsHit: readonly LimitHit[];
    readonly bytesDiffering: number;
    readonly bytesAccounted: number;
    readonly fieldsDiffering: number;
    readonly differencesNotListed: number;
    readonly notListed: readonly NotListed[];
    readonly unlistedBy: readonly string[];
  } {
    const settled = this.#settlePending();
    const { unaccounted, unknown } = settled.counts;
    const verdict = unaccounted > 0
      ? "different"
      : unknown > 0
      ? "unchecked"
      : this.#sequence > 0
      ? "equivalent"
      : equal
      ? "identical"
      // Unequal bytes without a finding would be a fault of this program.
      : "unchecked";
    const settledAll = (["unaccounted", "unknown", "accounted"] as const)
      .flatMap((standing) => settled.listed[standing]);
    for (const { finding } of settledAll.slice(LIMITS.differencesMax)) {
      this.#leaveOut(finding);
    }
    const listed = settledAll.slice(0, LIMITS.differencesMax)
      .sort((a, b) => a.sequence - b.sequence)
      .map(({ finding }) => toDifference(finding));
    return {
      verdict,
      differences: listed,
      limitsHit: this.#limits,
      bytesDiffering: this.#bytes,
      bytesAccounted: settled.bytesAccounted,
      fieldsDiffering: this.#sequence,
      differencesNotListed: this.#sequence - listed.length,
      notListed: [...this.#unlisted]
        .map(([path, differences]) => ({ path, differences }))
        .sort((a, b) => b.differences - a.differences),
      unlistedBy: [...this.#unlistedBy].sort(),
    };
  }

  /** Decides the pending findings now that all others are known. */
  #settlePending(): {
    counts: { accounted: number; unaccounted: number; unknown: number };
    listed: Record<"accounted" | "unaccounted" | "unknown", Listed[]>;
    bytesAccounted: number;
  } {
    const { accounted, unaccounted, unknown } = this.#counts;
    const counts = { accounted, unaccounted, unknown };
    const listed = {
      accounted: [...this.#listed.accounted],
      unaccounted: [...this.#listed.unaccounted],
      unknown: this.#listed.unknown,
    };
    let bytesAccounted = this.#bytesAccounted;
    const isExplained = this.#explanations();
    for (const item of this.#listed.pending) {
      const { finding } = item;
      const explained = isExplained(finding.file);
      counts[explained ? "accounted" : "unaccounted"]++;
      if (explained) bytesAccounted += finding.bytes ?? 0;
      if (explained) listed.accounted.push(item);
      else listed.unaccounted.push(alone(item));
    }
    for (const [file, { first, count, bytes }] of this.#pendingLost) {
      const explained = isExplained(file);
      counts[explained ? "accounted" : "unaccounted"] += count;
      if (explained) bytesAccounted += bytes;
      else {
        // A verdict has a reason that is listed.
        listed.unaccounted.push(alone(first));
        this.#takeBack(first.finding);
      }
    }
    return { counts, listed, bytesAccounted };
  }

  /** Undoes {@linkcode #leaveOut} for a finding that is listed after all. */
  #takeBack({ file }: Finding): void {
    const label = fieldLabel(file);
    const path = this.#unlisted.has(label) ? label : "";
    const left = (this.#unlisted.get(path) ?? 0) - 1;
    if (left > 0) this.#unlisted.set(path, left);
    else this.#unlisted.delete(path);
  }

  /**
   * Tells whether a finding of a file, or of one inside it, explains others.
   * Labels of what is inside begin with that of the file, so they follow it
   * where all are sorted.
   */
  #explanations(): (file: string) => boolean {
    const sorted = [...this.#explaining.keys()].sort();
    return (file) => {
      let low = 0;
      let high = sorted.length;
      while (low < high) {
        const middle = (low + high) >>> 1;
        if ((sorted[middle] ?? "") < file) low = middle + 1;
        else high = middle;
      }
      return sorted[low]?.startsWith(file) === true;
    };
  }
}

/** A pending finding that nothing explains. */
function alone({ sequence, finding }: Listed): Listed {
  return {
    sequence,
    finding: {
      ...finding,
      accountedBy: null,
      detail:
        "differs alone: nothing else in the file explains a derived value",
    },
  };
}

function toDifference(finding: Finding): Difference {
  return {
    code: finding.code,
    path: fieldLabel(`${finding.file}${finding.path}`),
    left: finding.left,
    right: finding.right,
    ...(finding.kind === undefined ? {} : { kind: finding.kind }),
    bytes: finding.bytes ?? 0,
    moved: finding.moved ?? 0,
    ...(finding.detail === undefined ? {} : { detail: finding.detail }),
    accountedBy: finding.accountedBy ?? null,
    cause: finding.cause ?? null,
    ...(finding.follows === undefined ? {} : { follows: finding.follows }),
    ...(finding.runs === undefined ? {} : { runs: finding.runs }),
  };
}
