/**
 * A transparency log that grows: Merkle tree and inclusion proofs after
 * RFC 6962 section 2, checkpoints as signed notes (c2sp.org/signed-note and
 * tlog-checkpoint), entries as Rekor v1 and v2 give them.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import {
  createHash,
  generateKeyPairSync,
  type KeyObject,
  sign,
} from "node:crypto";

/** A log of one generation of Rekor. */
export class TransparencyLog {
  readonly origin: string;
  readonly version: 1 | 2;
  readonly spki: Buffer;
  readonly logId: Buffer;
  readonly #privateKey: KeyObject;
  readonly #leaves: Buffer[] = [];

  /** @param size Entries of others that are there already. */
  constructor(origin: string, version: 1 | 2, size = 5) {
    const pair = version === 1
      ? generateKeyPairSync("ec", { namedCurve: "P-256" })
      : generateKeyPairSync("ed25519");
    this.origin = origin;
    this.version = version;
    this.#privateKey = pair.privateKey;
    this.spki = Buffer.from(
      pair.publicKey.export({ type: "spki", format: "der" }),
    );
    this.logId = version === 1 ? hash(this.spki) : hash(
      Buffer.from(`${origin}\n`),
      Buffer.of(1),
      this.spki.subarray(-32),
    );
    for (let index = 0; index < size; index++) {
      this.#leaves.push(leafHash(Buffer.from(`other entry ${index}`)));
    }
  }

  /** Appends an entry and proves that it is there. */
  append(body: Buffer): {
    index: number;
    size: number;
    root: Buffer;
    hashes: Buffer[];
    checkpoint: string;
  } {
    const index = this.#leaves.push(leafHash(body)) - 1;
    const size = this.#leaves.length;
    const root = treeHash(this.#leaves);
    return {
      index,
      size,
      root,
      hashes: inclusionPath(index, this.#leaves),
      checkpoint: this.#checkpoint(size, root),
    };
  }

  /** Signs with the key of the log. */
  sign(bytes: Uint8Array): Buffer {
    return sign(this.version === 1 ? "sha256" : null, bytes, this.#privateKey);
  }

  #checkpoint(size: number, root: Buffer): string {
    const note = `${this.origin}\n${size}\n${root.toString("base64")}\n`;
    const signature = Buffer.concat([
      this.logId.subarray(0, 4),
      this.sign(Buffer.from(note)),
    ]);
    return `${note}\n\u2014 ${this.origin} ${signature.toString("base64")}\n`;
  }
}

function hash(...parts: readonly Uint8Array[]): Buffer {
  const digest = createHash("sha256");
  for (const part of parts) digest.update(part);
  return digest.digest();
}

function leafHash(body: Uint8Array): Buffer {
  return hash(Buffer.of(0), body);
}

/** Largest power of two below `size`. */
function split(size: number): number {
  return 2 ** Math.floor(Math.log2(size - 1));
}

/** MTH of RFC 6962 section 2.1. */
function treeHash(leaves: readonly Buffer[]): Buffer {
  const [only] = leaves;
  if (only !== undefined && leaves.length === 1) return only;
  const left = split(leaves.length);
  return hash(
    Buffer.of(1),
    treeHash(leaves.slice(0, left)),
    treeHash(leaves.slice(left)),
  );
}

/** PATH of RFC 6962 section 2.1.1. */
function inclusionPath(index: number, leaves: readonly Buffer[]): Buffer[] {
  if (leaves.length === 1) return [];
  const left = split(leaves.length);
  return index < left
    ? [
      ...inclusionPath(index, leaves.slice(0, left)),
      treeHash(leaves.slice(left)),
    ]
    : [
      ...inclusionPath(index - left, leaves.slice(left)),
      treeHash(leaves.slice(0, left)),
    ];
}
