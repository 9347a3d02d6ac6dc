/**
 * Two OCI image layouts (OCI image-spec 1.1, image-layout.md). Blobs are named
 * by their digest, so one changed time renames everything above it; here blobs
 * are paired by their role instead: the index, its manifests in order, the
 * configuration and the layers of each. Layers are compared as archives, so
 * compression and times inside have the accounts that they have elsewhere.
 *
 * Every digest, size and `diff_id` is held against its blob. A descriptor whose
 * blob is missing or different, a role on one side only, and a file that no
 * descriptor names and the other side lacks are differences.
 *
 * @module
 */

import type { Json } from "../strict_json.ts";
import {
  isObject,
  layoutOci,
  type OciDocumentKind,
  spanLabel,
} from "../format/oci.ts";
import type { Derivation } from "../normalize/normalizer.ts";
import { isLimit } from "./account.ts";
import { compareFile } from "./compare_file.ts";
import { compareLayouts } from "./compare_layouts.ts";
import { OciBlobs, type OciFiles } from "./oci_blobs.ts";
import { areRangesEqual } from "./range.ts";
import { reportNotLaidOut } from "./report_limit.ts";
import type { OpenedPair, Session } from "./session.ts";

const INDEX = "index.json";
const MARKER = "oci-layout";

/** Whether files are an image layout. */
export function isOciLayout(names: readonly string[]): boolean {
  return names.includes(MARKER) && names.includes(INDEX);
}

/** A blob in its role. */
interface Role {
  readonly label: string;
  readonly file: string;
  readonly kind: OciDocumentKind | "layer" | "other";
  /** Derived fields by label, for documents. */
  readonly derivations: Map<string, () => Derivation>;
}

/** Compares two image layouts; findings go to the session. */
export function compareOciLayouts(
  session: Session,
  left: OciFiles,
  right: OciFiles,
): void {
  const before = session.findings;
  const sides = { left: rolesOf(left), right: rolesOf(right) };
  const partners = new Map(sides.right.map((role) => [role.label, role]));
  const compared = new Set<string>();
  const equal: Role[] = [];
  for (const role of sides.left) {
    session.signal?.throwIfAborted();
    const partner = partners.get(role.label);
    if (partner === undefined || partner.kind !== role.kind) {
      reportMissing(session, role, "right");
      continue;
    }
    partners.delete(role.label);
    const pair = `${role.file} ${partner.file}`;
    // A configuration is held against the layers of each of its manifests.
    if (compared.has(pair) && role.kind !== "config") continue;
    compared.add(pair);
    const found = session.findings;
    compareRole(session, [left, role], [right, partner]);
    if (session.findings === found) equal.push(role, partner);
  }
  for (const role of partners.values()) reportMissing(session, role, "left");
  if (session.findings > before) reportDisagreeing(session, equal);
}

function compareRole(
  session: Session,
  [left, role]: readonly [OciFiles, Role],
  [right, partner]: readonly [OciFiles, Role],
): void {
  const readers = {
    left: left.open(role.file),
    right: right.open(partner.file),
  };
  const file = `${role.label}:`;
  if (role.kind === "layer" || role.kind === "other") {
    compareFile(session, readers, file);
    return;
  }
  // Many manifests may all have one configuration.
  if (session.fields.isUsedUp) {
    reportNotLaidOut(session, file);
    return;
  }
  if (areEqual(readers)) return;
  if (!session.takeDocuments(readers)) {
    reportNotLaidOut(session, file);
    return;
  }
  compareLayouts(
    session,
    {
      reader: readers.left,
      layout: layoutOci(readers.left, role.derivations),
    },
    {
      reader: readers.right,
      layout: layoutOci(readers.right, partner.derivations),
    },
    { file, depth: 0 },
  );
}

function areEqual({ left, right }: OpenedPair): boolean {
  return left.size === right.size && areRangesEqual(
    { reader: left, offset: 0, length: left.size },
    { reader: right, offset: 0, length: right.size },
  );
}

function reportMissing(
  session: Session,
  role: Role,
  side: "left" | "right",
): void {
  const place = { offset: 0, length: 0, value: role.file };
  session.add({
    code: "entry-missing",
    file: "",
    path: role.label,
    left: side === "left" ? null : place,
    right: side === "right" ? null : place,
    standing: "unaccounted",
  });
}

