import { assertEquals } from "@std/assert";
import { Buffer } from "node:buffer";
import type { Difference } from "../../../verify/compare/comparison.ts";
import { attribute } from "../../../verify/rebuild/attribution.ts";

const CONTROL = { "host-name": "control-host", "umask": "0022" };
const VARIED = { "host-name": "qwrtzpsdfg", "umask": "0077" };

/** Attributes the difference of two artifacts from the first byte on. */
function attributed(
  left: Uint8Array | string,
  right: Uint8Array | string,
  difference: Partial<Difference> = {},
) {
  const folder = Deno.makeTempDirSync({ prefix: "reproof-test-" });
  try {
    const write = (name: string, data: Uint8Array | string) => {
      const bytes = typeof data === "string" ? Buffer.from(data) : data;
      Deno.writeFileSync(`${folder}/${name}`, bytes);
      return {
        offset: 0,
        length: bytes.length,
        value: "",
      };
    };
    const sides = { left: write("left", left), right: write("right", right) };
    return attribute({
      artifact: "any/out",
      differences: [{
        code: "not-reproducible",
        path: "data",
        accountedBy: null,
        cause: null,
        ...sides,
        ...difference,
      }],
      left: `${folder}/left`,
      right: `${folder}/right`,
      control: { axes: CONTROL, window: [0, 1000] },
      varied: { axes: VARIED, window: [0, 1000] },
      sourceDateEpoch: 1_700_000_000,
      work: folder,
    }).map(({ axis, path }) => `${axis} ${path}`);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

const encodings: Record<string, (text: string) => Uint8Array> = {
  "UTF-8": (text) => Buffer.from(text),
  "UTF-16LE": (text) => Buffer.from(text, "utf16le"),
  "hexadecimal": (text) => Buffer.from(Buffer.from(text).toString("hex")),
  "base64": (text) => Buffer.from(Buffer.from(text).toString("base64")),
  "base64, shifted by one": (text) =>
    Buffer.from(Buffer.from(`x${text}yz`).toString("base64")),
  "base64, shifted by two": (text) =>
    Buffer.from(Buffer.from(`xx${text}yz`).toString("base64")),
};

for (const [name, encode] of Object.entries(encodings)) {
  Deno.test(`attribute finds a value in ${name}`, () => {
    assertEquals(
      attributed(encode(CONTROL["host-name"]), encode(VARIED["host-name"])),
      ["host-name data"],
    );
  });
}

Deno.test("attribute names no axis without its value", () => {
  assertEquals(attributed("one", "two"), []);
});

Deno.test("attribute names no axis whose value stands in both", () => {
  assertEquals(attributed("1 qwrtzpsdfg", "2 qwrtzpsdfg"), []);
});

Deno.test("attribute names the axis but not the place of a distant trace", () => {
  const right = `x${" ".repeat(5000)}qwrtzpsdfg`;
  assertEquals(
    attributed("y", right, { right: { offset: 0, length: 1, value: "x" } }),
    ["host-name "],
  );
});

Deno.test("attribute recognises one mode under two masks", () => {
  const mode = (left: string, right: string) =>
    attributed("1", "2", {
      path: "tar/0:x/header/mode",
      left: { offset: 0, length: 1, value: left },
      right: { offset: 0, length: 1, value: right },
    });
  assertEquals(mode("0000644", "0000600"), ["umask tar/0:x/header/mode"]);
  assertEquals(mode("0000755", "0000700"), ["umask tar/0:x/header/mode"]);
  assertEquals(mode("0000644", "0000640"), []);
  assertEquals(mode("0000644", "0000755"), []);
});
