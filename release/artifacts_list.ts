/**
 * `release-artifacts.json` in the shape that FUSE v0.4.0 publishes (one
 * artifact a line, two spaces, fixed key order, times from the source date),
 * with two more members for each artifact: `target` and `format`.
 *
 * @module
 */

import { ReproofError } from "../verify/error.ts";
import { compareBytes } from "../verify/integrity/checksums.ts";
import { jsonPath, parseStrictJson } from "../verify/strict_json.ts";
import { z } from "zod";
import { jsonLists } from "./json_line.ts";

const listSchema = z.strictObject({
  generatedAtUtc: z.iso.datetime(),
  sourceDateEpoch: z.int().optional(),
  artifacts: z.array(z.strictObject({
    name: z.string().min(1),
    sha256: z.string().regex(/^[0-9a-f]{64}$/),
    size: z.int().min(0),
    target: z.string().min(1),
    format: z.literal("tar.gz"),
  })).min(1, "at least one artifact"),
});

/** The list after validation. */
export type ArtifactsList = z.infer<typeof listSchema>;
/** One published artifact. */
export type PublishedArtifact = ArtifactsList["artifacts"][number];

/** Writes the list, artifacts in bytewise order. */
export function formatArtifactsList(
  artifacts: readonly PublishedArtifact[],
  sourceDateEpoch: number,
): string {
  const generated = new Date(sourceDateEpoch * 1000).toISOString()
    .replace(".000Z", "Z");
  return [
    "{",
    `  "generatedAtUtc": "${generated}",`,
    `  "sourceDateEpoch": ${sourceDateEpoch},`,
    jsonLists({
      artifacts: artifacts.toSorted((a, b) => compareBytes(a.name, b.name))
        .map(({ name, sha256, size, target, format }) => ({
          name,
          sha256,
          size,
          target,
          format,
        })),
    }),
    "}",
    "",
  ].join("\n");
}

/**
 * Reads the list strictly.
 *
 * @throws {ReproofError} `artifacts-list-invalid` or `json-invalid`.
 */
export function parseArtifactsList(bytes: Uint8Array): ArtifactsList {
  const what = "release-artifacts.json";
  const result = listSchema.safeParse(parseStrictJson(bytes, what));
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const at = jsonPath(issue?.path ?? []);
  throw new ReproofError(
    "artifacts-list-invalid",
    `Reading "${what}" at ${at}`,
    {
      expected: issue?.message ?? "a list",
    },
  );
}
