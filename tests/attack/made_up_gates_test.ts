/**
 * A publisher who makes gates up: a release was decided by a policy without
 * them, then policy, checks and decision are changed to say that they passed,
 * and everything is signed again with the right key. What lies in the release
 * is judged anew, so it says otherwise.
 */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { URI } from "../../verify/attest/vocabulary.ts";
import { sha256 } from "../../verify/digest.ts";
import {
  copying,
  copyTree,
  GOOD_SCRIPT,
  Workplace,
} from "../release/project.ts";
import {
  BASE_LAYER,
  imageLayout,
  layoutArchive,
  program,
} from "../verify/image_fixture.ts";
import { signAgain } from "./sign_again.ts";

const POLICY = "evidence/reproof.policy.json";

/** Says that a gate passed, in every place that says such a thing. */
async function makeUp(
  directory: string,
  key: string,
  gate: string,
  section: unknown,
): Promise<void> {
  const path = `${directory}/${POLICY}`;
  const policy = JSON.parse(Deno.readTextFileSync(path));
  const bytes = new TextEncoder().encode(
    JSON.stringify({ ...policy, [gate]: section }),
  );
  Deno.writeFileSync(path, bytes);
  const policySha256 = sha256(bytes);
  const fine = { gate, outcome: "go", passed: 1, failed: 0 };
  const passed = { ...fine, unchecked: 0, waived: 0 };
  await signAgain(directory, key, {
    report(report) {
      report.inputs.policySha256 = policySha256;
      report.checks.push({
        id: `${gate}/fine`,
        gate,
        code: "image-user",
        subject: "fine",
        status: "pass",
        expected: "that",
        observed: "that",
        evidence: [],
      });
      report.decision.gates.push(passed);
    },
    decision(statement) {
      const { policy } = statement.predicate;
      policy.uri = policy.uri.replace(policy.digest.sha256, policySha256);
      policy.digest.sha256 = policySha256;
      statement.predicate[URI.decision].gates.push(passed);
    },
  });
}

Deno.test("verify judges gates itself, whatever a signed report makes up", async (t) => {
  using place = new Workplace();
  const project = place.script(`${GOOD_SCRIPT}cp made image\n`, {
    recipe: {
      targets: {
        any: {
          build: [{ argv: ["/bin/sh", "build.sh"] }],
          artifacts: [{ name: "artifact", path: "artifact" }, {
            name: "image.tar",
            path: "image",
            executable: false,
            image: { base: "scratch", holds: { "/usr/bin/app": "artifact" } },
          }],
        },
      },
    },
    policy: copying("any/image.tar"),
  });
  const image = imageLayout({
    layers: [BASE_LAYER, [program("usr/bin/app", "another program\n")]],
    config: { User: "root", Entrypoint: ["/usr/bin/app"] },
  });
  Deno.writeFileSync(`${project}/made`, layoutArchive(image));
  const made = await place.release(project);
  assertEquals(made.code, 0, made.stdout + made.stderr);
  for (
    const [gate, section, code, exit] of [
      ["images", {}, "image-artifact", 1],
      ["images", { targets: ["other"] }, "image-missing", 3],
      ["packages", {}, "package-missing", 3],
      [
        "packages",
        { targets: ["any"], documented: { any: "install.md" } },
        "package-steps",
        1,
      ],
      ["rollback", {}, "rollback-missing", 3],
      [
        "budget",
        { targets: { any: { imageBytes: 10 } } },
        "budget-size",
        1,
      ],
      ["abi", { targets: { any: { image: true } } }, "abi-unknown", 3],
    ] as const
  ) {
    await t.step(`${gate} ${JSON.stringify(section)}`, async () => {
      const copy = `${place.path}/${crypto.randomUUID()}`;
      copyTree(made.out, copy);
      await makeUp(copy, place.key, gate, section);
      const run = await place.verify(copy, "--explain");
      assertEquals(run.code, exit, run.stdout);
      assertStringIncludes(run.stdout, code);
    });
  }
});
