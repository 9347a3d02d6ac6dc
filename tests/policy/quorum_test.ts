import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import {
  isReproducedIndependently,
  type Quorum,
  quorumChecks,
  separations,
  type Vote,
} from "../../policy/quorum.ts";
import { UsageError } from "../../verify/error.ts";
import { makePolicy } from "./make.ts";

const GOOD = "a".repeat(64);
const OTHER = "b".repeat(64);
const PEM = (name: string) =>
  `-----BEGIN PUBLIC KEY-----\n${name}\n-----END PUBLIC KEY-----\n`;

function quorum(members: object = {}): Quorum {
  const value = makePolicy({
    quorum: {
      rebuilders: [
        { id: "acme", operator: "Acme", publicKey: PEM("AAAA") },
        { id: "acme-2", operator: "Acme", publicKey: PEM("BBBB") },
        { id: "bolt", operator: "Bolt", publicKey: PEM("CCCC") },
        { id: "crux", operator: "Crux", publicKey: PEM("DDDD") },
      ],
      targets: { "linux-x64": 2 },
      ...members,
    },
  }).quorum;
  if (value === undefined) throw new Error("no quorum");
  return value;
}

function vote(rebuilder: string, members: Partial<Vote> = {}): Vote {
  return {
    rebuilder,
    target: "linux-x64",
    artifact: "tool",
    sha256: GOOD,
    verdict: "identical",
    surroundings: {
      host: "linux x86_64",
      toolchains: { go: "1.26" },
      axes: { locale: "C" },
    },
    ...members,
  };
}

function judged(votes: readonly Vote[], members: object = {}) {
  const [check] = quorumChecks(
    quorum(members),
    [{ target: "linux-x64", name: "tool", sha256: GOOD }],
    { ballot: { votes, uncounted: [] }, verdicts: ["identical"] },
  );
  return check;
}

const status = (votes: readonly Vote[], members: object = {}) =>
  `${judged(votes, members)?.status} ${judged(votes, members)?.code}`;

Deno.test("quorumChecks() counts operators, not rebuilders or votes", () => {
  const met = "pass quorum-not-met";
  const open = "unchecked quorum-not-met";
  assertEquals(status([vote("acme"), vote("bolt")]), met);
  assertEquals(status([vote("acme")]), open);
  assertEquals(status([]), open);
  assertEquals(status([vote("acme"), vote("acme")]), open);
  assertEquals(status([vote("acme"), vote("acme-2")]), open);
  assertEquals(status([vote("acme"), vote("stranger")]), open);
  assertEquals(
    status([vote("acme"), vote("bolt", { target: "linux-arm64" })]),
    open,
  );
  assertEquals(status([vote("acme"), vote("bolt", { artifact: "x" })]), open);
});

Deno.test("an operator under another spelling is no second voice", () => {
  const spelled = (operator: string) => ({
    rebuilders: [
      { id: "acme", operator: "Acme Ltd", publicKey: PEM("AAAA") },
      { id: "twin", operator, publicKey: PEM("BBBB") },
      { id: "bolt", operator: "Bolt", publicKey: PEM("CCCC") },
    ],
  });
  const votes = [vote("acme"), vote("twin")];
  for (
    const operator of ["ACME LTD", "acme-ltd", " Acme  Ltd. ", "Ａcme Ltd"]
  ) {
    assertEquals(status(votes, spelled(operator)), "unchecked quorum-not-met");
    assertThrows(
      () => quorum({ ...spelled(operator), targets: { "linux-x64": 3 } }),
      UsageError,
    );
  }
  assertEquals(status(votes, spelled("Acme Inc")), "pass quorum-not-met");
  for (const invisible of ["Acme\u200b Ltd", "Acme\u202e", "A\u0000"]) {
    assertThrows(() => quorum(spelled(invisible)), UsageError);
  }
});

Deno.test("quorumChecks() lets a disagreement stop the release, or be shown", () => {
  const dissent = vote("crux", {
    sha256: OTHER,
    surroundings: {
      host: "macos aarch64",
      toolchains: { go: "1.25" },
      axes: { locale: "C", umask: "022" },
    },
  });
  const votes = [vote("acme"), vote("bolt"), dissent];
  assertEquals(status(votes), "fail rebuilders-disagree");
  assertEquals(
    status(votes, { disagreement: "report" }),
    "pass quorum-not-met",
  );
  const observed = judged(votes)?.observed ?? "";
  assertStringIncludes(observed, "2 operators agree (Acme, Bolt)");
  assertStringIncludes(
    observed,
    `crux built sha256:${OTHER} (identical), separated by host (linux x86_64, macos aarch64), lock go (1.26, 1.25), axis umask (none, 022)`,
  );
  // One that could not build the same twice disagrees too.
  assertEquals(
    status([
      vote("acme"),
      vote("bolt"),
      vote("crux", { verdict: "different" }),
    ]),
    "fail rebuilders-disagree",
  );
  // One that says both counts for neither.
  assertEquals(
    status([vote("acme"), vote("bolt"), vote("bolt", { sha256: OTHER })], {
      disagreement: "report",
    }),
    "unchecked quorum-not-met",
  );
  assertEquals(separations(vote("a"), vote("b")), []);
});

Deno.test("quorumChecks() leaves a target without an artifact open", () => {
  const [check] = quorumChecks(quorum(), [], {
    ballot: { votes: [], uncounted: [] },
    verdicts: ["identical"],
  });
  assertEquals(check?.status, "unchecked");
  assertEquals(
    quorumChecks(undefined, [], {
      ballot: { votes: [], uncounted: [] },
      verdicts: [],
    }),
    [],
  );
});

Deno.test("SLSA's level needs two operators for every artifact", () => {
  const artifacts = [{ target: "linux-x64", name: "tool", sha256: GOOD }];
  const reached = (votes: readonly Vote[], members: object = {}) => {
    const section = quorum(members);
    return isReproducedIndependently(
      section,
      artifacts,
      quorumChecks(section, artifacts, {
        ballot: { votes, uncounted: [] },
        verdicts: ["identical"],
      }),
    );
  };
  const two = [vote("acme"), vote("bolt")];
  assertEquals(reached(two), true);
  assertEquals(reached(two.slice(1)), false);
  assertEquals(reached(two, { targets: { "linux-x64": 1 } }), false);
  assertEquals(reached(two, { targets: {} }), false);
  assertEquals(isReproducedIndependently(undefined, artifacts, []), false);
  assertEquals(isReproducedIndependently(quorum(), [], []), false);
});

Deno.test("a policy refuses a quorum that cannot mean what it says", () => {
  const one = { id: "a", operator: "A", publicKey: PEM("AAAA") };
  for (
    const members of [
      { rebuilders: [] },
      { rebuilders: [one, { ...one, id: "b", operator: "B" }] },
      { rebuilders: [one, { ...one, publicKey: PEM("BBBB") }] },
      { rebuilders: [{ id: "a", operator: "A" }] },
      { rebuilders: [{ ...one, identity: "x", issuer: "y", root: "r" }] },
      {
        rebuilders: [{
          id: "a",
          operator: "A",
          identity: "https://x",
          issuer: "https://y",
          root: "nowhere",
        }],
        targets: {},
      },
      { targets: { "linux-x64": 4 } },
      { targets: { "linux-x64": 0 } },
      { targets: { "linux-arm64": 1 } },
      {
        rebuilders: [{ ...one, targets: ["wasm"] }],
        targets: { "linux-x64": 1 },
      },
    ]
  ) assertThrows(() => quorum(members), UsageError);
});
