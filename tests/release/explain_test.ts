/**
 * `verify --explain` prints one line for each check, with how it ended and why,
 * and leaves out none because it did not apply.
 */

import { assertEquals, assertMatch } from "@std/assert";
import type { Check } from "../../verify/check.ts";
import { copyTree, GOOD_SCRIPT, Workplace } from "./project.ts";

const LINE =
  /^ {2}(pass|fail|unchecked|not-applicable) +([a-z-]+\/\S.*?): (.+)$/;

Deno.test("verify --explain prints a line with its reason for every check", async () => {
  using place = new Workplace();
  const { out, code, stderr } = await place.release(place.script(GOOD_SCRIPT));
  assertEquals(code, 0, stderr);
  const bad = `${place.path}/bad`;
  copyTree(out, bad);
  Deno.removeSync(`${bad}/attestations/decision.sigstore.json`);
  for (const [directory, exit] of [[out, 0], [bad, 1]] as const) {
    const shown = await place.verify(directory, "--explain");
    const told = await place.verify(directory, "--json");
    assertEquals([shown.code, told.code], [exit, exit]);
    const { checks } = JSON.parse(told.stdout);
    const lines = shown.stdout.split("\n").flatMap((line) => {
      const [, status, rest] = LINE.exec(line) ?? [];
      return status === undefined || rest === undefined ? [] : [line];
    });
    assertEquals(
      lines.map((line) => line.trim().split(" ")[0]),
      checks.map((check: Check) => check.status),
    );
    for (const [index, check] of (checks as Check[]).entries()) {
      const line = lines[index] ?? "";
      assertEquals(line.includes(` ${check.id}: `), true, line);
      if (check.status === "not-applicable") {
        assertMatch(line, /: \S.+ \(would be: \S.+\)$/);
      } else if (check.status !== "pass") {
        assertMatch(line, /: \[[a-z-]+\] expected \S.*, found \S/);
      }
    }
    const statuses = new Set(checks.map((check: Check) => check.status));
    assertEquals(statuses.has("not-applicable"), true);
    assertEquals(statuses.has("fail"), exit === 1);
  }
});
