/** The gate `rollback`: a drill that is signed, bound to a release, and ages. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { runProgram } from "../cli/program.ts";
import { gateOf, reasonsOf } from "./gate_outcome.ts";
import { exists, Workplace } from "./project.ts";

const DAY_MS = 86_400_000;
const NOW = Date.now();
/** Later than the drills of a test, within what clocks may differ by. */
const SOON = 0.003;
/** Whole seconds, so many days from now. */
const at = (days: number) =>
  new Date(NOW + days * DAY_MS).toISOString().slice(0, 19) + "Z";

const SCRIPT = `cat >artifact <<'END'
# mode=aot contract=aot-v1
case $1 in greet) echo "hello $2" ;; *) exit 2 ;; esac
END
`;

const step = (program: string[], stdout = "hello you\n") => ({
  name: "greet",
  command: { argv: [...program, "greet", "you"] },
  expect: { stdout },
});

/** A project with two releases: one that is out, and one to come. */
class TwoReleases implements Disposable {
  readonly place = new Workplace();
  readonly project: string;
  #number = 0;

  constructor(members: Record<string, unknown> = {}) {
    this.project = this.place.script(SCRIPT, {
      recipe: {
        targets: {
          any: {
            build: [{ argv: ["/bin/sh", "build.sh"] }],
            artifacts: [{ name: "artifact", path: "artifact" }],
            smoke: { steps: [step(["/bin/sh", "{artifact}"])] },
          },
        },
        rollback: {
          fallback: { steps: [step(["/bin/sh", "{source}/fallback.sh"])] },
        },
        ...members,
      },
    });
    Deno.writeTextFileSync(
      `${this.project}/fallback.sh`,
      'echo "hello $2"\n',
    );
  }

  /** Changes a document of the project. */
  change(file: string, members: Record<string, unknown>): void {
    const path = `${this.project}/${file}`;
    const document = JSON.parse(Deno.readTextFileSync(path));
    Deno.writeTextFileSync(path, JSON.stringify({ ...document, ...members }));
  }

  /** Releases 1.0.0, and prepares 1.1.0 with the gate. */
  async first(rules: Record<string, unknown> = {}): Promise<string> {
    const made = await this.place.release(this.project, "--now", at(-300));
    assertEquals(made.code, 0, made.stdout + made.stderr);
    this.change("reproof.json", { version: "1.1.0" });
    this.change("reproof.policy.json", { rollback: rules });
    return made.out;
  }

  /** Goes back, and returns where the drill lies. */
  async drill(previous: string, ...flags: string[]) {
    const bundle = `${this.place.path}/drill-${++this.#number}.sigstore.json`;
    const run = await runProgram([
      "rollback",
      this.project,
      ...["--previous", previous, "--out", bundle],
      ...(flags.includes("--key") ? [] : ["--key", this.place.key]),
      ...flags,
    ]);
    return { ...run, bundle };
  }

  [Symbol.dispose](): void {
    this.place[Symbol.dispose]();
  }
}

Deno.test("the gate rollback: a drill is a go that verifies", async () => {
  using two = new TwoReleases();
  const previous = await two.first();
  const { code, stdout, stderr, bundle } = await two.drill(previous);
  assertEquals(code, 0, stdout + stderr);
  assertStringIncludes(stdout, "pass  rollback/previous/any/step/greet");
  assertStringIncludes(stdout, "pass  rollback/fallback/step/greet");
  const flags = ["--previous", previous, "--drill", bundle];
  const now = at(SOON);
  const made = await two.place.release(two.project, ...flags, "--now", now);
  assertEquals(made.code, 0, made.stdout + made.stderr);
  assertEquals(gateOf(made.out, "rollback"), ["go", 4, 0, 0]);
  const verified = await two.place.verify(made.out, "--now", now, "--explain");
  assertEquals(verified.code, 0, verified.stdout);
  assertStringIncludes(verified.stdout, "rollback/date");
  // It still verifies when the drill itself has grown stale.
  const later = await two.place.verify(made.out, "--now", at(500));
  assertEquals(later.code, 0, later.stdout);
  // Without its drill, or with another one, it does not.
  const path = `${made.out}/attestations/rollback.sigstore.json`;
  const kept = Deno.readTextFileSync(path);
  Deno.removeSync(path);
  assertEquals((await two.place.verify(made.out, "--now", now)).code, 1);
  Deno.copyFileSync((await two.drill(previous)).bundle, path);
  assertEquals((await two.place.verify(made.out, "--now", now)).code, 1);
  Deno.writeTextFileSync(path, kept);
  assertEquals((await two.place.verify(made.out, "--now", now)).code, 0);
});

