import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { LIMITS } from "../../../verify/limits.ts";
import {
  findBuildInfo,
  parseBuildInfo,
} from "../../../verify/metadata/build_info.ts";
import { MemoryReader } from "../../../verify/reader.ts";
import { printSeed } from "../../seed.ts";

const KEYS = ["mode", "profile", "target", "rustc", "cli", "contract"];
const LINE = "mode=aot profile=release target=x86_64-unknown-linux-gnu " +
  "rustc=rustc 1.95.0 (59807616e 2026-04-14) cli=0.4.0 contract=aot-v1";

const key = fc.stringMatching(/^[a-z][a-z0-9_]{0,8}$/);
const keys = fc.uniqueArray(key, { minLength: 1, maxLength: 8 });
/** Any printable text that the grammar allows as a value. */
const value = fc.string({ unit: "grapheme", minLength: 1, maxLength: 40 })
  .filter((text) =>
    text === text.trim() &&
    !/ [A-Za-z_][A-Za-z0-9_.-]*=/.test(text) &&
    // deno-lint-ignore no-control-regex
    !/[\u0000-\u001f\u007f-\u009f\u2028\u2029\ufffd]/.test(text)
  );
const values = fc.oneof(
  value,
  fc.array(fc.stringMatching(/^[a-z0-9().+-]{1,6}$/), {
    minLength: 1,
    maxLength: 5,
  }).map((words) => words.join(" ")),
);

function render(names: readonly string[], texts: readonly string[]): string {
  return names.map((name, index) => `${name}=${texts[index]}`).join(" ");
}

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function find(bytes: Uint8Array, names: readonly string[] = KEYS) {
  return findBuildInfo(new MemoryReader(bytes), names);
}

Deno.test("parseBuildInfo gives back every value of a rendered line", () => {
  const seed = printSeed("build-info round trip");
  fc.assert(
    fc.property(
      keys.chain((names) =>
        fc.tuple(
          fc.constant(names),
          fc.array(values, {
            minLength: names.length,
            maxLength: names.length,
          }),
        )
      ),
      ([names, texts]) => {
        assertEquals(parseBuildInfo(render(names, texts), names), {
          values: Object.fromEntries(
            names.map((name, index) => [name, texts[index] ?? ""]),
          ),
          problems: [],
        });
      },
    ),
    { seed, numRuns: 500 },
  );
});

Deno.test("parseBuildInfo reads values with spaces and parentheses", () => {
  const { values, problems } = parseBuildInfo(LINE, KEYS);
  assertEquals(problems, []);
  assertEquals(values.rustc, "rustc 1.95.0 (59807616e 2026-04-14)");
  assertEquals(values.cli, "0.4.0");
});

Deno.test("parseBuildInfo rejects the nearest neighbours of a good line", () => {
  const wrong: Record<string, string> = {
    "": "empty",
    [` ${LINE}`]: "space before",
    [`${LINE} `]: "space behind",
    [`x${LINE}`]: "another first key",
    [LINE.replace("mode=aot ", "")]: "first key missing",
    [LINE.replace(" contract=aot-v1", "")]: "last key missing",
    [LINE.replace("cli=0.4.0 ", "")]: "middle key missing",
    [LINE.replace("cli=0.4.0", "cli=0.4.0 cli=0.4.0")]: "key repeated",
    [LINE.replace("cli=0.4.0", "cli=")]: "value empty",
    [LINE.replace("cli=0.4.0", "cli= 0.4.0")]: "value after a space",
    [LINE.replace("cli=0.4.0 ", "cli=0.4.0  ")]: "two spaces between",
    [LINE.replace("cli=0.4.0", "cli=0.4.0 extra=1")]: "unknown key",
    [LINE.replace("cli=0.4.0", "cli=0.4.0 Extra=1")]: "unknown key, capital",
    [LINE.replace("cli=", "CLI=")]: "other case",
    [LINE.replace("cli=0.4.0", "cli=0.4.0\tx")]: "control character",
    [LINE.replace("cli=0.4.0", "cli=0.4.0\u2028")]: "line separator",
    [
      LINE.replace("mode=aot profile=release", "profile=release mode=aot")
    ]: "order",
    [`${LINE}${"x".repeat(LIMITS.buildInfoBytesMax)}`]: "too long",
  };
  for (const [line, why] of Object.entries(wrong)) {
    assert(parseBuildInfo(line, KEYS).problems.length > 0, why);
  }
});

Deno.test("parseBuildInfo never takes a name of Object for a key", () => {
  const line = "constructor=a toString=b";
  assertEquals(
    parseBuildInfo(line, ["constructor", "valueOf"]).problems.length,
    2,
  );
  const { values } = parseBuildInfo("mode=a", ["mode"]);
  assertEquals(Object.hasOwn(values, "constructor"), false);
});

