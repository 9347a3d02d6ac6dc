import { assertEquals } from "@std/assert";
import type { MachineFacts } from "../../../verify/metadata/machine.ts";
import {
  isTargetName,
  targetAgreement,
} from "../../../verify/metadata/target_agreement.ts";

function machine(facts: Partial<MachineFacts>): MachineFacts {
  return {
    format: "elf",
    architectures: ["x86_64"],
    bits: 64,
    endian: "little",
    system: null,
    interpreter: null,
    systemVersion: null,
    machine: "",
    ...facts,
  };
}

const LINUX_X64 = machine({});
const LINUX_ARM64 = machine({ architectures: ["aarch64"] });
const MACOS_ARM64 = machine({
  format: "macho",
  architectures: ["aarch64"],
  system: "macos",
});
const IOS_ARM64 = { ...MACOS_ARM64, system: "ios" as const };
const IOS_SIMULATOR = { ...IOS_ARM64, system: "ios-simulator" as const };
const CATALYST = { ...IOS_ARM64, system: "mac-catalyst" as const };
const OTHER_APPLE = { ...IOS_ARM64, system: "other" as const };
const WINDOWS_X64 = machine({ format: "pe", system: "windows" });
const EFI_X64 = machine({ format: "pe", system: "efi" });
const WASM = machine({ format: "wasm", architectures: ["wasm32"], bits: 32 });
const ALL = [
  LINUX_X64,
  LINUX_ARM64,
  MACOS_ARM64,
  IOS_ARM64,
  IOS_SIMULATOR,
  CATALYST,
  OTHER_APPLE,
  WINDOWS_X64,
  EFI_X64,
  WASM,
];

const NAMES: [string, MachineFacts][] = [
  ["x86_64-unknown-linux-gnu", LINUX_X64],
  ["x86_64-unknown-linux-musl", LINUX_X64],
  ["x86_64-unknown-linux", LINUX_X64],
  ["x86_64-linux-gnu", LINUX_X64],
  ["linux/amd64", LINUX_X64],
  ["linux-x64", LINUX_X64],
  ["aarch64-unknown-linux-gnu", LINUX_ARM64],
  ["linux/arm64", LINUX_ARM64],
  ["linux-arm64", LINUX_ARM64],
  ["aarch64-apple-darwin", MACOS_ARM64],
  ["darwin/arm64", MACOS_ARM64],
  ["macos-arm64", MACOS_ARM64],
  ["osx-arm64", MACOS_ARM64],
  ["arm64-apple-macos14.0", MACOS_ARM64],
  ["aarch64-apple-ios", IOS_ARM64],
  ["arm64-apple-ios17.0", IOS_ARM64],
  ["aarch64-apple-ios-sim", IOS_SIMULATOR],
  ["arm64-apple-ios17.0-simulator", IOS_SIMULATOR],
  ["aarch64-apple-ios-macabi", CATALYST],
  ["x86_64-pc-windows-msvc", WINDOWS_X64],
  ["x86_64-pc-windows-gnu", WINDOWS_X64],
  ["windows/amd64", WINDOWS_X64],
  ["win-x64", WINDOWS_X64],
  ["x86_64-unknown-uefi", EFI_X64],
  ["wasm32-unknown-unknown", WASM],
  ["wasm32-wasip1", WASM],
  ["js/wasm", WASM],
  ["wasm32", WASM],
];

Deno.test("targetAgreement finds for each name the one machine that it means", () => {
  for (const [name, meant] of NAMES) {
    for (const facts of ALL) {
      assertEquals(
        targetAgreement(name, facts).state,
        facts === meant ? "agrees" : "contradicts",
        `${name} against ${facts.format} ${facts.architectures}`,
      );
    }
  }
});

Deno.test("targetAgreement holds the C library against the interpreter", () => {
  const gnu = machine({ interpreter: "/lib64/ld-linux-x86-64.so.2" });
  const musl = machine({ interpreter: "/lib/ld-musl-x86_64.so.1" });
  const state = (name: string, facts: MachineFacts) =>
    targetAgreement(name, facts).state;
  assertEquals(state("x86_64-unknown-linux-gnu", gnu), "agrees");
  assertEquals(state("x86_64-unknown-linux-gnu", musl), "contradicts");
  assertEquals(state("x86_64-unknown-linux-musl", musl), "agrees");
  assertEquals(state("x86_64-unknown-linux-musl", gnu), "contradicts");
  assertEquals(state("linux/amd64", musl), "agrees");
});

Deno.test("targetAgreement never agrees with what it does not understand", () => {
  for (
    const name of [
      "",
      "x86_64",
      "linux",
      "-linux",
      "x86_64-",
      "x86_64-unknown-none",
      "x86_64-unknown-linuxgnu",
      "x86_65-unknown-linux-gnu",
      "X86_64-unknown-linux-gnu",
      "x86_64-a-b-c-linux",
      "linux/x86_65",
      "amd64/linux",
      "linux-x64-musl-extra-more",
      "toString-linux",
      "x86_64-constructor",
      "constructor/amd64",
    ]
  ) {
    assertEquals(isTargetName(name), false, name);
    assertEquals(targetAgreement(name, LINUX_X64).state, "unknown", name);
  }
});

Deno.test("targetAgreement never agrees with several or unknown machines", () => {
  const universal = machine({
    format: "macho",
    architectures: ["x86_64", "aarch64"],
    system: "macos",
  });
  const state = (name: string, facts: MachineFacts | null) =>
    targetAgreement(name, facts).state;
  assertEquals(state("aarch64-apple-darwin", universal), "unknown");
  assertEquals(state("i686-apple-darwin", universal), "contradicts");
  assertEquals(
    state("x86_64-unknown-linux-gnu", machine({ architectures: ["unknown"] })),
    "unknown",
  );
  assertEquals(state("x86_64-unknown-linux-gnu", null), "unknown");
});