Deno.test("the gate rollback is inconclusive without a drill or a previous release", async () => {
  using two = new TwoReleases();
  const previous = await two.first();
  const { bundle } = await two.drill(previous);
  for (
    const flags of [[], ["--previous", previous], ["--drill", bundle]]
  ) {
    const made = await two.place.release(
      two.project,
      ...flags,
      "--now",
      at(SOON),
    );
    assertEquals(made.code, 3, made.stdout + made.stderr);
    assertEquals(reasonsOf(`${made.out}.inconclusive`), ["rollback-missing"]);
  }
});

Deno.test("a drill that failed is a no-go", async () => {
  using two = new TwoReleases();
  const previous = await two.first();
  Deno.writeTextFileSync(`${two.project}/fallback.sh`, "echo bye\n");
  const { code, bundle } = await two.drill(previous);
  assertEquals(code, 1);
  const made = await two.place.release(
    two.project,
    ...["--previous", previous, "--drill", bundle, "--now", at(SOON)],
  );
  assertEquals(made.code, 1, made.stdout);
  assertEquals(reasonsOf(`${made.out}.no-go`), ["step-failed"]);
});

Deno.test("a drill of a release without smoke steps shows nothing", async () => {
  using two = new TwoReleases({
    targets: {
      any: {
        build: [{ argv: ["/bin/sh", "build.sh"] }],
        artifacts: [{ name: "artifact", path: "artifact" }],
      },
    },
  });
  const { code, stdout } = await two.drill(await two.first());
  assertEquals(code, 3, stdout);
  assertStringIncludes(stdout, "no smoke steps in its recipe");
});

Deno.test("no --now makes a stale drill young, and none is dated ahead", async () => {
  using two = new TwoReleases();
  const previous = await two.first({ daysMax: 30 });
  const { bundle } = await two.drill(previous, "--now", at(-31));
  const made = await two.place.release(
    two.project,
    ...["--previous", previous, "--drill", bundle, "--now", at(-20)],
  );
  assertEquals(made.code, 1, made.stdout);
  assertEquals(reasonsOf(`${made.out}.no-go`), ["rollback-stale"]);
  const ahead = await two.drill(previous, "--now", at(2));
  assertEquals(ahead.code, 2);
  assert(!exists(ahead.bundle));
});

Deno.test("nobody can go back to what does not verify, nor bring an unsigned drill", async () => {
  using two = new TwoReleases();
  const previous = await two.first();
  const { stdout } = await two.drill(previous, "--json");
  const text = `${two.place.path}/drill.json`;
  Deno.writeTextFileSync(text, JSON.stringify(JSON.parse(stdout).drill));
  const made = await two.place.release(
    two.project,
    ...["--previous", previous, "--drill", text],
  );
  assertEquals(made.code, 2);
  assertStringIncludes(made.stderr, "rollback-invalid");
  using other = new Workplace();
  // The previous release is not one that the other key vouches for.
  assertEquals((await two.drill(previous, "--key", other.key)).code, 2);
  Deno.writeTextFileSync(`${previous}/report.md`, "changed\n");
  assertEquals((await two.drill(previous)).code, 2);
});
