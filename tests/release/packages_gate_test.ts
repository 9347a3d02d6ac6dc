/** The gate `packages`, from a build to a verification by somebody else. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { PACKAGES, PROGRAM } from "../verify/package_fixture.ts";
import { gateOf, reasonsOf } from "./gate_outcome.ts";
import { soon, TODAY } from "./trial_project.ts";
import { copying, Workplace } from "./project.ts";

const { npm } = PACKAGES;

/** A project whose build leaves a program and a package of it. */
function project(
  place: Workplace,
  options: {
    readonly bytes?: Uint8Array;
    readonly member?: Record<string, unknown>;
    readonly policy?: Record<string, unknown>;
    readonly script?: string;
    readonly fixture?: typeof npm;
  } = {},
): string {
  const fixture = options.fixture ?? npm;
  const made = place.script(
    options.script ?? "cp program artifact\ncp made package\n",
    {
      recipe: {
        targets: {
          any: {
            build: [{ argv: ["/bin/sh", "build.sh"] }],
            artifacts: [{ name: "artifact", path: "artifact" }, {
              name: fixture.fileName,
              path: "package",
              executable: false,
              package: { ...fixture.recipe, ...options.member },
            }],
          },
        },
      },
      policy: {
        ...copying("any/artifact", `any/${fixture.fileName}`),
        packages: {},
        ...options.policy,
      },
    },
  );
  Deno.writeFileSync(`${made}/program`, PROGRAM);
  Deno.writeFileSync(
    `${made}/made`,
    options.bytes ?? fixture.pack(fixture.files),
  );
  return made;
}

Deno.test("the gate packages lets a sound package pass, and verifies again", async () => {
  using place = new Workplace();
  const made = await place.release(project(place));
  assertEquals(made.code, 0, made.stdout + made.stderr);
  const [outcome, passed, failed, unchecked] = gateOf(made.out, "packages");
  assertEquals([outcome, failed, unchecked], ["go", 0, 0]);
  assert(passed > 8);
  const verified = await place.verify(made.out, "--explain");
  assertEquals(verified.code, 0, verified.stdout);
  assertStringIncludes(
    verified.stdout,
    `packages/holds/package/bin/app/any/${npm.fileName}`,
  );
});

Deno.test("the gate packages refuses another program, and waives a hook alone", async () => {
  using place = new Workplace();
  const other = npm.pack({
    ...npm.files,
    "package/bin/app": [0o755, new Uint8Array([...PROGRAM, 0])],
  });
  const made = await place.release(project(place, { bytes: other }));
  assertEquals(made.code, 1, made.stdout);
  assertEquals(reasonsOf(`${made.out}.no-go`), ["package-artifact"]);
  const json = JSON.parse(String(npm.files["package/package.json"]));
  const hooked = npm.pack({
    ...npm.files,
    "package/package.json": JSON.stringify({
      ...json,
      scripts: { postinstall: "node x" },
    }),
  });
  const refused = await place.release(project(place, { bytes: hooked }));
  assertEquals(reasonsOf(`${refused.out}.no-go`), ["package-hook"]);
  const waiver = {
    id: "hook",
    finding: "package-hook",
    scope: `any/${npm.fileName}`,
    reason: "goes with the next release",
    owner: "ops",
    expires: soon(),
  };
  const waived = await place.release(
    project(place, {
      bytes: hooked,
      policy: { packages: {}, waivers: [waiver] },
    }),
    "--now",
    TODAY,
  );
  assertEquals(waived.code, 0, waived.stdout);
});

Deno.test("the gate packages is inconclusive where there is no package", async () => {
  using place = new Workplace();
  const none = place.script("echo 'mode=aot contract=aot-v1' > artifact\n", {
    policy: { packages: {} },
  });
  const missing = await place.release(none);
  assertEquals(missing.code, 3);
  assertEquals(reasonsOf(`${missing.out}.inconclusive`), ["package-missing"]);
});

Deno.test("a document stands in for a package, and is kept with the release", async () => {
  using place = new Workplace();
  const documented = (text: string) => {
    const made = place.script("echo 'mode=aot contract=aot-v1' > artifact\n", {
      policy: { packages: { documented: { any: "install.md" } } },
    });
    Deno.writeTextFileSync(`${made}/install.md`, text);
    return place.release(made);
  };
  const made = await documented("## Install on any\n```sh\ntar xf app\n```\n");
  assertEquals(made.code, 0, made.stdout);
  assertEquals(gateOf(made.out, "packages"), ["go", 1, 0, 0]);
  assertEquals((await place.verify(made.out)).code, 0);
  Deno.removeSync(`${made.out}/evidence/source/install.md`);
  assertEquals((await place.verify(made.out)).code, 1);
  const silent = await documented("## Install on any\nSoon.\n");
  assertEquals(reasonsOf(`${silent.out}.no-go`), ["package-steps"]);
});

Deno.test("a package has a budget of its own", async () => {
  using place = new Workplace();
  const { length } = npm.pack(npm.files);
  const budget = (target: Record<string, unknown>) => ({
    budget: { targets: { any: { artifactBytes: 200, ...target } } },
  });
  const release = (target: Record<string, unknown>) =>
    place.release(project(place, { policy: budget(target) }));
  const fits = await release({ packageBytes: length });
  assertEquals(fits.code, 0, fits.stdout);
  assertEquals((await place.verify(fits.out)).code, 0);
  const large = await release({ packageBytes: length - 1 });
  assertEquals(reasonsOf(`${large.out}.no-go`), ["budget-size"]);
  const none = await release({});
  assertEquals(reasonsOf(`${none.out}.no-go`), ["budget-missing"]);
  const zero = await release({ packageBytes: 0 });
  assertEquals(zero.code, 2);
  const without = await place.release(
    place.script("echo 'mode=aot contract=aot-v1' > artifact\n", {
      policy: budget({ packageBytes: 100 }),
    }),
  );
  assertEquals(reasonsOf(`${without.out}.inconclusive`), ["budget-size"]);
});

Deno.test("a recipe cannot say that a package holds what is none of its artifacts", async () => {
  using place = new Workplace();
  for (
    const member of [
      { holds: { "package/bin/app": "other" } },
      { holds: { "package/bin/app": npm.fileName } },
      { holds: { "package/bin/app": "other/artifact" } },
      { holds: { "../app": "artifact" } },
      { holds: {} },
      { kind: "rpm" },
      { image: { base: "scratch", holds: {} } },
    ]
  ) {
    const made = await place.release(project(place, { member }));
    assertEquals(made.code, 2, JSON.stringify(member));
  }
  const other = { holds: { "package/bin/app": "any/artifact" } };
  const made = await place.release(project(place, { member: other }));
  assertEquals(made.code, 0, made.stdout);
});
