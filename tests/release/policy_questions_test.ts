/**
 * The questions of `policy init`: proposals make the draft, answers change it,
 * and nothing that a policy may not hold gets in.
 */

import { assertEquals, assertRejects } from "@std/assert";
import { POLICY } from "../../policy/policy.ts";
import { draftPolicy } from "../../release/draft_policy.ts";
import { askPolicy } from "../../release/policy_questions.ts";
import { parseDocument } from "../../verify/document.ts";
import { UsageError } from "../../verify/error.ts";
import { RECIPE } from "../../verify/rebuild/recipe.ts";
import { Workplace } from "./project.ts";

const RECIPE_BYTES = Deno.readFileSync(
  new URL("../../fixtures/relay/reproof.json", import.meta.url),
);
const DRAFT = draftPolicy(
  parseDocument(RECIPE, RECIPE_BYTES, "reproof.json"),
  [],
);
const TARGETS = DRAFT.targets.required;

/** Answers in order, then end of input. */
function answered(...answers: string[]) {
  const questions: string[] = [];
  const reasons: string[] = [];
  const policy = () =>
    askPolicy(
      DRAFT,
      (question) => {
        questions.push(question);
        return Promise.resolve(answers.shift() ?? null);
      },
      (reason) => reasons.push(reason),
    );
  return { policy, questions, reasons };
}

Deno.test("Return at every question is the draft", async () => {
  const { policy, questions } = answered("", "", "", "", "");
  assertEquals(await policy(), DRAFT);
  assertEquals(questions.length, 5);
});

Deno.test("answers go into the policy, which stays one", async () => {
  using place = new Workplace();
  const [first = ""] = TARGETS;
  const made = await answered(
    "pkg:deno/acme/relay",
    first,
    "equivalent",
    "no",
    place.publicKey,
  ).policy();
  const policy = parseDocument(POLICY, JSON.stringify(made), "policy");
  assertEquals(policy.resource, "pkg:deno/acme/relay");
  assertEquals(policy.targets, {
    required: [first],
    optional: TARGETS.slice(1),
  });
  assertEquals(policy.reproducibility.verdict, "equivalent");
  assertEquals(policy.reproducibility.normalizers.length > 0, true);
  assertEquals(policy.source.commit, "optional");
  assertEquals(policy.trust.keys.length, 1);
});

Deno.test("an answer that a policy may not hold is asked for again", async () => {
  using place = new Workplace();
  const { policy, reasons } = answered(
    "relay@1.2.3",
    "pkg:generic/relay@1.2.3",
    "",
    "no-such-target",
    "",
    "mostly",
    "",
    "perhaps",
    "",
    place.key,
    "absent.pub",
    place.publicKey,
  );
  assertEquals((await policy()).trust?.keys?.length, 1);
  assertEquals(reasons.length, 7);
  // A private key is named as one and never shown.
  assertEquals(reasons[5]?.includes("a private key"), true);
  assertEquals(reasons.join("").includes("MIG"), false);
});

Deno.test("without an answer there is no policy", async () => {
  for (const answers of [[], [""], ["x", "x", "x", "x", "x", "x"]]) {
    await assertRejects(() => answered(...answers).policy(), UsageError);
  }
});