Deno.test("findBuildInfo finds a line wherever chunks end", () => {
  const seed = printSeed("build-info at chunk ends");
  const line = bytesOf(`${LINE}\n`);
  const bytes = new Uint8Array((1 << 21) + 9000);
  fc.assert(
    fc.property(
      fc.constantFrom(1 << 20, (1 << 20) + 4101, 1 << 21),
      fc.integer({ min: -4200, max: 4200 }),
      fc.constantFrom(0, 0x20, 0x78, 0xff),
      (edge, shift, fill) => {
        const at = edge + shift;
        bytes.fill(fill).set(line, at);
        assertEquals(find(bytes), {
          lines: [{ offset: at, line: LINE }],
          cut: false,
          strays: [],
          straysCut: false,
        });
      },
    ),
    { seed, numRuns: 40 },
  );
});

/** What the module comment says, said plainly and slowly. */
function model(bytes: Uint8Array, names: readonly string[]): string[] {
  const text = new TextDecoder("latin1").decode(bytes);
  const found = new Set<string>();
  // deno-lint-ignore no-control-regex
  for (const match of text.matchAll(/([^\u0000-\u001f\u007f]*)\n/g)) {
    const run = match[1] ?? "";
    const second = run.lastIndexOf(` ${names[1]}=`);
    if (second === -1) continue;
    const first = run.slice(0, second).lastIndexOf(`${names[0]}=`);
    if (first !== -1) found.add(run.slice(first));
  }
  return [...found];
}

Deno.test("findBuildInfo agrees with its plain model on small inputs", () => {
  const seed = printSeed("build-info model");
  const part = fc.constantFrom(
    "mode=",
    " mode=",
    " profile=",
    "profile=",
    "mod",
    "a b",
    " ",
    "\n",
    "\0",
    "\x7f",
    "=",
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 40 }), (parts) => {
      const bytes = bytesOf(parts.join(""));
      const found = find(bytes, ["mode", "profile"]);
      const lines = model(bytes, ["mode", "profile"]);
      assertEquals(
        found.lines.map(({ line }) => line),
        lines.slice(0, LIMITS.buildInfoLinesMax),
      );
      assertEquals(found.cut, lines.length > LIMITS.buildInfoLinesMax);
      for (const { offset, line } of found.lines) {
        const there = bytes.subarray(offset, offset + line.length);
        assertEquals(new TextDecoder().decode(there), line);
      }
    }),
    { seed, numRuns: 2000 },
  );
});

Deno.test("findBuildInfo counts equal lines once and different ones apart", () => {
  const other = LINE.replace("0.4.0", "0.4.1");
  const bytes = bytesOf(`${LINE}\n\0${LINE}\n${other}\n${LINE}\n`);
  assertEquals(find(bytes).lines.map(({ line }) => line), [LINE, other]);
});

Deno.test("findBuildInfo takes no line without a newline, or past the limit", () => {
  for (
    const text of [LINE, `${LINE}\0`, `${LINE}\r\n`, `${LINE}\x7f\n`, "mode=\n"]
  ) {
    assertEquals(find(bytesOf(text)).lines, [], JSON.stringify(text));
  }
  const long = LINE + "x".repeat(LIMITS.buildInfoBytesMax);
  assertEquals(find(bytesOf(`${long}\n`)).lines, []);
  assertEquals(find(bytesOf(`${LINE}\n`), []).lines, []);
  const invalid = bytesOf(`${LINE}\n`);
  invalid[20] = 0xff;
  assertEquals(find(invalid).lines, []);
});

Deno.test("findBuildInfo stays linear and flat on floods of near hits", () => {
  const floods = ["mode=", "mode=a profile=", "mode=a profile=b\0", "\n"];
  for (const flood of floods) {
    const bytes = bytesOf(flood.repeat(Math.ceil((8 << 20) / flood.length)));
    assertEquals(find(bytes).lines, [], flood);
  }
  const many = bytesOf(
    Array.from({ length: 100_000 }, (_, n) => `mode=${n} profile=x\n`).join(""),
  );
  const { lines, cut } = find(many);
  assertEquals(lines.length, LIMITS.buildInfoLinesMax);
  assert(cut);
});

Deno.test("findBuildInfo reads in pieces, never the whole file", () => {
  let most = 0;
  const size = 64 << 20;
  const chunk = new Uint8Array(2 << 20);
  const reader = {
    size,
    read(_offset: number, length: number) {
      most = Math.max(most, length);
      return chunk.subarray(0, length);
    },
  };
  assertEquals(findBuildInfo(reader, KEYS).lines, []);
  assert(most <= 2 << 20);
});
