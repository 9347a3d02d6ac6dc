/**
 * Runs the commands of `docs/verify-by-hand.md` as they stand, on a small
 * release that was signed with a key, and on tampered copies of it.
 *
 * @module
 */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { signBlob, signStatement } from "../../../release/sign/sign.ts";
import type { SigningKey } from "../../../release/sign/signing_key.ts";
import { verificationSummaryStatement } from "../../../release/statement/verification_summary.ts";
import { sha256 } from "../../../verify/digest.ts";
import type { Outcome } from "../../../verify/verdict.ts";
import { toolTest } from "../../tool.ts";
import { bytesOf, KEY, STRANGER } from "../../verify/attest/keyed_bundle.ts";

const DOCUMENT = new URL("../../../docs/verify-by-hand.md", import.meta.url);

const SCRIPT = [
  ...Deno.readTextFileSync(DOCUMENT).matchAll(/^```sh\n([\s\S]*?)^```$/gm),
].map((match) => match[1]).join("\n");

const FILES: Readonly<Record<string, string>> = {
  "relay.tar.gz": "archive",
  "report.json": "{}\n",
  "evidence/reproof.json": "{}\n",
};

/** Where the decision stands among others; no command looks at it. */
const AMONG_OTHERS = { channel: "stable", sequence: null };

async function writeRelease(
  folder: string,
  key: SigningKey,
  outcome: Outcome = "go",
): Promise<void> {
  const release = `${folder}/relay-1.2.3`;
  for (const inner of ["attestations", "evidence"]) {
    Deno.mkdirSync(`${release}/${inner}`, { recursive: true });
  }
  const names = Object.keys(FILES).sort();
  for (const name of names) {
    Deno.writeTextFileSync(`${release}/${name}`, FILES[name] ?? "");
  }
  const list = bytesOf(
    names.map((name) => `${sha256(FILES[name] ?? "")}  ${name}\n`).join(""),
  );
  Deno.writeFileSync(`${release}/SHA256SUMS`, list);
  Deno.writeFileSync(
    `${release}/SHA256SUMS.sigstore.json`,
    await signBlob(list, key),
  );
  const statement = verificationSummaryStatement(
    { outcome, gates: [], reasons: [], waivers: [] },
    {
      subjects: [
        { name: "relay.tar.gz", digest: { sha256: sha256("archive") } },
        { name: "SHA256SUMS", digest: { sha256: sha256(list) } },
      ],
      resource: "pkg:generic/relay",
      version: "1.2.3",
      policySha256: "a".repeat(64),
      verdict: "identical",
      inputs: [{ path: "attestations/a", payloadSha256: "b".repeat(64) }],
      now: new Date("2026-01-31T12:00:00Z"),
      ...AMONG_OTHERS,
    },
  );
  Deno.writeFileSync(
    `${release}/attestations/decision.sigstore.json`,
    await signStatement(statement, key),
  );
  Deno.writeTextFileSync(
    `${folder}/release-key.pub`,
    KEY.publicKey.object.export({ type: "spki", format: "pem" }).toString(),
  );
}

/** Runs the page's commands in a folder that holds release and key. */
async function byHand(
  change: (release: string) => void | Promise<void>,
  options: { key?: SigningKey; outcome?: Outcome } = {},
): Promise<{ success: boolean; text: string }> {
  const folder = Deno.makeTempDirSync();
  try {
    await writeRelease(folder, options.key ?? KEY, options.outcome);
    await change(`${folder}/relay-1.2.3`);
    const { success, stdout, stderr } = await new Deno.Command("bash", {
      args: ["-c", SCRIPT],
      cwd: folder,
      env: { TMPDIR: folder },
    }).output();
    const decoder = new TextDecoder();
    return {
      success,
      text: decoder.decode(stdout) + decoder.decode(stderr),
    };
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

toolTest(
  "a good release is verified by hand",
  ["openssl", "bash"],
  async () => {
    const { success, text } = await byHand(() => {});
    assertEquals(success, true, text);
    assertEquals(text.match(/^Verified OK$/gm)?.length, 2);
    assertStringIncludes(text, '"resourceUri": "pkg:generic/relay@1.2.3"');
  },
);

/** Changes one character of a file. */
function flip(path: string, from: string, to: string): void {
  const text = Deno.readTextFileSync(path);
  assertEquals(text.includes(from), true, `${path} lacks ${from}`);
  Deno.writeTextFileSync(path, text.replace(from, to));
}

/** Signs a changed list again with the trusted key. */
async function resignList(release: string, list: string): Promise<void> {
  Deno.writeTextFileSync(`${release}/SHA256SUMS`, list);
  Deno.writeFileSync(
    `${release}/SHA256SUMS.sigstore.json`,
    await signBlob(bytesOf(list), KEY),
  );
}

const TAMPERED: Readonly<
  Record<string, (release: string) => void | Promise<void>>
> = {
  "a changed file": (release) => flip(`${release}/relay.tar.gz`, "a", "b"),
  "a missing file": (release) => Deno.removeSync(`${release}/report.json`),
  "an extra file": (release) =>
    Deno.writeTextFileSync(`${release}/evidence/extra`, "x"),
  "a link": (release) => Deno.symlinkSync("report.json", `${release}/link`),
  "a link in place of a file": (release) => {
    Deno.renameSync(`${release}/report.json`, `${release}/../report.json`);
    Deno.symlinkSync("../report.json", `${release}/report.json`);
  },
  "a changed list": (release) => flip(`${release}/SHA256SUMS`, "  r", "  s"),
  "a signed list with a path outside": async (release) => {
    Deno.writeTextFileSync(`${release}/../outside`, "x");
    const list = Deno.readTextFileSync(`${release}/SHA256SUMS`);
    await resignList(release, `${list}${sha256("x")}  ../outside\n`);
  },
  "a signed list with a line that is none": async (release) => {
    const list = Deno.readTextFileSync(`${release}/SHA256SUMS`);
    await resignList(release, `# relay.tar.gz\n${list}`);
  },
  "a changed decision": (release) => {
    const path = `${release}/attestations/decision.sigstore.json`;
    const document = JSON.parse(Deno.readTextFileSync(path));
    document.dsseEnvelope.payload = btoa(
      atob(document.dsseEnvelope.payload).replace("1.2.3", "1.2.4"),
    );
    Deno.writeTextFileSync(path, JSON.stringify(document, null, 2) + "\n");
  },
  "a decision about other files": async (release) => {
    Deno.writeTextFileSync(`${release}/new`, "new");
    const list = Deno.readTextFileSync(`${release}/SHA256SUMS`);
    const line = `${sha256("new")}  new\n`;
    await resignList(
      release,
      (list + line).split("\n").filter(Boolean).sort((a, b) =>
        a.slice(66) < b.slice(66) ? -1 : 1
      ).map((text) => `${text}\n`).join(""),
    );
  },
};

for (const [name, change] of Object.entries(TAMPERED)) {
  toolTest(
    `a release with ${name} is refused by hand`,
    ["openssl", "bash"],
    async () => {
      const { success, text } = await byHand(change);
      assertEquals(success, false, text);
    },
  );
}

toolTest(
  "a release by another key, and a no-go, are refused by hand",
  ["openssl", "bash"],
  async () => {
    const stranger = await byHand(() => {}, { key: STRANGER });
    assertEquals(stranger.success, false, stranger.text);
    for (const outcome of ["no-go", "inconclusive"] as const) {
      const refused = await byHand(() => {}, { outcome });
      assertEquals(refused.success, false, refused.text);
    }
  },
);
