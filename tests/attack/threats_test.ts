/**
 * Every threat of the list that the signature layer, the files and the
 * decisions were designed against, with the tests that cover it: a threat
 * without a test of its name is a hole, and so is one that nobody listed.
 */

import { assertEquals } from "@std/assert";
import { fromFileUrl } from "@std/path";

const BUNDLE = "attack/bundle_test.ts";
const KEYLESS = "attack/keyless_bundle_test.ts";
const SIGNING = "release/sign/keyless_test.ts";
const TAR = "verify/compare/hostile_tar_test.ts";
const OWN = "attack/own_policy_test.ts";
const MEANWHILE = "attack/meanwhile_test.ts";
const RELEASE = "attack/release_threats_test.ts";

/** Threats by number: what they are, and where they are tested. */
const THREATS: Record<string, readonly [string, ...string[]]> = {
  T1: ["a bundle of another artifact", BUNDLE],
  T2: ["a log entry of another signature", KEYLESS],
  T3: ["another or a lookalike identity", BUNDLE, KEYLESS, SIGNING],
  T4: ["another workflow of the right repository", SIGNING],
  T5: ["an expired certificate without a trusted time", KEYLESS, SIGNING],
  T6: ["a time in the future", SIGNING],
  T7: ["a backdated timestamp", SIGNING],
  T8: ["a key outside its days", BUNDLE, "release/trust_test.ts"],
  T9: ["a key for a certificate, or the reverse", BUNDLE, SIGNING],
  T10: ["an older or unknown bundle format", BUNDLE, KEYLESS],
  T11: ["one witness counted twice", BUNDLE, SIGNING],
  T12: ["a malleable wrapper", BUNDLE, KEYLESS],
  T13: ["another payload or predicate type", BUNDLE],
  T14: ["no signature, or many", BUNDLE],
  T15: [
    "a trusted root of the attacker",
    SIGNING,
    "release/trust_test.ts",
    OWN,
  ],
  T16: ["a checkpoint, proof or promise of another entry", KEYLESS],
  T20: ["listed names that lead elsewhere", RELEASE],
  T21: ["a decoy line", RELEASE],
  T22: ["a file more or less than listed", RELEASE],
  T23: ["names that alias", RELEASE],
  T24: ["a list in another form", RELEASE],
  T25: ["a change between check and use", RELEASE, MEANWHILE],
  T26: ["a file replaced under its name", RELEASE],
  T30: ["bytes after the end of an archive", TAR, RELEASE],
  T31: ["pax names that readers differ on", TAR],
  T32: ["pax sizes that desynchronise", TAR],
  T33: ["links, duplicates and paths that lead out", TAR],
  T34: ["bombs and truncation", RELEASE],
  T35: ["a second gzip member", RELEASE],
  T40: ["replay of an older go", "release/rollback_test.ts", MEANWHILE],
  T41: ["a policy that asks for less", "release/rollback_test.ts"],
  T42: ["found and not expired, but not a go", RELEASE],
  T43: ["a waiver used for something else", RELEASE],
  T44: ["several clocks", RELEASE],
  T45: ["missing evidence taken for a pass", RELEASE],
  T46: ["a result left from an earlier run", RELEASE],
  T47: ["an outage of signing", "release/keyless_release_test.ts"],
  T48: ["text that acts where it is shown", RELEASE],
  T49: ["evidence of the wrong commit", RELEASE],
  T50: ["revocation", "policy/deny_test.ts", "release/deny_test.ts"],
};

Deno.test("every threat has a test of its name where the list says", () => {
  const missing = Object.entries(THREATS).flatMap(([threat, [, ...files]]) =>
    files.filter((file) => {
      const path = fromFileUrl(new URL(`../${file}`, import.meta.url));
      return !new RegExp(`["\`](?:T\\d+, )*${threat}\\b[ ,]`)
        .test(Deno.readTextFileSync(path));
    }).map((file) => `${threat} in ${file}`)
  );
  assertEquals(missing, []);
});

Deno.test("no threat of the list is left out", () => {
  const numbers = Object.keys(THREATS).map((threat) => Number(threat.slice(1)));
  const ranges = [[1, 16], [20, 26], [30, 35], [40, 50]] as const;
  assertEquals(
    numbers,
    ranges.flatMap(([first, last]) =>
      Array.from({ length: last - first + 1 }, (_, index) => first + index)
    ),
  );
});
