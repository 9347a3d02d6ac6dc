/** `reproof audit`: many releases, what became of them, and the page. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { runProgram } from "../cli/program.ts";
import { copyTree, exists, GOOD_SCRIPT, Workplace } from "./project.ts";

/** Two releases of one project, and a place for history and page. */
class Releases implements Disposable {
  readonly place = new Workplace();
  readonly history = `${this.place.path}/history.json`;
  readonly page = `${this.place.path}/audit.html`;
  readonly now = "2026-06-02T12:00:00Z";

  async release(version: string, channel = "stable"): Promise<string> {
    const project = this.place.script(GOOD_SCRIPT, { recipe: { version } });
    const run = await this.place.release(project, "--channel", channel);
    assertEquals(run.code, 0, run.stdout + run.stderr);
    return run.out;
  }

  audit(directories: string[], ...flags: string[]) {
    return runProgram([
      "audit",
      ...directories,
      ...["--key", this.place.publicKey, "--history", this.history],
      ...["--html", this.page],
      ...(flags.includes("--now") ? [] : ["--now", this.now]),
      ...flags,
    ]);
  }

  [Symbol.dispose](): void {
    this.place[Symbol.dispose]();
  }
}

Deno.test("audit follows releases through loss, change and age", async (t) => {
  using all = new Releases();
  const one = await all.release("1.0.0");
  const two = await all.release("1.1.0");
  const audits = () => JSON.parse(Deno.readTextFileSync(all.history)).audits;

  await t.step("all is well", async () => {
    for (let round = 0; round < 2; round++) {
      const run = await all.audit([one, two], "--stale-days", "2");
      assertEquals(run.code, 0, run.stdout + run.stderr);
      assertStringIncludes(run.stdout, "GO  2 releases audited");
    }
    assertEquals(audits().length, 2);
    const page = Deno.readTextFileSync(all.page);
    assertStringIncludes(page, "<title>GO: audit of releases</title>");
    assertStringIncludes(page, "script 1.1.0");
  });
  await t.step("a release is gone", async () => {
    const run = await all.audit([two]);
    assertEquals(run.code, 1, run.stdout + run.stderr);
    assertStringIncludes(
      run.stdout,
      "[audit-release-lost] pkg:generic/script@1.0.0",
    );
    assertEquals(audits().at(-1).outcome, "no-go");
    // It is not forgotten for having been missed once.
    assertEquals((await all.audit([two])).code, 1);
    assertEquals((await all.audit([two, one])).code, 0);
  });
  await t.step("a release moved", async () => {
    const moved = `${all.place.path}/moved`;
    Deno.renameSync(one, moved);
    const run = await all.audit([moved, two]);
    assertEquals(run.code, 0, run.stdout + run.stderr);
    Deno.renameSync(moved, one);
  });
  await t.step("another release under its name", async () => {
    const other = await all.release("1.0.0");
    const project = all.place.script(`${GOOD_SCRIPT}echo more >> artifact\n`);
    const differs = await all.place.release(project);
    assertEquals(differs.code, 0, differs.stdout + differs.stderr);
    const run = await all.audit([differs.out, two]);
    assertEquals(run.code, 1, run.stdout + run.stderr);
    assertStringIncludes(run.stdout, "[audit-release-changed]");
    // Neither does it take the place of the one that is known.
    assertEquals((await all.audit([one, two])).code, 0);
    assertEquals((await all.audit([one, two, differs.out])).code, 1);
    Deno.removeSync(other, { recursive: true });
  });
  await t.step("a flipped byte", async () => {
    const copy = `${all.place.path}/copy`;
    copyTree(one, copy);
    Deno.writeTextFileSync(`${copy}/report.md`, "x", { append: true });
    const run = await all.audit([copy, one, two], "--json");
    assertEquals(run.code, 1, run.stderr);
    const { releases, outcome } = JSON.parse(run.stdout);
    assertEquals(outcome, "no-go");
    assertEquals(
      releases.map((release: { outcome: string }) => release.outcome),
      ["no-go", "go", "go"],
    );
  });
  await t.step("a directory that cannot be read", async () => {
    const run = await all.audit([one, two, `${all.place.path}/none`]);
    assertEquals(run.code, 3, run.stdout + run.stderr);
    assertStringIncludes(run.stdout, "file-not-readable");
  });
  await t.step("nothing new for long", async () => {
    const late = ["--stale-days", "2", "--now", "2026-06-04T12:00:01Z"];
    const run = await all.audit([one, two], ...late);
    assertEquals(run.code, 3, run.stdout + run.stderr);
    assertStringIncludes(run.stdout, "[audit-release-stale]");
  });
  await t.step("somebody else's key", async () => {
    using other = new Workplace();
    const run = await runProgram([
      "audit",
      one,
      ...["--key", other.publicKey, "--now", all.now],
    ]);
    assertEquals(run.code, 1, run.stdout);
  });
});

Deno.test("audit refuses what would make it silent", async () => {
  using all = new Releases();
  const nobody = await runProgram(["audit", "x"]);
  assertEquals(nobody.code, 2);
  assertStringIncludes(nobody.stderr, "trust-missing");
  assertEquals((await all.audit([])).code, 2);
  assertEquals(
    (await all.audit(["x"], "--now", "2199-01-01T00:00:00Z")).code,
    2,
  );
  Deno.writeTextFileSync(all.history, '{"schemaVersion": 1}');
  const broken = await all.audit(["x"]);
  assertEquals(broken.code, 2);
  assertStringIncludes(broken.stderr, "audit-history-invalid");
  Deno.removeSync(all.history);
  Deno.writeTextFileSync(all.page, "<!doctype html>\nsomebody's page");
  const page = await all.audit(["x"]);
  assertEquals(page.code, 2);
  assertStringIncludes(page.stderr, "output-exists");
  assertEquals(exists(all.history), false);
});

Deno.test("the page of an audit holds nothing that acts", async () => {
  using all = new Releases();
  const evil = `${all.place.path}/<script>alert(1)<\u{202e}'"&`;
  Deno.mkdirSync(evil);
  Deno.writeTextFileSync(`${evil}/<img src=x onerror=alert(1)>.txt`, "");
  const run = await all.audit([evil]);
  assertEquals(run.code, 1, run.stdout + run.stderr);
  const page = Deno.readTextFileSync(all.page);
  assertEquals(/<script|<img|\u{202e}|onerror="/u.test(page), false);
  assertStringIncludes(page, "&lt;script&gt;alert(1)&lt;");
  assertEquals(run.stdout.includes("\u{202e}"), false);
});

Deno.test("audit needs nothing but reading when it keeps nothing", async () => {
  using all = new Releases();
  const one = await all.release("1.0.0");
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--no-prompt",
      "--allow-read",
      fromFileUrl(new URL("../../mod.ts", import.meta.url)),
      "audit",
      one,
      ...["--key", all.place.publicKey],
    ],
  }).output();
  assert(
    code === 0,
    new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr),
  );
});
