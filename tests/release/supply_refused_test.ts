/**
 * What builders may not hand in: beside each case that is taken stands its
 * nearest neighbour, refused for a code of its own.
 */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { sha256 } from "../../verify/digest.ts";
import { runProgram } from "../cli/program.ts";
import {
  ALL_HERE,
  BUILDER_KINDS,
  Builders,
  readJson,
  restate,
  writeJson,
} from "./builders.ts";
import { GOOD_SCRIPT, NOW, Workplace } from "./project.ts";

/** A day before the decision, to the millisecond. */
function before(days: number, ms = 0): string {
  return new Date(Date.parse(NOW) - days * 86_400_000 - ms).toISOString();
}

Deno.test("what is not of this release is refused, for its own reason", async (t) => {
  using hosts = new Builders();
  const project = hosts.project();
  const first = await hosts.supply(project, "one");
  const others = [
    await hosts.supply(project, "two"),
    await hosts.supply(project, "three"),
  ];

  const refused = async (
    directory: string,
    code: string,
    { flags = [], more = others }: {
      readonly flags?: readonly string[];
      readonly more?: readonly string[];
    } = {},
  ) => {
    const run = await hosts.release(project, [directory, ...more], ...flags);
    assertEquals(run.code, 1, run.stdout + run.stderr);
    assertStringIncludes(run.stdout, `[${code}]`);
    return run;
  };

  await t.step(
    "a stranger and one beside its scope supply nothing",
    async () => {
      using stranger = new Workplace();
      const anybody = (id: string, place: Workplace, scope: object) => ({
        trust: {
          keys: [...hosts.trust.keys, {
            id,
            publicKey: hosts.pem(place),
            scope,
          }],
        },
      });
      const scope = { targets: ["one"], predicateTypes: BUILDER_KINDS };
      const theirs = hosts.project({
        policy: anybody("stranger", stranger, scope),
      });
      const says = await hosts.supply(theirs, "one", { by: stranger });
      await refused(says, "signer-unexpected");
      const wide = hosts.project({
        policy: anybody("wide", hosts.place("two"), scope),
      });
      const beside = await hosts.supply(wide, "one", {
        by: hosts.place("two"),
      });
      await refused(beside, "signer-out-of-scope");
    },
  );

  await t.step(
    "whoever may confirm or sign a release does not supply",
    async () => {
      const { keys } = hosts.trust;
      const rebuilder = {
        id: "host-one",
        operator: "One",
        publicKey: hosts.pem(hosts.place("one")),
      };
      const confirms = hosts.project({
        policy: {
          trust: { keys: keys.filter(({ id }) => id !== "host-one") },
          quorum: { rebuilders: [rebuilder], targets: {} },
        },
      });
      const path = `${confirms}/reproof.policy.json`;
      await refused(first, "supply-not-allowed", {
        flags: ["--policy", path],
      });
      // A key without a scope may vouch for everything, and supplies nothing.
      writeJson(path, {
        ...readJson(path),
        quorum: undefined,
        trust: {
          keys: [...keys.slice(0, 1), { ...keys[1], scope: undefined }],
        },
      });
      await refused(first, "supply-not-allowed", {
        flags: ["--policy", path],
        more: [],
      });
      const said = await runProgram([
        "supply",
        project,
        "--target",
        "one",
        "--key",
        hosts.gate.key,
        "--out",
        `${hosts.gate.path}/none`,
      ]);
      assertEquals(said.code, 2, said.stdout);
      assertStringIncludes(said.stderr, "signer-not-in-policy");
    },
  );

  await t.step(
    "another source, recipe, version or lock is refused",
    async () => {
      const other = hosts.project({ script: `${GOOD_SCRIPT}# later\n` });
      await refused(await hosts.supply(other, "one"), "supply-other-source");
      const older = hosts.project({ recipe: { version: "0.9.0" } });
      const run = await refused(
        await hosts.supply(older, "one"),
        "supply-other-version",
      );
      assertStringIncludes(run.stdout, "[supply-other-recipe]");
      const lock = `${hosts.gate.path}/other.lock.json`;
      const value = readJson(`${project}/reproof.lock.json`);
      writeJson(lock, { ...value, $schema: "of another host" });
      const locked = await hosts.supply(project, "one", {
        flags: ["--lock", lock],
      });
      await refused(locked, "supply-lock-unknown");
      const policy = `${hosts.gate.path}/knows.json`;
      const digest = sha256(Deno.readFileSync(lock));
      writeJson(policy, {
        ...readJson(`${project}/reproof.policy.json`),
        supply: { targets: { one: { locks: [digest] } } },
      });
      const known = await hosts.release(
        project,
        [locked, ...others],
        "--policy",
        policy,
      );
      assertEquals(known.code, 0, known.stdout + known.stderr);
      const verified = await hosts.gate.verify(known.out, "--policy", policy);
      assertEquals(verified.code, 0, verified.stdout);
    },
  );

  await t.step("it grows stale, to the millisecond", async () => {
    const days = (text: string) => hosts.supply(project, "one", { now: text });
    const last = await hosts.release(project, [
      await days(before(7)),
      ...others,
    ]);
    assertEquals(last.code, 0, last.stdout + last.stderr);
    await refused(await days(before(7, 1)), "supply-stale");
    await refused(await days(before(-1)), "supply-stale");
    const cached = hosts.copy(first);
    await restate(cached, hosts.place("one").key, ({ predicate }) => {
      predicate.runs[0].cached = { key: "0".repeat(64), madeAt: NOW };
    });
    await refused(cached, "supply-stale");
  });

  await t.step("files are exactly those that were signed", async (t) => {
    const artifact = "artifacts/one/artifact";
    const changes: readonly [string, string, (directory: string) => void][] = [
      [
        "swapped",
        "digest-mismatch",
        (directory) =>
          Deno.writeTextFileSync(`${directory}/${artifact}`, GOOD_SCRIPT),
      ],
      [
        "another log",
        "digest-mismatch",
        (directory) =>
          Deno.writeTextFileSync(
            `${directory}/logs/varied-one-1.log`,
            "well\n",
          ),
      ],
      ["another name", "name-ambiguous", (directory) =>
        Deno.copyFileSync(
          `${directory}/${artifact}`,
          `${directory}/artifacts/one/ARTIFACT`,
        )],
      ["a link", "file-not-allowed", (directory) => {
        Deno.renameSync(`${directory}/${artifact}`, `${directory}/other`);
        Deno.symlinkSync("../../other", `${directory}/${artifact}`);
      }],
      [
        "one more",
        "file-not-listed",
        (directory) =>
          Deno.writeTextFileSync(`${directory}/install.sh`, "true\n"),
      ],
      [
        "one less",
        "file-missing",
        (directory) => Deno.removeSync(`${directory}/logs/control-one-1.log`),
      ],
      [
        "no lock",
        "json-invalid",
        (directory) => Deno.removeSync(`${directory}/reproof.lock.json`),
      ],
      [
        "another lock",
        "supply-lock-unknown",
        (directory) =>
          Deno.writeTextFileSync(
            `${directory}/reproof.lock.json`,
            Deno.readTextFileSync(`${directory}/reproof.lock.json`) + "\n",
          ),
      ],
      ["no statement", "supply-invalid", (directory) =>
        Deno.writeTextFileSync(
          `${directory}/attestations/supply.sigstore.json`,
          "{}",
        )],
    ];
    for (const [name, code, change] of changes) {
      const copy = hosts.copy(first);
      change(copy);
      await t.step(name, async () => {
        await refused(copy, code);
      });
    }
  });

  await t.step("statements follow from one another", async (t) => {
    const { key } = hosts.place("one");
    const provenance = "attestations/one/artifact.provenance.sigstore.json";
    const again = await hosts.supply(project, "one");
    const mixed = hosts.copy(first);
    Deno.copyFileSync(`${again}/${provenance}`, `${mixed}/${provenance}`);
    await refused(mixed, "statement-disagrees");
    // deno-lint-ignore no-explicit-any -- what a liar writes has no type
    const lies: readonly [string, string, (predicate: any) => void][] = [
      [
        "a check less",
        "supply-incomplete",
        (predicate) => predicate.checks.pop(),
      ],
      ["a run less", "supply-incomplete", (predicate) => predicate.runs.pop()],
      [
        "a target more",
        "signer-out-of-scope",
        (predicate) => predicate.targets.push("two"),
      ],
      [
        "another verdict",
        "supply-incomplete",
        (predicate) => predicate.artifacts[0].verdict = "equivalent",
      ],
      [
        "a step that failed",
        "supply-incomplete",
        (predicate) => predicate.runs[1].targets.one.steps[0].exitCode = 1,
      ],
      [
        "other axes",
        "statement-disagrees",
        (predicate) => predicate.runs[1].axes["time-zone"] = "Mars/Olympus",
      ],
      [
        "another host",
        "statement-disagrees",
        (predicate) => predicate.host = "plan9 mips",
      ],
      ["a member more", "supply-invalid", (predicate) => predicate.sure = true],
      ["a toolchain that drifted", "toolchain-drift", (predicate) => {
        const [check] = predicate.checks;
        Object.assign(check, { status: "fail", code: "toolchain-drift" });
      }],
      [
        "a policy check of its own",
        "supply-incomplete",
        (predicate) =>
          predicate.checks.push({
            ...predicate.checks[0],
            id: "policy/waiver/mine",
            gate: "policy",
          }),
      ],
    ];
    for (const [name, code, lie] of lies) {
      const copy = hosts.copy(first);
      await restate(copy, key, ({ predicate }) => lie(predicate));
      await t.step(name, async () => {
        await refused(copy, code);
      });
    }
  });

  await t.step("one signer states a target once", async () => {
    const again = await hosts.supply(project, "one");
    await refused(again, "supply-twice", { more: [first, ...others] });
  });
});