/**
 * Documents that are equal can still describe blobs that are not: beside any
 * difference every descriptor must be right.
 */
function reportDisagreeing(session: Session, roles: readonly Role[]): void {
  for (const { label, derivations } of roles) {
    for (const [path, derive] of derivations) {
      const derivation = derive();
      if (isLimit(derivation)) session.limit(derivation, `${label}:${path}`);
      if (derivation !== "disagrees") continue;
      session.add({
        code: "derived-disagrees",
        file: `${label}:`,
        path,
        left: null,
        right: null,
        standing: "unaccounted",
        kind: "derived",
        detail: "does not follow from the blob that it describes",
      });
    }
  }
}

/** Every file of a layout in its role, in a fixed order. */
function rolesOf(files: OciFiles): Role[] {
  const blobs = new OciBlobs(files);
  const roles: Role[] = [];
  const used = new Set<string>();
  const add = (label: string, file: string, kind: Role["kind"]): Role => {
    const role = { label, file, kind, derivations: new Map() };
    roles.push(role);
    used.add(file);
    return role;
  };
  const work = [add(INDEX, INDEX, "index")];
  const walked = new Set<string>();
  for (let role = work.shift(); role !== undefined; role = work.shift()) {
    // A blob that lies about its digest could hold itself.
    if (walked.has(role.file)) continue;
    walked.add(role.file);
    const document = blobs.document(role.file);
    if (document === undefined || document.kind !== role.kind) continue;
    for (const child of childrenOf(document)) {
      const { path, value, label } = child;
      for (const part of ["digest", "size"] as const) {
        role.derivations.set(
          spanLabel(document.kind, [...path, part]),
          () => blobs.checkDescriptor(value, part),
        );
      }
      const blob = blobs.fileOf(value);
      if (blob === undefined) continue;
      const kind = child.kind === "layer"
        ? "layer"
        : blobs.document(blob)?.kind ?? "other";
      const inner = add(
        role.label === INDEX ? label : `${role.label}/${label}`,
        blob,
        kind,
      );
      if (kind === "index" || kind === "manifest") work.push(inner);
      if (kind === "config") claimDiffIds(blobs, inner, document.value);
    }
  }
  for (const name of [...files.names].sort()) {
    if (!used.has(name)) add(name, name, "other");
  }
  return roles;
}

interface Child {
  readonly path: readonly string[];
  readonly value: { readonly [key: string]: Json };
  readonly label: string;
  readonly kind: "document" | "layer";
}

/** The descriptors of a document that name blobs. */
function childrenOf(
  { kind, value }: {
    readonly kind: OciDocumentKind;
    readonly value: { readonly [key: string]: Json };
  },
): Child[] {
  const list = (name: string, childKind: Child["kind"]): Child[] => {
    const items = value[name];
    if (!Array.isArray(items)) return [];
    return items.flatMap((item, index): Child[] =>
      isObject(item)
        ? [{
          path: [name, String(index)],
          value: item,
          label: `${name.slice(0, -1)}-${index}`,
          kind: childKind,
        }]
        : []
    );
  };
  if (kind === "index") return list("manifests", "document");
  if (kind !== "manifest") return [];
  const config = value["config"];
  const layers = list("layers", "layer");
  return isObject(config)
    ? [
      { path: ["config"], value: config, label: "config", kind: "document" },
      ...layers,
    ]
    : layers;
}

/** The `diff_ids` of a configuration belong to the layers of its manifest. */
function claimDiffIds(
  blobs: OciBlobs,
  config: Role,
  manifest: { readonly [key: string]: Json },
): void {
  const rootfs = blobs.document(config.file)?.value["rootfs"];
  const ids = isObject(rootfs) ? rootfs["diff_ids"] : undefined;
  const layers = manifest["layers"];
  if (!Array.isArray(ids) || !Array.isArray(layers)) return;
  for (const [index, id] of ids.entries()) {
    const layer = layers[index];
    const file = isObject(layer) ? blobs.fileOf(layer) : undefined;
    const path = ["rootfs", "diff_ids", String(index)];
    config.derivations.set(spanLabel("config", path), () => {
      if (file === undefined || ids.length !== layers.length) {
        return "disagrees";
      }
      const found = blobs.diffId(file);
      if (found === "unknown") return "not-recomputed";
      if ("limit" in found) return found.limit;
      return found.digest === id ? "agrees" : "disagrees";
    });
  }
}
