import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { z } from "zod";
import { renderAzure } from "../../../release/report/azure.ts";
import {
  badgeOf,
  renderBadgeJson,
  renderBadgeSvg,
} from "../../../release/report/badge.ts";
import { renderAnnotations } from "../../../release/report/github.ts";
import { renderJunit } from "../../../release/report/junit.ts";
import { renderMarkdown } from "../../../release/report/markdown.ts";
import type { ReleaseReport } from "../../../release/report/release_report.ts";
import { renderSarif } from "../../../release/report/sarif.ts";
import { hostileReport } from "./hostile_report.ts";
import { readXml, type XmlElement } from "./xml_reader.ts";

/**
 * Elements of JUnit with the attributes and children that we use, all of them
 * such as the schema of Jenkins allows (`junit-10.xsd`); none other.
 */
const JUNIT: Readonly<
  Record<string, { attributes: string[]; children: string[] }>
> = {
  "testsuites": {
    attributes: ["name", "tests", "failures", "errors"],
    children: ["testsuite"],
  },
  "testsuite": {
    attributes: [
      "name",
      "tests",
      "failures",
      "errors",
      "skipped",
      "timestamp",
    ],
    children: ["testcase"],
  },
  "testcase": {
    attributes: ["classname", "name"],
    children: ["failure", "error", "skipped", "system-out"],
  },
  "failure": { attributes: ["type", "message"], children: [] },
  "error": { attributes: ["type", "message"], children: [] },
  "skipped": { attributes: [], children: [] },
  "system-out": { attributes: [], children: [] },
};

function assertJunit(element: XmlElement): void {
  const allowed = JUNIT[element.name];
  assert(allowed !== undefined, element.name);
  assertEquals(
    Object.keys(element.attributes).sort(),
    [
      ...allowed.attributes,
    ].sort(),
  );
  for (const child of element.children) {
    assert(allowed.children.includes(child.name), child.name);
    assertJunit(child);
  }
}

Deno.test("renderJunit() is JUnit whatever the report holds, with true counts", () => {
  const root = readXml(renderJunit(hostileReport()));
  assertJunit(root);
  const cases = root.children.flatMap((suite) => suite.children);
  const having = (name: string) =>
    cases.filter((one) => one.children.some((child) => child.name === name));
  for (
    const [attribute, element] of [
      ["failures", "failure"],
      ["errors", "error"],
    ] as const
  ) {
    assertEquals(Number(root.attributes[attribute]), having(element).length);
  }
  const skipped = root.children.map((suite) =>
    Number(suite.attributes["skipped"])
  );
  assertEquals(
    skipped.reduce((sum, one) => sum + one, 0),
    having("skipped").length,
  );
  assertEquals(Number(root.attributes["tests"]), cases.length);
  assertEquals(having("failure").length, 2);
  assertEquals(having("system-out").length, 1);
  // Gates without any check, and the one that could not be made.
  assertEquals(
    having("error").map((one) => one.attributes["classname"]).includes(
      "source",
    ),
    true,
  );
});

