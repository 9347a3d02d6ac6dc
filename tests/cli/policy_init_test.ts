/**
 * `policy init` at a terminal, which is a pseudo-terminal here: it asks, it
 * takes answers, it asks again for what a policy may not hold, and one who
 * breaks it off finds nothing written.
 */

import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { POLICY } from "../../policy/policy.ts";
import { parseDocument } from "../../verify/document.ts";
import { exists, Workplace } from "../release/project.ts";
import { toolTest } from "../tool.ts";
import { type Answers, atTerminal, KEYS, type Sitting } from "./terminal.ts";

/** The beginnings of the questions, in their order. */
const ASKED = {
  resource: "Package URL",
  targets: "Targets that",
  verdict: "Must two builds",
  commit: "Must the source",
  key: "File of a public key",
} as const;

/** A project whose policy is not written yet. */
class Desk implements Disposable {
  readonly place = new Workplace();
  readonly directory = this.place.script("true\n");
  readonly policy = `${this.directory}/reproof.policy.json`;

  constructor() {
    Deno.removeSync(this.policy);
  }

  /** Runs `policy init` and answers. */
  sit(answers: Answers, ...flags: string[]): Promise<Sitting> {
    return atTerminal(["policy", "init", this.directory, ...flags], answers);
  }

  /** Files of the project beside those that were there. */
  left(): string[] {
    const before = ["build.sh", "reproof.json", "reproof.lock.json"];
    return [...Deno.readDirSync(this.directory)].map(({ name }) => name)
      .filter((name) => !before.includes(name));
  }

  [Symbol.dispose](): void {
    this.place[Symbol.dispose]();
  }
}

const RETURNS: Answers = Object.values(ASKED).map((text) => [text, "\r"]);

toolTest(
  "policy init at a terminal takes what is proposed for Return",
  ["python3"],
  async () => {
    using desk = new Desk();
    const asked = await desk.sit(RETURNS);
    assertEquals([asked.code, asked.unasked], [0, 0], asked.shown);
    const text = Deno.readTextFileSync(desk.policy);
    Deno.removeSync(desk.policy);
    // Nobody is asked, and the draft is the same.
    const told = await desk.sit([], "--yes");
    assertEquals(told.code, 0, told.shown);
    assertEquals(told.shown.includes(ASKED.resource), false);
    assertEquals(Deno.readTextFileSync(desk.policy), text);
  },
);

toolTest(
  "policy init at a terminal asks again for a wrong answer",
  ["python3"],
  async () => {
    using desk = new Desk();
    const { shown, code, unasked } = await desk.sit([
      [ASKED.resource, "script 1.0\r"],
      [ASKED.resource, "pkg:generic/acme/script\r"],
      [ASKED.targets, "mars\r"],
      [ASKED.targets, "any\r"],
      [ASKED.verdict, "maybe\r"],
      [ASKED.verdict, "identical\r"],
      [ASKED.commit, "sometimes\r"],
      [ASKED.commit, "no\r"],
      [ASKED.key, `${desk.place.key}\r`],
      [ASKED.key, `${desk.place.publicKey}\r`],
    ]);
    assertEquals([code, unasked], [0, 0], shown);
    assertMatch(shown, /expected a package URL/);
    assertMatch(shown, /found "mars"/);
    assertStringIncludes(shown, "a private key");
    assertEquals(shown.includes("PRIVATE KEY-----"), false);
    const policy = parseDocument(
      POLICY,
      Deno.readFileSync(desk.policy),
      "policy",
    );
    assertEquals(policy.resource, "pkg:generic/acme/script");
    assertEquals(policy.source.commit, "optional");
    assertEquals(policy.trust.keys.length, 1);
  },
);

for (
  const [name, keys, exit] of [
    ["Ctrl-C", KEYS.interrupt, 130],
    ["Ctrl-D", KEYS.endOfInput, 2],
  ] as const
) {
  toolTest(
    `policy init broken off with ${name} at any question leaves nothing`,
    ["python3"],
    async () => {
      using desk = new Desk();
      for (let after = 0; after < RETURNS.length; after += 2) {
        const { shown, code, unasked } = await desk.sit([
          ...RETURNS.slice(0, after),
          [RETURNS[after]?.[0] ?? "", keys],
        ]);
        assertEquals([code, unasked], [exit, 0], shown);
        assertEquals(desk.left(), []);
      }
    },
  );
}

toolTest(
  "policy init gives up on five wrong answers, and asks nothing for nothing",
  ["python3"],
  async () => {
    using desk = new Desk();
    const tired = await desk.sit(
      Array.from({ length: 5 }, () => [ASKED.resource, "no\r"] as const),
    );
    assertEquals([tired.code, tired.unasked], [2, 0], tired.shown);
    assertStringIncludes(tired.shown, "error[usage]");
    assertEquals(desk.left(), []);
    Deno.writeTextFileSync(desk.policy, "mine\n");
    const there = await desk.sit([]);
    assertEquals(there.code, 2, there.shown);
    assertEquals(there.shown.includes(ASKED.resource), false);
    assertEquals(Deno.readTextFileSync(desk.policy), "mine\n");
    assertEquals(exists(desk.policy), true);
  },
);
