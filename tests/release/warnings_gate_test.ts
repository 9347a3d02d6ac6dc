import { assertEquals, assertStringIncludes } from "@std/assert";
import { LIMITS } from "../../verify/limits.ts";
import { gateOf, reasonsOf } from "./gate_outcome.ts";
import { GOOD_SCRIPT, Workplace } from "./project.ts";

function project(
  place: Workplace,
  printed: string,
  policy: Record<string, unknown> = {},
  log: unknown = { kind: "gcc", project: "tool.c" },
): string {
  return place.script(`printf '${printed}'\n${GOOD_SCRIPT}`, {
    recipe: {
      targets: {
        any: {
          build: [{
            argv: ["/bin/sh", "build.sh"],
            ...(log === null ? {} : { log }),
          }],
          artifacts: [{ name: "artifact", path: "artifact" }],
        },
      },
    },
    policy: { warnings: {}, ...policy },
  });
}

const TODAY = new Date().toISOString();

function day(ahead: number): string {
  return new Date(Date.now() + ahead * 86_400_000).toISOString().slice(0, 10);
}

const CLEAN = "gcc -Wall -c tool.c\\n";
const WARNED = `${CLEAN}tool.c:1:2: warning: unused x [-Wunused]\\n`;

Deno.test("the gate warnings passes a log without any", async () => {
  using place = new Workplace();
  const made = await place.release(project(place, CLEAN));
  assertEquals(made.code, 0, made.stdout + made.stderr);
  assertEquals(gateOf(made.out, "warnings"), ["go", 1, 0, 0]);
  const verified = await place.verify(made.out, "--explain");
  assertEquals(verified.code, 0, verified.stdout);
  assertStringIncludes(verified.stdout, "warnings/log/any/1");
});

Deno.test("the gate warnings refuses one, and a waiver covers project and code", async () => {
  using place = new Workplace();
  const made = await place.release(project(place, WARNED));
  assertEquals(made.code, 1);
  assertEquals(reasonsOf(`${made.out}.no-go`), ["warning-found"]);
  const waiver = (scope: string) => ({
    waivers: [{
      id: "unused-x",
      finding: "warning-found",
      scope,
      reason: "Removed with the next version",
      owner: "release team",
      // Waivers hold by the clock, whatever --now says.
      expires: day(10),
    }],
  });
  const waived = await place.release(
    project(place, WARNED, waiver("tool.c/-Wunused")),
    "--now",
    TODAY,
  );
  assertEquals(waived.code, 0, waived.stdout);
  assertEquals((await place.verify(waived.out, "--now", TODAY)).code, 0);
  const other = await place.release(
    project(place, WARNED, waiver("tool.c/-Wother")),
    "--now",
    TODAY,
  );
  assertEquals(other.code, 1);
});

Deno.test("the gate warnings is inconclusive without a log that says anything", async () => {
  using place = new Workplace();
  for (
    const [printed, log] of [
      ["", { kind: "gcc", project: "tool.c" }],
      ["all is well, tool.c\\n", { kind: "gcc", project: "tool.c" }],
      [CLEAN, { kind: "gcc", project: "other.c" }],
      [CLEAN, null],
    ] as const
  ) {
    const made = await place.release(project(place, printed, {}, log));
    assertEquals(made.code, 3, printed);
    assertEquals(reasonsOf(`${made.out}.inconclusive`), ["warnings-unread"]);
  }
});

Deno.test("a consumer's own policy counts suppressions by its own number", async () => {
  using place = new Workplace();
  const path = project(place, CLEAN, { warnings: { suppressionsMax: 1 } });
  Deno.writeTextFileSync(
    `${path}/tool.c`,
    '#pragma GCC diagnostic ignored "-Wall"\n',
  );
  const made = await place.release(path);
  assertEquals(made.code, 0, made.stdout);
  const own = `${place.path}/own.json`;
  const policy = JSON.parse(
    Deno.readTextFileSync(`${path}/reproof.policy.json`),
  );
  for (const [most, code] of [[1, 0], [0, 1]] as const) {
    Deno.writeTextFileSync(
      own,
      JSON.stringify({ ...policy, warnings: { suppressionsMax: most } }),
    );
    const verified = await place.verify(made.out, "--policy", own);
    assertEquals(verified.code, code, verified.stdout);
  }
});

Deno.test("a source that is too large to be counted is no go, whatever it silences", async () => {
  using place = new Workplace();
  const path = project(place, CLEAN, { warnings: { suppressionsMax: 0 } });
  const silenced = '\n#pragma GCC diagnostic ignored "-Wall"\n';
  const empty = " ".repeat(LIMITS.sourceFileBytesMax);
  for (const [text, code] of [["\n", 0], [empty + silenced, 3]] as const) {
    Deno.writeTextFileSync(`${path}/tool.c`, text);
    const made = await place.release(path);
    assertEquals(made.code, code, made.stdout + made.stderr);
    if (code !== 0) assertStringIncludes(made.stderr, "limit-reached");
  }
});