Deno.test("hosts that built other bytes stop a release", async (t) => {
  using hosts = new Builders();
  using spare = new Workplace();
  // The same source, whose output hangs on a file of the host.
  const switchFile = `${hosts.gate.path}/switch`;
  const turn = (text: string) =>
    Deno.writeTextFileSync(switchFile, `${text}\n`);
  const project = hosts.project({
    script: `${GOOD_SCRIPT}cat ${switchFile} >> artifact\n`,
    policy: {
      trust: {
        keys: [...hosts.trust.keys, {
          id: "spare",
          publicKey: hosts.pem(spare),
          scope: { targets: ["one"], predicateTypes: BUILDER_KINDS },
        }],
      },
    },
  });
  turn("on");
  const one = await hosts.supply(project, "one");
  const same = await hosts.supply(project, "one", { by: spare });
  turn("off");
  const other = await hosts.supply(project, "one", { by: spare });
  turn("on");

  await t.step("two builders with the same bytes agree", async () => {
    const run = await hosts.release(project, [one, same]);
    assertEquals(run.code, 0, run.stdout + run.stderr);
    assertStringIncludes(run.stdout, "one built by host-one");
    const verified = await hosts.gate.verify(run.out);
    assertEquals(verified.code, 0, verified.stdout);
  });
  await t.step("two builders with others do not", async () => {
    const run = await hosts.release(project, [one, other]);
    assertEquals(run.code, 1, run.stdout + run.stderr);
    assertStringIncludes(run.stdout, "[supply-contradicted]");
  });
  await t.step("nor does a builder with the deciding host", async () => {
    const good = await hosts.release(project, [one], ...ALL_HERE);
    assertEquals(good.code, 0, good.stdout + good.stderr);
    turn("off");
    const run = await hosts.release(project, [one], ...ALL_HERE);
    assertEquals(run.code, 1, run.stdout + run.stderr);
    assertStringIncludes(run.stdout, "[supply-contradicted]");
    assertStringIncludes(run.stdout, "the deciding host built another");
  });
});
