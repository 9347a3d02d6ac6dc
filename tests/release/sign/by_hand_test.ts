/**
 * Runs the commands of `docs/verify-by-hand.md` as they stand, on a
 * release as `reproof release` writes it, and on tampered copies of it.
 *
 * @module
 */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { signBlob } from "../../../release/sign/sign.ts";
import { loadSigningKey } from "../../../release/sign/signing_key.ts";
import { sha256 } from "../../../verify/digest.ts";
import { toolTest } from "../../tool.ts";
import { committedProject, releaseWithFuse } from "../fuse_project.ts";
import { copyTree, GOOD_SCRIPT, Workplace } from "../project.ts";

const DOCUMENT = new URL("../../../docs/verify-by-hand.md", import.meta.url);

const SCRIPT = [
  ...Deno.readTextFileSync(DOCUMENT).matchAll(/^```sh\n([\s\S]*?)^```$/gm),
].map((match) => match[1]).join("\n");

/** A release by the key of the place. */
async function released(place: Workplace): Promise<string> {
  const { out, code, stderr } = await place.release(place.script(GOOD_SCRIPT));
  assertEquals(code, 0, stderr);
  return out;
}

/** Runs the page's commands on a copy of a release. */
async function byHand(
  out: string,
  publicKey: string,
  change: (release: string) => void | Promise<void> = () => {},
): Promise<{ success: boolean; text: string }> {
  const folder = Deno.makeTempDirSync();
  try {
    copyTree(out, `${folder}/relay-1.2.3`);
    Deno.copyFileSync(publicKey, `${folder}/release-key.pub`);
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

/** Changes a piece of a file. */
function edit(path: string, from: string, to: string): void {
  const text = Deno.readTextFileSync(path);
  assertEquals(text.includes(from), true, `${path} lacks ${from}`);
  Deno.writeTextFileSync(path, text.replace(from, to));
}

/** Signs a changed list again with the trusted key. */
async function resignList(
  release: string,
  list: string,
  key: string,
): Promise<void> {
  Deno.writeTextFileSync(`${release}/SHA256SUMS`, list);
  Deno.writeFileSync(
    `${release}/SHA256SUMS.sigstore.json`,
    await signBlob(new TextEncoder().encode(list), loadSigningKey(key)),
  );
}

/** Changes the payload of a bundle and leaves its signature. */
function editPayload(path: string, from: string, to: string): void {
  const document = JSON.parse(Deno.readTextFileSync(path));
  const payload = atob(document.dsseEnvelope.payload);
  assertEquals(payload.includes(from), true, `${path} lacks ${from}`);
  document.dsseEnvelope.payload = btoa(payload.replace(from, to));
  Deno.writeTextFileSync(path, JSON.stringify(document, null, 2) + "\n");
}

const COMPARISON = "attestations/any/artifact.comparison.sigstore.json";

const TAMPERED: Readonly<
  Record<string, (release: string, key: string) => void | Promise<void>>
> = {
  "a changed archive": (release) => {
    const path = `${release}/script-1.0.0-any.tar.gz`;
    const bytes = Deno.readFileSync(path);
    bytes[20] = (bytes[20] ?? 0) ^ 1;
    Deno.writeFileSync(path, bytes);
  },
  "a missing file": (release) => Deno.removeSync(`${release}/report.json`),
  "an extra file": (release) =>
    Deno.writeTextFileSync(`${release}/evidence/extra`, "x"),
  "an extra file named as a signature": (release) =>
    Deno.writeTextFileSync(`${release}/install.sh.sigstore.json`, "x"),
  "a link": (release) => Deno.symlinkSync("report.json", `${release}/link`),
  "a link in place of a file": (release) => {
    Deno.renameSync(`${release}/report.json`, `${release}/../report.json`);
    Deno.symlinkSync("../report.json", `${release}/report.json`);
  },
  "a changed list": (release) => edit(`${release}/SHA256SUMS`, "  r", "  s"),
  "a signed list with a path outside": async (release, key) => {
    Deno.writeTextFileSync(`${release}/../outside`, "x");
    const list = Deno.readTextFileSync(`${release}/SHA256SUMS`);
    await resignList(release, `${list}${sha256("x")}  ../outside\n`, key);
  },
  "a signed list with a line that is none": async (release, key) => {
    const list = Deno.readTextFileSync(`${release}/SHA256SUMS`);
    await resignList(release, `# relay.tar.gz\n${list}`, key);
  },
  "a changed decision": (release) =>
    editPayload(
      `${release}/attestations/decision.sigstore.json`,
      "1.0.0",
      "1.0.1",
    ),
  "a decision about other files": async (release, key) => {
    Deno.writeTextFileSync(`${release}/new`, "new");
    const list = Deno.readTextFileSync(`${release}/SHA256SUMS`);
    const line = `${sha256("new")}  new\n`;
    await resignList(
      release,
      (list + line).split("\n").filter(Boolean).sort((a, b) =>
        a.slice(66) < b.slice(66) ? -1 : 1
      ).map((text) => `${text}\n`).join(""),
      key,
    );
  },
  "a changed statement": (release) =>
    editPayload(`${release}/${COMPARISON}`, "identical", "different"),
  "a statement less": (release) => Deno.removeSync(`${release}/${COMPARISON}`),
  "a statement more": (release) =>
    Deno.copyFileSync(
      `${release}/${COMPARISON}`,
      `${release}/attestations/more.sigstore.json`,
    ),
  "another joined file": (release) =>
    edit(`${release}/attestations.intoto.jsonl`, '"payload":"', '"payload":"A'),
};

toolTest(
  "releases are verified by hand, and tampered ones refused",
  ["openssl", "bash"],
  async (t) => {
    using place = new Workplace();
    const out = await released(place);
    await t.step("a good release is", async () => {
      const { success, text } = await byHand(out, place.publicKey);
      assertEquals(success, true, text);
      assertEquals(text.match(/^Verified OK$/gm)?.length, 2);
      assertStringIncludes(text, '"resourceUri": "pkg:generic/script@1.0.0"');
    });
    for (const [name, change] of Object.entries(TAMPERED)) {
      await t.step(`a release with ${name} is not`, async () => {
        const { success, text } = await byHand(
          out,
          place.publicKey,
          (release) => change(release, place.key),
        );
        assertEquals(success, false, text);
      });
    }
    await t.step("a release by another key is not", async () => {
      using stranger = new Workplace();
      const { success, text } = await byHand(out, stranger.publicKey);
      assertEquals(success, false, text);
    });
    await t.step("a refusal under the name of a release is not", async () => {
      const refused = await place.release(
        place.script("date +%N > artifact\n"),
      );
      assertEquals(refused.code, 1, refused.stderr);
      const { success, text } = await byHand(
        `${refused.out}.no-go`,
        place.publicKey,
      );
      assertEquals(success, false, text);
    });
  },
);

toolTest(
  "a release with documents in FUSE's shapes is verified by hand",
  ["openssl", "bash", "git"],
  async () => {
    using place = new Workplace();
    const { project, run } = await committedProject(place);
    const out = `${place.path}/released`;
    const made = await releaseWithFuse(place, { project, out, env: run });
    assertEquals(made.code, 0, made.stdout + made.stderr);
    const { success, text } = await byHand(out, place.publicKey);
    assertEquals(success, true, text);
    assertEquals(text.match(/^Verified OK$/gm)?.length, 2);
    const changed = await byHand(
      out,
      place.publicKey,
      (release) =>
        edit(
          `${release}/fuse/release-provenance.json`,
          '"tag": "v',
          '"tag": "w',
        ),
    );
    assertEquals(changed.success, false, changed.text);
  },
);
