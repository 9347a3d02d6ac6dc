/** The gate `smoke` from recipe and policy to the decision, and verified. */

import { assertEquals } from "@std/assert";
import { exists, filesOf, Workplace } from "./project.ts";
import { outcomeOf, soon, TODAY } from "./trial_project.ts";

const SCRIPT = `cat >artifact <<'END'
# mode=aot contract=aot-v1
case $1 in
  greet) echo "hello $2" ;;
  *) exit 2 ;;
esac
END
`;

const GREET = {
  name: "greet",
  command: { argv: ["/bin/sh", "{artifact}", "greet", "you"] },
  expect: { stdout: "hello you\n" },
};

const TARGET = {
  build: [{ argv: ["/bin/sh", "build.sh"] }],
  artifacts: [{ name: "artifact", path: "artifact" }],
};

const recipe = (smoke: object | undefined) => ({
  targets: { any: { ...TARGET, smoke } },
});

Deno.test("gate smoke: a go that verifies, measured figures apart", async () => {
  using place = new Workplace();
  const run = await place.release(place.script(SCRIPT, {
    recipe: recipe({ steps: [GREET] }),
    policy: { smoke: {} },
  }));
  assertEquals(run.code, 0, run.stdout + run.stderr);
  const verified = await place.verify(run.out);
  assertEquals(verified.code, 0, verified.stdout);
  const report = JSON.parse(Deno.readTextFileSync(`${run.out}/report.json`));
  assertEquals(
    report.checks.filter((check: { gate: string }) => check.gate === "smoke")
      .map(({ id, status }: { id: string; status: string }) => [id, status]),
    [["smoke/any/step/greet", "pass"]],
  );
  assertEquals(
    filesOf(run.out).some((path) => path.includes("measured")),
    false,
  );
});

Deno.test("gate smoke: logs of hosts are kept, and verified", async () => {
  using place = new Workplace();
  const run = await place.release(place.script(SCRIPT, {
    recipe: recipe({
      hosts: {
        sleeper: {
          argv: ["/bin/sh", "-c", "echo up; exec sleep 60"],
          ready: { log: "^up$" },
          stop: { code: 143 },
        },
      },
      steps: [GREET],
    }),
    policy: { smoke: {} },
  }));
  assertEquals(run.code, 0, run.stdout + run.stderr);
  const measured = `${run.out}/evidence/measured`;
  assertEquals(filesOf(measured), [
    "smoke-any-sleeper.err",
    "smoke-any-sleeper.out",
    "smoke-any.json",
  ]);
  assertEquals((await place.verify(run.out)).code, 0);
  Deno.writeTextFileSync(`${measured}/smoke-any-sleeper.out`, "down\n");
  assertEquals((await place.verify(run.out)).code, 1);
});

const NEVER_GO: [string, object | undefined, object, number, string[]][] = [
  [
    "no description is inconclusive",
    undefined,
    { smoke: {} },
    3,
    ["trial-missing"],
  ],
  [
    "fewer steps than the policy wants",
    { steps: [GREET] },
    {
      smoke: { stepsMin: 2 },
    },
    3,
    ["trial-too-small"],
  ],
  [
    "a target that nobody tries",
    { steps: [GREET] },
    {
      smoke: { targets: ["any", "other"] },
    },
    3,
    ["trial-missing"],
  ],
  [
    "another answer",
    {
      steps: [{ ...GREET, expect: { stdout: "hello me\n" } }],
    },
    { smoke: {} },
    1,
    ["step-failed"],
  ],
  [
    "a host that is not ready",
    {
      hosts: {
        sleeper: {
          argv: ["/bin/sleep", "60"],
          ready: { log: "^up$" },
          readyWallMs: 300,
        },
      },
      steps: [GREET],
    },
    { smoke: {} },
    1,
    ["host-not-ready", "step-not-taken"],
  ],
  [
    "an artifact of another machine",
    {
      steps: [{
        name: "own",
        command: { argv: ["{artifact}"] },
        expect: { code: 0 },
      }],
    },
    { smoke: {} },
    3,
    ["trial-not-runnable"],
  ],
  [
    "no target to which it applies",
    {
      steps: [{
        name: "own",
        command: { argv: ["{artifact}"] },
        expect: { code: 0 },
      }],
    },
    { smoke: { elsewhere: "not-applicable" } },
    3,
    [],
  ],
];

for (const [name, smoke, policy, code, reasons] of NEVER_GO) {
  Deno.test(`gate smoke never says go: ${name}`, async () => {
    using place = new Workplace();
    const run = await place.release(place.script(SCRIPT, {
      recipe: recipe(smoke),
      policy: policy as Record<string, unknown>,
    }));
    assertEquals(run.code, code, run.stdout + run.stderr);
    assertEquals(exists(run.out), false);
    assertEquals(outcomeOf(run.out, "smoke"), {
      outcome: code === 1 ? "no-go" : "inconclusive",
      gate: code === 1 ? "no-go" : "inconclusive",
      reasons,
    });
  });
}

Deno.test("gate smoke: what the policy does not ask for is not run", async () => {
  using place = new Workplace();
  const run = await place.release(place.script(SCRIPT, {
    recipe: recipe({ steps: [{ ...GREET, expect: { code: 9 } }] }),
  }));
  assertEquals(run.code, 0, run.stdout + run.stderr);
});

Deno.test("gate smoke: a waiver covers a failed step of its target", async () => {
  using place = new Workplace();
  const run = await place.release(place.script(SCRIPT, {
    recipe: recipe({
      steps: [GREET, { ...GREET, name: "b", expect: { code: 0 } }],
    }),
    policy: { smoke: {} },
  }));
  assertEquals(run.code, 0);
  const waived = await place.release(
    place.script(SCRIPT, {
      recipe: recipe({
        steps: [GREET, { ...GREET, name: "b", expect: { code: 9 } }],
      }),
      policy: {
        smoke: {},
        waivers: [{
          id: "w1",
          finding: "step-failed",
          scope: "any/step/b",
          reason: "known and harmless for now",
          owner: "release team",
          expires: soon(),
        }],
      },
    }),
    "--now",
    TODAY,
  );
  assertEquals(waived.code, 0, waived.stdout + waived.stderr);
});

Deno.test("verify with a policy of its own that asks for smoke", async () => {
  using place = new Workplace();
  const project = place.script(SCRIPT, {
    recipe: recipe({ steps: [GREET] }),
  });
  const run = await place.release(project);
  assertEquals(run.code, 0);
  const policy = JSON.parse(
    Deno.readTextFileSync(`${project}/reproof.policy.json`),
  );
  const own = `${place.path}/own.json`;
  const key = Deno.readTextFileSync(place.publicKey);
  const trust = { keys: [{ id: "release", publicKey: key }] };
  Deno.writeTextFileSync(own, JSON.stringify({ ...policy, trust }));
  assertEquals((await place.verify(run.out, "--policy", own)).code, 0);
  Deno.writeTextFileSync(
    own,
    JSON.stringify({ ...policy, trust, smoke: {} }),
  );
  const asked = await place.verify(run.out, "--policy", own);
  assertEquals(asked.code, 1, asked.stdout);
});
