/**
 * A finished release of several hosts, changed afterwards: by somebody without
 * a key, by a publisher who signs everything again, and held against what its
 * reader knows. None of it verifies, and each is refused for its own reason.
 */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { loadPublicKey } from "../../verify/attest/public_key.ts";
import { fromFileUrl } from "@std/path";
import {
  BUILDER_KINDS,
  Builders,
  readJson,
  restate,
} from "../release/builders.ts";
import { filesOf, NOW, Workplace } from "../release/project.ts";
import { type Lies, signAgain } from "./sign_again.ts";

const SUPPLIES = "attestations/supplies";
const MAIN = fromFileUrl(new URL("../../mod.ts", import.meta.url));

Deno.test("a release of several hosts holds together", async (t) => {
  using hosts = new Builders();
  const project = hosts.project();
  const handed = [
    await hosts.supply(project, "one"),
    await hosts.supply(project, "two"),
  ];
  const { out, code, stdout, stderr } = await hosts.release(project, handed);
  assertEquals(code, 0, stdout + stderr);
  const [first, second] = readJson(`${out}/report.json`).supplies.map(
    ({ statementSha256 }: { statementSha256: string }) =>
      `${SUPPLIES}/${statementSha256}.sigstore.json`,
  );
  const one = "attestations/one/artifact.provenance.sigstore.json";
  const two = "attestations/two/artifact.provenance.sigstore.json";
  const three = "attestations/three/artifact.provenance.sigstore.json";
  /** What the builders signed; a publisher cannot sign it again. */
  const theirs = (name: string) =>
    name.startsWith(SUPPLIES) || /^attestations\/(?:one|two)\//.test(name);

  const refused = async (
    directory: string,
    found: string,
    ...flags: string[]
  ) => {
    const run = await hosts.gate.verify(directory, ...flags);
    assertEquals(run.code, 1, run.stdout + run.stderr);
    assertStringIncludes(run.stdout, `[${found}]`);
  };

  await t.step("untouched it verifies with reading alone", async () => {
    const output = await new Deno.Command(Deno.execPath(), {
      args: [
        ...["run", "--no-prompt", "--cached-only", "--no-check"],
        ...["--allow-read", MAIN, "verify", out],
        ...["--key", hosts.gate.publicKey, "--now", NOW],
      ],
    }).output();
    const text = new TextDecoder().decode(output.stdout);
    assertEquals(output.code, 0, text);
    assertStringIncludes(text, "two built by host-two");
    assertStringIncludes(text, "three built by the deciding host");
  });

  await t.step("signed again by its publisher it verifies", async () => {
    const copy = hosts.copy(out);
    await signAgain(copy, hosts.gate.key, { keeps: theirs });
    assertEquals(filesOf(copy), filesOf(out));
    const run = await hosts.gate.verify(copy);
    assertEquals(run.code, 0, run.stdout);
  });

  // deno-lint-ignore no-explicit-any -- what a liar writes has no type
  type Report = any;
  const attacks: readonly {
    readonly name: string;
    readonly code: string;
    readonly files?: (directory: string) => void | Promise<void>;
    readonly lies?: Lies;
  }[] = [
    {
      name: "no statement of a builder",
      files: (directory) => Deno.removeSync(`${directory}/${first}`),
      code: "file-missing",
    },
    {
      name: "the statement of another builder in its place",
      files: (directory) =>
        Deno.copyFileSync(`${directory}/${second}`, `${directory}/${first}`),
      code: "release-inconsistent",
    },
    {
      name: "a statement that nobody names",
      files: (directory) =>
        Deno.copyFileSync(
          `${directory}/${first}`,
          `${directory}/${SUPPLIES}/x.sigstore.json`,
        ),
      code: "file-not-listed",
    },
    {
      name: "a statement that the publisher signed",
      files: async (directory) => {
        await restate(directory, hosts.gate.key, () => {}, first);
      },
      code: "supply-not-allowed",
    },
    {
      name: "a statement signed by another builder",
      files: async (directory) => {
        await restate(directory, hosts.place("two").key, () => {}, first);
      },
      code: "signer-out-of-scope",
    },
    {
      name: "other provenance by the publisher",
      files: async (directory) => {
        await restate(directory, hosts.gate.key, () => {}, one);
      },
      code: "signer-unexpected",
    },
    {
      name: "the provenance of another builder",
      files: (directory) =>
        Deno.copyFileSync(`${directory}/${two}`, `${directory}/${one}`),
      code: "signer-unexpected",
    },
    {
      name: "provenance by a builder of what it did not build",
      files: async (directory) => {
        await restate(directory, hosts.place("one").key, () => {}, three);
      },
      lies: { keeps: (name) => theirs(name) || name === three },
      code: "signer-unexpected",
    },
    {
      name: "no lock of the builders",
      files: (directory) =>
        Deno.removeSync(`${directory}/evidence/locks`, { recursive: true }),
      code: "json-invalid",
    },
    ...Object.entries<(report: Report) => void>({
      "a builder that built for another": ({ supplies }) =>
        supplies[0].targets = ["three"],
      "a builder of nothing": ({ supplies }) => supplies[0].targets = [],
      "another host": ({ supplies }) => supplies[0].host = "plan9 mips",
      "another time": ({ supplies }) =>
        supplies[0].madeAt = "2026-06-01T11:00:00.000Z",
      "another seed": ({ supplies }) => supplies[0].seed = "7",
      "other axes": ({ supplies }) =>
        supplies[0].runs[1].axes["time-zone"] = "Mars/Olympus",
      "another builder's name": ({ supplies }) => supplies[0].id = "host-two",
      "no check of a builder": (report) =>
        report.checks = report.checks.filter(({ id }: { id: string }) =>
          id !== "build/supply/host-one/one/time"
        ),
      "no toolchain of a builder": (report) =>
        report.checks = report.checks.filter(({ id }: { id: string }) =>
          id !== "toolchain/supply/host-one/one/deno"
        ),
    }).map(([name, report]) => ({
      name,
      lies: { report },
      code: "release-inconsistent",
    })),
    {
      name: "a target twice",
      lies: {
        report: ({ supplies }) => supplies[0].targets = ["one", "two"],
      },
      code: "release-inconsistent",
    },
    {
      name: "builders that nobody heard of",
      lies: { report: (report) => delete report.supplies },
      code: "file-not-listed",
    },
  ];
  for (const { name, code, files, lies = {} } of attacks) {
    await t.step(name, async () => {
      const copy = hosts.copy(out);
      await files?.(copy);
      await signAgain(copy, hosts.gate.key, { keeps: theirs, ...lies });
      await refused(copy, code);
    });
  }

  await t.step("a reader need not trust the publisher's builders", async () => {
    using stranger = new Workplace();
    const own = readJson(`${project}/reproof.policy.json`);
    const path = `${hosts.gate.path}/own.json`;
    const judge = (keys: unknown) => {
      Deno.writeTextFileSync(path, JSON.stringify({ ...own, trust: { keys } }));
      return hosts.gate.verify(out, "--policy", path);
    };
    const keys: Record<string, unknown>[] = own.trust.keys;
    assertEquals((await judge(keys)).code, 0);
    const other = {
      ...keys[1],
      publicKey: Deno.readTextFileSync(stranger.publicKey),
    };
    const confirms = {
      ...keys[1],
      scope: { targets: ["one"], predicateTypes: BUILDER_KINDS.slice(1) },
    };
    for (
      const [one, found] of [
        [other, "signer-unexpected"],
        [confirms, "supply-not-allowed"],
        [{ ...keys[1], notAfter: "2026-05-31" }, "key-outside-validity"],
      ] as const
    ) {
      const run = await judge([keys[0], one, keys[2]]);
      assertEquals(run.code, 1, run.stdout);
      assertStringIncludes(run.stdout, `[${found}]`);
    }
  });

  await t.step("a builder on the deny list supplies nothing", async () => {
    const path = `${hosts.gate.path}/deny.json`;
    const entry = {
      id: "stolen",
      reason: "the builder was broken into",
      date: "2026-05-30",
      key: loadPublicKey(hosts.place("two").publicKey).sha256,
    };
    Deno.writeTextFileSync(
      path,
      JSON.stringify({ schemaVersion: 1, deny: [entry] }),
    );
    await refused(out, "denied", "--deny", path);
  });
});
