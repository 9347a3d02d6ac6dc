import { assertEquals, assertThrows } from "@std/assert";
import { CheckList } from "../../../verify/attest/check_list.ts";

const STEPS = [
  { name: "one", code: "bundle-malformed", expected: "the first" },
  { name: "two", code: "signature-invalid", expected: "the second" },
] as const;

function statuses(list: CheckList): string[] {
  return list.checks().map((check) => check.status);
}

Deno.test("a list without any record passes nothing", () => {
  const list = new CheckList("file", STEPS);
  assertEquals(statuses(list), ["unchecked", "unchecked"]);
  assertEquals(list.passed, false);
  assertEquals(list.checks()[0]?.id, "signature/one/file");
});

Deno.test("a list passes when all steps passed, and no sooner", () => {
  const list = new CheckList("file", STEPS);
  list.record("one", { status: "pass", observed: "x" });
  assertEquals(list.passed, false);
  list.record("two", { status: "not-applicable", observed: "x" });
  assertEquals(list.passed, true);
});

Deno.test("steps that do not apply are no pass by themselves", () => {
  const list = new CheckList("file", STEPS);
  for (const { name } of STEPS) {
    list.record(name, { status: "not-applicable", observed: "x" });
  }
  assertEquals(list.passed, false);
});

Deno.test("a failure stays, whatever is recorded after it", () => {
  const list = new CheckList("file", STEPS);
  list.record("one", { status: "fail", observed: "x" });
  list.record("one", { status: "pass", observed: "y" });
  list.record("two", { status: "pass", observed: "x" });
  assertEquals(statuses(list), ["fail", "pass"]);
  assertEquals(list.passed, false);
});

Deno.test("an exception is a failed check, and so is silence", () => {
  const list = new CheckList("file", STEPS);
  assertEquals(
    list.run("one", () => {
      throw new TypeError("broken \u001b[31m");
    }),
    undefined,
  );
  assertEquals(list.run("two", () => 1), undefined);
  assertEquals(
    list.checks().map((check) => [check.status, check.observed]),
    [["fail", "broken \\u{1b}[31m"], ["fail", "no observation"]],
  );
});

Deno.test("a step that failed gives no value", () => {
  const list = new CheckList("file", STEPS);
  const run = (status: "pass" | "fail") =>
    list.run("one", (record) => {
      record({ status, observed: "x" });
      return "value";
    });
  assertEquals(run("pass"), "value");
  assertEquals(run("fail"), undefined);
});

Deno.test("a step that was not declared cannot be recorded", () => {
  const list = new CheckList("file", STEPS);
  assertThrows(
    () => list.record("three", { status: "pass", observed: "x" }),
    TypeError,
  );
});
