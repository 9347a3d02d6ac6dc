import { assertEquals, assertThrows } from "@std/assert";
import { comparisonStatement } from "../../../release/statement/comparison.ts";
import { provenanceStatement } from "../../../release/statement/provenance.ts";
import {
  type VerificationSummaryOptions,
  verificationSummaryStatement,
} from "../../../release/statement/verification_summary.ts";
import type { Decision } from "../../../policy/decision.ts";
import {
  parseStatement,
  serializeStatement,
  type Statement,
} from "../../../verify/attest/statement.ts";
import { parseVerificationSummary } from "../../../verify/attest/verification_summary.ts";
import { URI } from "../../../verify/attest/vocabulary.ts";
import { ReproofError } from "../../../verify/error.ts";
import type { Outcome } from "../../../verify/verdict.ts";
import { artifactOf, DIFFERENCE, rebuilt } from "./rebuilt.ts";

const RECIPE = { name: "relay", version: "1.2.3", sha256: "f".repeat(64) };

// deno-lint-ignore no-explicit-any
function predicateOf(statement: Statement): any {
  const bytes = serializeStatement(statement);
  assertEquals(bytes, serializeStatement(structuredClone(statement)));
  return parseStatement(bytes, "it").predicate;
}

function decision(outcome: Outcome): Decision {
  return {
    outcome,
    gates: [],
    reasons: outcome === "go" ? [] : [{
      check: "build/x",
      code: "signature-invalid",
      subject: "x",
      status: "fail",
    }],
    waivers: [],
  };
}

const SUMMARY: VerificationSummaryOptions = {
  subjects: [
    { name: "b", digest: { sha256: "b".repeat(64) } },
    { name: "a", digest: { sha256: "a".repeat(64) } },
  ],
  resource: "pkg:generic/relay",
  version: "1.2.3+x",
  channel: "stable",
  sequence: 7,
  policySha256: "9".repeat(64),
  verdict: "identical",
  inputs: [
    { path: "attestations/b.json", payloadSha256: "8".repeat(64) },
    { path: "attestations/a.json", payloadSha256: "7".repeat(64) },
  ],
  now: new Date("2026-01-31T12:00:00Z"),
};

Deno.test("provenance names source, recipe, toolchains, run and logs", () => {
  const result = rebuilt("identical");
  const statement = provenanceStatement(result, artifactOf(result), {
    recipe: RECIPE,
  });
  const predicate = predicateOf(statement);
  assertEquals(statement.subject, [
    { name: "linux-x64/relay", digest: { sha256: "a".repeat(64) } },
  ]);
  assertEquals(predicate.buildDefinition.buildType, URI.rebuild);
  assertEquals(predicate.buildDefinition.externalParameters, {
    recipe: { name: "relay", digest: { sha256: RECIPE.sha256 } },
    target: "linux-x64",
    version: "1.2.3",
  });
  assertEquals(
    predicate.buildDefinition.resolvedDependencies.map(
      (dependency: { name: string }) => dependency.name,
    ),
    [
      "source",
      "source-list",
      "toolchain/asc",
      "toolchain/gcc",
      "toolchain/gcc/file-list",
    ],
  );
  assertEquals(predicate.runDetails.byproducts, [
    { name: "log/control/linux-x64/1", digest: { sha256: "3".repeat(64) } },
  ]);
});

Deno.test("provenance of the varied run is about that run's bytes", () => {
  const result = rebuilt("equivalent");
  const make = (run: "control" | "varied") =>
    provenanceStatement(result, artifactOf(result), { recipe: RECIPE, run });
  assertEquals(make("varied").subject[0]?.digest.sha256, "b".repeat(64));
  const ids = [make("control"), make("varied"), make("control")].map(
    (statement) => predicateOf(statement).runDetails.metadata.invocationId,
  );
  assertEquals(ids[0] === ids[1], false);
  assertEquals(ids[0], ids[2]);
});

Deno.test("what was not built has no provenance and no comparison", () => {
  const result = rebuilt("unchecked");
  const artifact = { ...artifactOf(result), sha256: null, comparison: null };
  assertThrows(
    () => provenanceStatement(result, artifact, { recipe: RECIPE }),
    ReproofError,
  );
  assertThrows(
    () =>
      comparisonStatement(result, artifact, {
        recipe: RECIPE,
        normalizers: [],
        tolerances: [],
      }),
    ReproofError,
  );
});

