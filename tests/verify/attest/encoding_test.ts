/**
 * The encodings that signatures stand on: base64, canonical JSON, PAE and DER,
 * by properties.
 *
 * @module
 */

import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { Buffer } from "node:buffer";
import {
  decodeBase64,
  encodeBase64,
  isCanonicalBase64,
} from "../../../verify/attest/base64.ts";
import { canonicalJson } from "../../../verify/attest/canonical_json.ts";
import { readDer } from "../../../verify/attest/der_reader.ts";
import { digestEqual } from "../../../verify/attest/digest_equal.ts";
import { preAuthEncoding } from "../../../verify/attest/pae.ts";
import { sha256 } from "../../../verify/digest.ts";
import { ReproofError } from "../../../verify/error.ts";
import { type Json, parseStrictJson } from "../../../verify/strict_json.ts";
import * as der from "../../stand_in/der.ts";
import { bytesOf } from "./keyed_bundle.ts";

const RUNS = { seed: 20260131, numRuns: 300 };

Deno.test("base64 has one spelling for each value", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
      const text = encodeBase64(bytes);
      assertEquals(isCanonicalBase64(text), true);
      assertEquals(decodeBase64(text), bytes);
      assertEquals(text, btoa(String.fromCharCode(...bytes)));
    }),
    RUNS,
  );
});

Deno.test("any text that is taken for base64 is its value's one spelling", () => {
  const alphabet = fc.constantFrom(..."AQgw+/-_= \n\0é");
  fc.assert(
    fc.property(fc.array(alphabet, { maxLength: 8 }), (characters) => {
      const text = characters.join("");
      assertEquals(
        isCanonicalBase64(text),
        encodeBase64(decodeBase64(text)) === text,
      );
      if (isCanonicalBase64(text)) {
        assertEquals(/^[A-Za-z0-9+/]*={0,2}$/.test(text), true);
        assertEquals(text.length % 4, 0);
      }
    }),
    { ...RUNS, numRuns: 2000 },
  );
});

/** JSON without the one key that strict JSON refuses. */
const json = fc.jsonValue({ maxDepth: 4 }).filter((value) =>
  !JSON.stringify(value).includes("__proto__")
);

Deno.test("canonical JSON keeps the value and forgets the order of keys", () => {
  fc.assert(
    fc.property(json, (value) => {
      const text = canonicalJson(value as Json);
      assertEquals(text.endsWith("\n"), true);
      assertEquals(JSON.parse(text), JSON.parse(JSON.stringify(value)));
      const again = JSON.parse(
        text,
        (_, inner) =>
          inner !== null && typeof inner === "object" && !Array.isArray(inner)
            ? Object.fromEntries(Object.entries(inner).toReversed())
            : inner,
      );
      assertEquals(canonicalJson(again), text);
    }),
    RUNS,
  );
});

Deno.test("canonical JSON sorts keys that look like numbers as text", () => {
  const text = canonicalJson({ "10": 1, "9": 2, "a": 3 });
  assertEquals(text, '{\n  "10": 1,\n  "9": 2,\n  "a": 3\n}\n');
  assertEquals(parseStrictJson(text, "it"), { "10": 1, "9": 2, "a": 3 });
});

Deno.test("two pairs of type and payload never have one PAE", () => {
  // Lengths that can be mistaken for content are where a sloppy form breaks.
  const part = fc.array(fc.constantFrom("1", " ", "a", "é"), { maxLength: 5 })
    .map((parts) => parts.join(""));
  fc.assert(
    fc.property(part, part, part, part, (type, body, type2, body2) => {
      const encode = (a: string, b: string) =>
        Buffer.from(preAuthEncoding(a, bytesOf(b))).toString("hex");
      assertEquals(
        encode(type, body) === encode(type2, body2),
        type === type2 && body === body2,
      );
    }),
    { ...RUNS, numRuns: 3000 },
  );
});

Deno.test("the PAE is that of the DSSE specification", () => {
  // protocol.md: PAE("http://example.com/HelloWorld", "hello world").
  assertEquals(
    new TextDecoder().decode(
      preAuthEncoding("http://example.com/HelloWorld", bytesOf("hello world")),
    ),
    "DSSEv1 29 http://example.com/HelloWorld 11 hello world",
  );
});

Deno.test("digests are equal only when well-formed and the same", () => {
  const digest = sha256("x");
  assertEquals(digestEqual(digest, digest), true);
  assertEquals(digestEqual(digest, sha256("y")), false);
  assertEquals(digestEqual("", ""), false);
  assertEquals(digestEqual("undefined", "undefined"), false);
  assertEquals(digestEqual(digest.toUpperCase(), digest.toUpperCase()), false);
});

Deno.test("DER is read as it was written", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), (content) => {
      const read = readDer(der.sequence(der.octets(content), der.integer(7)));
      assertEquals(read.children.map((child) => child.tag), [0x04, 0x02]);
      assertEquals(read.children[0]?.content.toHex(), content.toHex());
    }),
    RUNS,
  );
});

Deno.test("what is not DER in its one form is refused", () => {
  for (
    const hex of [
      "",
      "30",
      "3001",
      "30800000", // indefinite length
      "0481010a", // long form for a short length
      "048200800a", // leading zero in a length
      "0400ff", // a byte after the end
      "04000400", // two elements
      "1f0100", // tag of several bytes
      "300204ff", // an inner length that leaves its element
      "30847fffffff",
    ]
  ) {
    const error = assertThrows(
      () => readDer(Uint8Array.fromHex(hex)),
      ReproofError,
    );
    assertEquals(error.code, "der-invalid", hex);
  }
  let nested = der.octets(new Uint8Array());
  for (let depth = 0; depth < 40; depth++) nested = der.sequence(nested);
  assertThrows(() => readDer(nested), ReproofError, "levels");
});

Deno.test("DER of random bytes ends, one way or the other", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
      try {
        assertEquals(readDer(bytes).bytes.length, bytes.length);
      } catch (error) {
        assertEquals((error as ReproofError).code, "der-invalid");
      }
    }),
    { ...RUNS, numRuns: 3000 },
  );
});