/** What code scanning asks of SARIF 2.1.0, and nothing that is not in it. */
const sarifSchema = z.strictObject({
  $schema: z.url(),
  version: z.literal("2.1.0"),
  runs: z.tuple([z.strictObject({
    tool: z.strictObject({
      driver: z.strictObject({
        name: z.string(),
        semanticVersion: z.string().regex(/^\d+\.\d+\.\d+/),
        rules: z.array(z.strictObject({
          id: z.string(),
          shortDescription: z.strictObject({ text: z.string().min(1) }),
          fullDescription: z.strictObject({ text: z.string().min(1) }),
          help: z.strictObject({ text: z.string().min(1) }),
        })),
      }),
    }),
    automationDetails: z.strictObject({ id: z.string() }),
    columnKind: z.literal("utf16CodeUnits"),
    results: z.array(z.strictObject({
      ruleId: z.string(),
      ruleIndex: z.int().min(0),
      level: z.enum(["none", "note", "warning", "error"]),
      message: z.strictObject({ text: z.string().min(1) }),
      locations: z.tuple([z.strictObject({
        physicalLocation: z.strictObject({
          artifactLocation: z.strictObject({
            uri: z.string().regex(
              /^(?!\/)(?:[\w.~!$'()*+,;=@-]|%[0-9A-F]{2}|\/)+$/,
            ),
          }),
          region: z.strictObject({ startLine: z.int().min(1) }),
        }),
        logicalLocations: z.array(
          z.strictObject({ fullyQualifiedName: z.string() }),
        ),
      })]),
      partialFingerprints: z.record(z.string(), z.string()),
      suppressions: z.array(z.strictObject({ kind: z.literal("external") }))
        .optional(),
    })),
  })]),
});

Deno.test("renderSarif() is SARIF 2.1.0 with places in the repository", () => {
  const [run] =
    sarifSchema.parse(JSON.parse(renderSarif(hostileReport()))).runs;
  const { rules } = run.tool.driver;
  for (const result of run.results) {
    assertEquals(rules[result.ruleIndex]?.id, result.ruleId);
  }
  const of = (code: string) =>
    run.results.filter(({ ruleId }) => ruleId === code);
  assertEquals(
    of("version-manifest")[0]?.locations[0].physicalLocation.artifactLocation
      .uri,
    "a%20b/Cargo.toml",
  );
  assertEquals(of("metadata-mode")[0]?.suppressions?.length, 1);
  assertEquals(
    new Set(
      run.results.map(({ partialFingerprints }) =>
        partialFingerprints["reproofCheck/v1"]
      ),
    ).size,
    run.results.length,
  );
});

Deno.test("renderAnnotations() lets nothing end or begin a command", () => {
  const text = renderAnnotations(hostileReport());
  const lines = text.split("\n").slice(0, -1);
  // One for each subject, whatever their number of findings.
  assertEquals(lines.length, 2);
  for (const line of lines) {
    const match = /^::(?:error|warning) title=[^:,\r\n]*::([^\r\n]*)$/.exec(
      line,
    );
    assert(match !== null, line);
    assertEquals(/%(?!25)/.test(match[1] ?? ""), false);
  }
  assertStringIncludes(lines[0] ?? "", "and 1 more findings");
});

/** What Azure's agent makes of a line (`Command.cs`, unescaping percents). */
function readVso(line: string) {
  const match = /##vso\[([^\]]*)\](.*)$/.exec(line);
  if (match === null) return null;
  const text = [["%3B", ";"], ["%0D", "\r"], ["%0A", "\n"], ["%5D", "]"]]
    .reduce(
      (seen, [from = "", to = ""]) => seen.replaceAll(from, to),
      match[2] ?? "",
    ).replaceAll("%AZP25", "%");
  return { command: match[1], text };
}

Deno.test("renderAzure() gives what the agent reads back, one for an artifact", () => {
  const report = hostileReport();
  const [check] = report.checks;
  assert(check !== undefined);
  const subject = "a];b\n##vso[task.complete]%3B%0A%AZP25";
  const text = renderAzure({
    ...report,
    checks: [{ ...check, subject }],
    decision: {
      ...report.decision,
      reasons: [
        { check: check.id, code: check.code, subject, status: "fail" },
        { check: "x", code: check.code, subject: "other", status: "unchecked" },
      ],
    },
  } as ReleaseReport);
  const lines = text.split("\n");
  assertEquals(lines.length, 3);
  const [first, second] = lines.map(readVso);
  assertEquals(first?.command, `task.logissue type=error;code=${check.code}`);
  assertStringIncludes(
    first?.text ?? "",
    "a];b\\n##vso[task.complete]%3B%0A%AZP25: ",
  );
  assertEquals(
    second?.command,
    `task.logissue type=warning;code=${check.code}`,
  );
  assertEquals(renderAzure(hostileReport()).split("\n").length, 3);
  const go = { ...report.decision, outcome: "go", reasons: [] };
  assertEquals(renderAzure({ ...report, decision: go } as ReleaseReport), "");
});

Deno.test("renderAnnotations() gives one for an artifact, whatever its steps", () => {
  const report = hostileReport();
  const [check] = report.checks;
  assert(check !== undefined);
  const steps = ["any/step/a", "any/step/b", "other/step/a"].map((
    subject,
  ) => ({ ...check, id: `smoke/${subject}`, gate: "smoke", subject }));
  const text = renderAnnotations({
    ...report,
    checks: steps,
    decision: {
      ...report.decision,
      reasons: steps.map(({ id, code, subject }) => ({
        ...{ check: id, code, subject, status: "fail" },
      })),
    },
  } as ReleaseReport);
  assertEquals(
    text.split("\n").slice(0, -1).map((line) =>
      line.split("::")[2]?.split(":")[0]
    ),
    ["any", "other"],
  );
});

Deno.test("renderAnnotations() says something of a go as well", () => {
  const report = hostileReport();
  const go = {
    ...report,
    decision: { ...report.decision, outcome: "go", reasons: [] },
  } as ReleaseReport;
  assertEquals(
    renderAnnotations(go).startsWith("::notice title=reproof::go"),
    true,
  );
});

Deno.test("renderMarkdown() stays below 900 kB of UTF-8, cut at a line", () => {
  const report = hostileReport();
  const [check] = report.checks;
  assert(check !== undefined);
  const many = Array.from({ length: 5000 }, (_, index) => ({
    ...check,
    id: `build/${index}`,
    observed: "é".repeat(200),
  }));
  const text = renderMarkdown({ ...report, checks: many });
  const bytes = new TextEncoder().encode(text).length;
  assert(bytes > 800_000 && bytes < 901_000, String(bytes));
  assertStringIncludes(text.slice(-200), "report.json has all");
});

Deno.test("a badge says how old it is, and does not shine on", () => {
  const report = {
    ...hostileReport("2026-06-01T12:00:00.000Z"),
    version: '1.0.0"<script>',
    decision: { ...hostileReport().decision, outcome: "go" },
  } as ReleaseReport;
  const at = (time: string) => badgeOf(report, new Date(time));
  assertEquals(at("2026-06-01T13:00:00Z").color, "brightgreen");
  assertStringIncludes(at("2026-06-01T13:00:00Z").message, "today");
  assertStringIncludes(at("2026-06-04T13:00:00Z").message, "3 days old");
  assertEquals(at("2026-07-02T13:00:00Z").color, "brightgreen");
  assertEquals(at("2026-07-03T13:00:00Z").color, "lightgrey");
  assertStringIncludes(at("2026-05-01T00:00:00Z").message, "dated ahead");
  const badge = at("2026-06-01T13:00:00Z");
  assertEquals(JSON.parse(renderBadgeJson(badge)).schemaVersion, 1);
  const svg = renderBadgeSvg(badge);
  assertEquals(svg.includes("<script"), false);
  assertStringIncludes(svg, "<title>reproof: go 1.0.0&#34;&#60;script&#62;");
});
