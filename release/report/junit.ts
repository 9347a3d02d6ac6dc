/**
 * The report as JUnit XML, for CI systems that show tests: a suite for each
 * gate, a case for each check. Failed is a failure, unchecked an error, and a
 * gate without any check a case that is an error, so that nothing unverified
 * looks like a pass.
 *
 * There is no standard; this is the part that Jenkins, GitLab and Azure agree
 * on: `testsuites`, `testsuite` with counts, `testcase`, `failure`, `error`,
 * `skipped`, `system-out`. The schema of Jenkins (`junit-10.xsd` of its xunit
 * plugin) counts skipped cases in a suite and not in `testsuites`.
 *
 * @module
 */

import { CATALOGUE } from "../../verify/catalogue/mod.ts";
import { escapeText } from "../../verify/escape.ts";
import type { ReleaseReport } from "./release_report.ts";
import { emptyGates, type StandingCheck, standings } from "./standing.ts";

/** Renders the report. */
export function renderJunit(report: ReleaseReport): string {
  const all = standings(report);
  const empty = emptyGates(report);
  const suites = report.decision.gates.map(({ gate }) => {
    const own = all.filter(({ check }) => check.gate === gate);
    const count = (...wanted: StandingCheck["standing"][]) =>
      own.filter(({ standing }) => wanted.includes(standing)).length;
    const isEmpty = empty.includes(gate);
    return {
      tests: own.length + (isEmpty ? 1 : 0),
      failures: count("failed"),
      errors: count("unchecked") + (isEmpty ? 1 : 0),
      skipped: count("skipped"),
      gate,
      cases: isEmpty ? [emptyCase(gate)] : own.map(testCase),
    };
  });
  const sum = (name: "tests" | "failures" | "errors") =>
    suites.reduce((total, suite) => total + suite[name], 0);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="${text(`${report.project} ${report.version}`)}" tests="${
      sum("tests")
    }" failures="${sum("failures")}" errors="${sum("errors")}">`,
    ...suites.flatMap((suite) => [
      `  <testsuite name="${suite.gate}" tests="${suite.tests}" failures="${suite.failures}" errors="${suite.errors}" skipped="${suite.skipped}" timestamp="${
        text(report.now)
      }">`,
      ...suite.cases,
      "  </testsuite>",
    ]),
    "</testsuites>",
    "",
  ].join("\n");
}

function emptyCase(gate: string): string {
  return `    <testcase classname="${gate}" name="evidence"><error type="inconclusive" message="nothing was checked"></error></testcase>`;
}

function testCase({ check, standing }: StandingCheck): string {
  const open = `    <testcase classname="${check.gate}" name="${
    text(check.id)
  }">`;
  const said = `expected ${check.expected}, found ${check.observed}`;
  const finding = (element: string) =>
    `${open}<${element} type="${check.code}" message="${
      text(`${CATALOGUE[check.code].title}: ${check.subject}`)
    }">${
      text(`${said}. Next: ${CATALOGUE[check.code].next}`)
    }</${element}></testcase>`;
  switch (standing) {
    case "passed":
      return `${open}</testcase>`;
    case "failed":
      return finding("failure");
    case "unchecked":
      return finding("error");
    case "skipped":
      return `${open}<skipped></skipped></testcase>`;
    case "waived":
      return `${open}<system-out>${
        text(`waived: ${check.code}, ${said}`)
      }</system-out></testcase>`;
  }
}

/** Text in an attribute or element (XML 1.0, 2.2 and 2.4). */
function text(untrusted: string): string {
  return escapeText(untrusted)
    .replace(/[\ufffe\uffff]/g, "\ufffd")
    .replace(
      /[&<>"']/g,
      (character) => `&#${character.charCodeAt(0)};`,
    );
}