for (const verdict of ["identical", "equivalent", "different"] as const) {
  Deno.test(`a comparison that ended ${verdict} is stated with all it found`, () => {
    const result = rebuilt(verdict);
    const predicate = predicateOf(
      comparisonStatement(result, artifactOf(result), {
        recipe: RECIPE,
        normalizers: ["tar-mtime", "gzip-header"],
        tolerances: [],
      }),
    );
    assertEquals(predicate.buildDefinition.buildType, URI.comparison);
    assertEquals(predicate.buildDefinition.internalParameters.normalizers, [
      "gzip-header",
      "tar-mtime",
    ]);
    assertEquals(
      predicate.buildDefinition.resolvedDependencies.map(
        (side: { digest: { sha256: string } }) => side.digest.sha256[0],
      ),
      ["a", verdict === "identical" ? "a" : "b"],
    );
    const { annotations } = predicate.runDetails.byproducts[0];
    assertEquals(annotations.verdict, verdict);
    assertEquals(
      annotations.differences,
      verdict === "identical" ? [] : [DIFFERENCE],
    );
  });
}

Deno.test("a comparison that did not take place says so", () => {
  const result = rebuilt("unchecked");
  const artifact = { ...artifactOf(result), comparison: null };
  const predicate = predicateOf(
    comparisonStatement(result, artifact, {
      recipe: RECIPE,
      normalizers: [],
      tolerances: [],
    }),
  );
  assertEquals(predicate.buildDefinition.resolvedDependencies.length, 1);
  assertEquals(
    predicate.runDetails.byproducts[0].annotations.verdict,
    "unchecked",
  );
});

Deno.test("only a go is stated as PASSED", () => {
  for (const outcome of ["go", "no-go", "inconclusive"] as const) {
    const statement = verificationSummaryStatement(decision(outcome), SUMMARY);
    const summary = parseVerificationSummary(statement, "it");
    const passed = outcome === "go";
    assertEquals(summary.verificationResult, passed ? "PASSED" : "FAILED");
    assertEquals(
      summary.verifiedLevels,
      passed
        ? ["REPROOF_GATE_PASSED", "REPROOF_REBUILD_IDENTICAL"]
        : ["FAILED"],
    );
    assertEquals(summary[URI.decision].outcome, outcome);
    assertEquals(summary[URI.decision].reasons.length, passed ? 0 : 1);
    assertEquals(summary.resourceUri, "pkg:generic/relay@1.2.3%2Bx");
    assertEquals(summary.timeVerified, "2026-01-31T12:00:00.000Z");
    assertEquals(summary.inputAttestations.map((input) => input.uri), [
      "attestations/a.json",
      "attestations/b.json",
    ]);
    assertEquals(statement.subject.map((subject) => subject.name), ["a", "b"]);
  }
});

Deno.test("a level follows from the verdict, never SLSA's", () => {
  for (const verdict of ["identical", "equivalent", "different"] as const) {
    const statement = verificationSummaryStatement(decision("go"), {
      ...SUMMARY,
      verdict,
    });
    const { verifiedLevels } = parseVerificationSummary(statement, "it");
    assertEquals(verifiedLevels.length, verdict === "different" ? 1 : 2);
    assertEquals(
      verifiedLevels.some((level) => level.startsWith("SLSA_")),
      false,
    );
  }
});

Deno.test("a go without evidence cannot be stated", () => {
  assertThrows(
    () =>
      verificationSummaryStatement(decision("go"), { ...SUMMARY, inputs: [] }),
    ReproofError,
    "the statements that a go rests on",
  );
});

Deno.test("a summary that contradicts itself is refused", () => {
  const good = verificationSummaryStatement(decision("no-go"), SUMMARY);
  // deno-lint-ignore no-explicit-any
  const changes: ((predicate: any) => void)[] = [
    (predicate) => predicate.verificationResult = "PASSED",
    (predicate) => predicate.verifiedLevels = ["REPROOF_REBUILD_IDENTICAL"],
    (predicate) => predicate[URI.decision].outcome = "go",
    (predicate) => predicate.verifier.id = "https://example.com/verifier",
    (predicate) => predicate.resourceUri = "pkg:generic/relay",
    (predicate) => predicate.note = "x",
    (predicate) => delete predicate.timeVerified,
    (predicate) => predicate.inputAttestations[0].digest = {},
  ];
  for (const change of changes) {
    const statement = structuredClone(good);
    change(statement.predicate);
    assertThrows(() => parseVerificationSummary(statement, "it"), ReproofError);
  }
});
