/**
 * Whether a differing field has an account, and by whom. These are all the
 * inequalities that a comparison permits:
 *
 * - A `volatile` field whose normaliser is enabled, when both values follow
 *   its grammar. Absent on one side counts when the other side is valid,
 *   because whatever announces the field is a field of its own.
 * - A `derived` field whose normaliser is enabled, when both values follow its
 *   grammar and both agree with what was computed from their own file. When
 *   neither can be computed here, it waits for another difference to explain
 *   it, and none that is derived itself does: a checksum over a random id
 *   follows from the id. When only one of them agrees, it has no account.
 * - A `framing` field that its layout gave a normaliser, under the same rules.
 * - Any field for which the policy holds a tolerance with exactly its label,
 *   when the lengths are equal and no more bytes differ than the bound.
 *
 * What a limit kept from being laid out or computed is neither: it is unknown,
 * and the limit is named.
 *
 * Content never has a normaliser that comes in here; fields whose kind or
 * normaliser is not the same on both sides count as content.
 *
 * @module
 */

import type { Field, Layout } from "../format/layout.ts";
import { type LimitName, LIMITS } from "../limits.ts";
import type { Derivation, Normalizer } from "../normalize/normalizer.ts";
import type { Reader } from "../reader.ts";
import type { Session, Standing } from "./session.ts";

/** A field of one side, with what is needed to derive it again. */
export interface FieldSide {
  readonly reader: Reader;
  readonly layout: Layout;
  readonly field: Field;
}

/** What was decided of a differing field. */
export interface Account {
  readonly standing: Standing;
  readonly accountedBy: string | null;
  readonly detail?: string;
  /** False of what only follows from the rest, and so is nobody's reason. */
  readonly explains?: false;
}

const NONE: Account = { standing: "unaccounted", accountedBy: null };
/** A layout that is not whole disproves nothing. */
const NOT_DERIVED: Account = {
  standing: "unknown",
  accountedBy: null,
  detail: "derived from a file that a limit kept from being laid out",
};
const UNPARSED: Account = {
  standing: "unknown",
  accountedBy: null,
  detail: "behind a limit, where the file was not laid out",
};

/**
 * Decides on a differing field.
 *
 * @param label Full label, for tolerances.
 * @param bytes How many bytes differ.
 */
export function accountFor(
  session: Session,
  { label, left, right, bytes }: {
    readonly label: string;
    readonly left: FieldSide | undefined;
    readonly right: FieldSide | undefined;
    readonly bytes: number;
  },
): Account {
  const byNormalizer = normalized(session, label, left, right);
  if (byNormalizer.standing !== "unaccounted") return byNormalizer;
  const tolerance = session.tolerance(label);
  if (
    tolerance !== undefined && left !== undefined && right !== undefined &&
    left.field.length === right.field.length && bytes <= tolerance.bytesMax
  ) return { standing: "accounted", accountedBy: tolerance.id };
  return [left, right].some((side) => side?.field.unparsed)
    ? UNPARSED
    : byNormalizer;
}

function normalized(
  session: Session,
  label: string,
  left: FieldSide | undefined,
  right: FieldSide | undefined,
): Account {
  const one = left ?? right;
  const other = right ?? left;
  if (one === undefined || other === undefined) return NONE;
  if (
    one.field.kind !== other.field.kind || one.field.kind === "content" ||
    one.field.normalizer !== other.field.normalizer
  ) return NONE;
  const normalizer = session.normalizer(one.field.normalizer);
  if (normalizer === undefined) return NONE;
  const accountedBy = normalizer.id;
  for (const side of [left, right]) {
    if (side === undefined) continue;
    if (side.field.length > LIMITS.accountedBytesMax) {
      return beyond(session, "accountedBytesMax", label);
    }
    if (!isValid(normalizer, side)) {
      return {
        ...NONE,
        detail: `not a value that ${normalizer.id} may account for`,
      };
    }
  }
  if (normalizer.action === "mask") {
    return { standing: "accounted", accountedBy };
  }
  const derivations = new Set<Derivation>();
  let limit: LimitName | undefined;
  for (const side of [left, right]) {
    if (side === undefined) continue;
    if (side.layout.limited) return NOT_DERIVED;
    const derivation = derive(normalizer, side);
    if (derivation === "disagrees") {
      return { ...NONE, detail: "does not follow from the bytes of its file" };
    }
    if (isLimit(derivation)) limit = derivation;
    derivations.add(derivation);
  }
  if (limit !== undefined) return beyond(session, limit, label);
  if (derivations.size > 1) {
    // One algorithm made both, or one file was changed after it was made.
    return { ...NONE, detail: "follows from its file on one side only" };
  }
  return derivations.has("agrees")
    ? {
      standing: "accounted",
      accountedBy,
      explains: false,
    }
    : {
      standing: "pending",
      accountedBy,
      detail: "derived from other differences, not recomputed",
    };
}

/**
 * Whether a derived field follows from its own file; `not-recomputed` for what
 * is not derived, or may not be.
 */
export function derivationOf(session: Session, side: FieldSide): Derivation {
  const { field } = side;
  const normalizer = session.normalizer(field.normalizer);
  return field.kind !== "derived" || side.layout.limited ||
      normalizer?.action !== "derive"
    ? "not-recomputed"
    : derive(normalizer, side);
}

/** Whether a value was not computed because it reached a limit. */
export function isLimit(derivation: Derivation): derivation is LimitName {
  return Object.hasOwn(LIMITS, derivation);
}

/** What was not looked at, as its limit is noted. */
function beyond(session: Session, limit: LimitName, label: string): Account {
  session.limit(limit, label);
  return {
    standing: "unknown",
    accountedBy: null,
    detail: `not recomputed: it reaches ${limit}`,
  };
}

function isValid(normalizer: Normalizer, side: FieldSide): boolean {
  const { reader, field } = side;
  return normalizer.valid(reader.read(field.offset, field.length).slice());
}

function derive(normalizer: Normalizer, side: FieldSide): Derivation {
  return normalizer.derive?.(side.reader, side.field, side.layout) ??
    "not-recomputed";
}
