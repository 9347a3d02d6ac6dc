/**
 * What the caller brings to the verification of a bundle: whom it trusts, what
 * the bundle has to be about, and the time. None of it is ever taken from the
 * bundle or the release that it came with.
 *
 * @module
 */

import type { Reader } from "../reader.ts";
import type { PublicKey } from "./public_key.ts";
import type { Statement, Subject } from "./statement.ts";
import type { TrustedRoot } from "./trusted_root.ts";

/** A key that may vouch, and when. */
export interface TrustedSigner {
  /** Name in the policy, or the path it was read from. */
  readonly id: string;
  readonly key: PublicKey;
  /** First moment at which a signature counts. */
  readonly notBefore?: Date;
  /** Last moment at which a signature counts. */
  readonly notAfter?: Date;
}

/** Trust in keys that the caller holds. */
export interface KeyTrust {
  readonly kind: "keys";
  readonly keys: readonly TrustedSigner[];
  /**
   * Logs and timestamp authorities. With one, a log entry and a time are
   * required; without one, none may be there, for nothing could verify it.
   */
  readonly root?: TrustedRoot;
}

/** Trust in an identity that a certificate authority vouches for. */
export interface IdentityTrust {
  readonly kind: "identity";
  readonly root: TrustedRoot;
  /** Subject alternative name of the certificate, compared literally. */
  readonly identity: string;
  /** OIDC issuer of the certificate, compared literally. */
  readonly issuer: string;
  /** Distinct transparency logs needed; 1 unless said otherwise. */
  readonly logsMin?: number;
  /** Distinct sources of time needed; 1 unless said otherwise. */
  readonly timesMin?: number;
}

/** The bundle must hold a statement about exactly or only these files. */
export interface StatementExpectation {
  readonly kind: "statement";
  /** Predicate types that are acceptable, compared literally. */
  readonly predicateTypes: readonly string[];
  /** Names and digests of files that the caller hashed itself. */
  readonly subjects: readonly Subject[];
  /**
   * `exactly`: the statement is about all of them and nothing else.
   * `among`: everything it is about is one of them.
   */
  readonly rule: "exactly" | "among";
}

/** The bundle must hold the signature of these bytes. */
export interface BlobExpectation {
  readonly kind: "blob";
  readonly artifact: Reader;
}

/** The bundle must be about this artifact, as a signature or a statement. */
export interface ArtifactExpectation {
  readonly kind: "artifact";
  readonly artifact: Reader;
  /** Predicate types that are acceptable in a statement. */
  readonly predicateTypes: readonly string[];
}

/** What {@linkcode verifyBundle} needs beside the bundle. */
export interface VerifyBundleOptions {
  /** File name of the bundle, for the checks. */
  readonly name: string;
  readonly trust: KeyTrust | IdentityTrust;
  readonly expect:
    | StatementExpectation
    | BlobExpectation
    | ArtifactExpectation;
  /** The time of the verification, captured once. */
  readonly now: Date;
  /**
   * A bundle of another tool: older media types, any spelling of its JSON,
   * any predicate type and other statement members are admitted, and the
   * checks say so.
   */
  readonly foreign?: boolean;
}

/** What a verified bundle says. */
export type VerifiedContent =
  | {
    readonly kind: "statement";
    readonly statement: Statement;
    readonly payload: Uint8Array;
    /** SHA-256 of the payload: how other statements name this one. */
    readonly payloadSha256: string;
  }
  | { readonly kind: "blob"; readonly sha256: string };

/** Who signed a verified bundle. */
export type VerifiedSigner =
  | { readonly kind: "key"; readonly id: string; readonly sha256: string }
  | {
    readonly kind: "identity";
    readonly identity: string;
    readonly issuer: string;
  };
