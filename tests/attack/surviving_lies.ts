/**
 * Whether a lie is taken: a release is changed, signed again with the right
 * key, and verified by somebody who trusts that key.
 *
 * @module
 */

import { verifyRelease } from "../../release/verification/verification.ts";
import { loadPublicKey } from "../../verify/attest/public_key.ts";
import { ReproofError } from "../../verify/error.ts";
import { copyTree, NOW, type Workplace } from "../release/project.ts";
import { type Lies, signAgain } from "./sign_again.ts";

/** Whether a copy of a release is a go all the same. */
export async function survivesLies(
  release: string,
  place: Pick<Workplace, "path" | "key" | "publicKey">,
  lies: Lies,
): Promise<boolean> {
  const copy = `${place.path}/lie`;
  copyTree(release, copy);
  try {
    await signAgain(copy, place.key, lies);
    const key = loadPublicKey(place.publicKey);
    const { decision } = await verifyRelease(copy, {
      trust: { kind: "keys", keys: [{ id: "key", key }] },
      policy: null,
      now: new Date(NOW),
    });
    return decision.outcome === "go";
  } catch (error) {
    // Not even the signer takes it.
    if (error instanceof ReproofError) return false;
    throw error;
  } finally {
    Deno.removeSync(copy, { recursive: true });
  }
}
