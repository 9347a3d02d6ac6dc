/**
 * `pe-go-build-id`: the build id of a Go program for Windows.
 *
 * Specification: Go source, cmd/internal/buildid and cmd/go/internal/work:
 * up to four ids with slashes between them, each a hash of inputs or contents
 * in base64 for URLs.
 *
 * Safe because the program never reads it and it lies in front of all
 * functions. Not recomputed: an action id hashes what the toolchain was given,
 * so it only counts as derived from differences that are explained on their
 * own.
 *
 * Must not hide: code. Only marked at the very start of `.text` within its
 * frame and away from the entry point; bytes outside the grammar of an id are
 * never accounted for.
 *
 * @module
 */

import { escapeText } from "../escape.ts";
import type { Normalizer } from "./normalizer.ts";

const GRAMMAR = /^[A-Za-z0-9_-]{1,64}(?:\/[A-Za-z0-9_-]{0,64}){1,3}$/;

/** The `pe-go-build-id` normaliser. */
export const peGoBuildId: Normalizer = {
  id: "pe-go-build-id",
  format: "pe",
  action: "derive",
  summary: "Go build id of a PE image, derived from inputs and contents",
  valid: (bytes) => GRAMMAR.test(new TextDecoder().decode(bytes)),
  derive: () => "not-recomputed",
  show: (bytes) => escapeText(new TextDecoder().decode(bytes)),
};
