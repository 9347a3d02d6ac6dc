/**
 * Measuring an artifact for the gates that a policy names: what its bytes say
 * of its version, its system, its size, and of what it is as an image or a
 * package. What no policy asks about is not measured.
 *
 * @module
 */

import type { Policy } from "../policy/policy.ts";
import { type AbiFacts, abiFacts } from "../verify/abi/facts.ts";
import { sha256Reader } from "../verify/digest.ts";
import { type ImageFacts, imageFacts } from "../verify/image/facts.ts";
import {
  findBuildInfo,
  parseBuildInfo,
} from "../verify/metadata/build_info.ts";
import { type PackageFacts, packageFacts } from "../verify/package/facts.ts";
import type { Reader } from "../verify/reader.ts";
import type { Recipe } from "../verify/rebuild/recipe.ts";
import { type Footprint, footprint } from "../verify/size/footprint.ts";
import { recipeImages } from "./image_bases.ts";
import { recipePackages } from "./recipe_packages.ts";

/** What the bytes of an artifact say to the gates. */
export interface ArtifactMeasures {
  /** Value of the recipe's version key; null when there is none. */
  readonly version: string | null;
  /** What it asks of its system; null when it asks for none. */
  readonly abi: AbiFacts | null;
  /** What its bytes are spent on; null when no budget asks. */
  readonly footprint: Footprint | null;
  /** What it is as an image; null when it is none or nobody asks. */
  readonly image: ImageFacts | null;
  /** What it is as a package; null when it is none or nobody asks. */
  readonly package: PackageFacts | null;
  /** Digest of its bytes; null when nothing that holds it is asked about. */
  readonly sha256: string | null;
}

/** Whether a policy asks anything of the images of its release. */
function asksForImages(policy: Policy): boolean {
  return policy.images !== undefined ||
    Object.values(policy.budget?.targets ?? {})
      .some(({ imageBytes }) => imageBytes !== undefined) ||
    Object.values(policy.abi?.targets ?? {})
      .some(({ image }) => image === true);
}

/** Measures one artifact. */
export function measureArtifact(
  reader: Reader,
  { subject, recipe, policies }: {
    /** `TARGET/NAME`. */
    readonly subject: string;
    readonly recipe: Recipe;
    /** Everybody who will judge by these measures. */
    readonly policies: readonly Policy[];
  },
): ArtifactMeasures {
  const asked = (gate: "versions" | "abi" | "budget") =>
    policies.some((policy) => policy[gate] !== undefined);
  const images = policies.some(asksForImages);
  const packages = policies.some((policy) => policy.packages !== undefined);
  const isOwn = ({ target, name }: { target: string; name: string }) =>
    `${target}/${name}` === subject;
  const image = recipeImages(recipe).find(isOwn);
  const own = recipePackages(recipe).find(isOwn);
  return {
    version: asked("versions") ? embeddedVersion(reader, recipe) : null,
    abi: asked("abi") ? abiFacts(reader) : null,
    footprint: asked("budget") ? footprint(reader) : null,
    image: images && image !== undefined
      ? imageFacts(reader, Object.keys(image.recipe.holds))
      : null,
    package: packages && own !== undefined
      ? packageFacts(reader, own.recipe, own.name)
      : null,
    sha256: images || packages ? sha256Reader(reader) : null,
  };
}

function embeddedVersion(reader: Reader, recipe: Recipe): string | null {
  const key = recipe.versions.embedded;
  const keys = recipe.buildInfo?.keys ?? [];
  if (key === undefined || !keys.includes(key)) return null;
  const { lines, cut } = findBuildInfo(reader, keys);
  const line = lines[0];
  if (line === undefined || lines.length > 1 || cut) return null;
  const { values } = parseBuildInfo(line.line, keys);
  return values[key] ?? null;
}
