/**
 * What the images of an artifact offer the files that they hold of it. An image
 * that was not read whole is no reason to pass it by: it stays in the list, and
 * nothing is known of it.
 *
 * @module
 */

import type { ImageFacts } from "../verify/image/facts.ts";
import type { ImageOffer } from "../verify/image/offers.ts";

/**
 * Offers of every image to the files at some paths, null where one is not
 * known.
 *
 * @param facts Of the artifact with the images; null when it was not read.
 */
export function imageOffers(
  facts: ImageFacts | null,
  paths: readonly string[],
): (ImageOffer | null)[] {
  if (paths.length === 0) return [];
  if (facts === null) return [null];
  return [
    ...facts.images.flatMap((image) =>
      isUnread(image) ? [null] : paths.flatMap((path) => {
        const file = image.files[path];
        return file ? [file.offer] : [];
      })
    ),
    ...(isUnread(facts) ? [null] : []),
  ];
}

function isUnread({ findings }: Pick<ImageFacts, "findings">): boolean {
  return findings.some(({ code }) => code === "image-unreadable");
}
