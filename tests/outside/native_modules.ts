/**
 * Native modules of rollup, one for each system: ELF of six machines, Mach-O
 * and PE by the same compiler with the linkers of each system.
 *
 * @module
 */

import type { OutsidePackage } from "../verify/format/outside_packages.ts";

const VERSION = "4.67.4";

const SHA256: Readonly<Record<string, string>> = {
  "android-arm64":
    "e14b76daca43a651cc88a49a3017ad9539499b5a46c9ea0d59f0b30916ee16aa",
  "darwin-arm64":
    "2f07e4f7f8a17c1a6fd5c77226fdf46581e65d85979aebc8f477fc714ff05630",
  "darwin-x64":
    "fdffbc9ba69330f20e2867152bd22f4313e5a3483200ea5726a7b0dd1c9ae57f",
  "freebsd-x64":
    "dae44f93fbb5cadb3b5bba9bf8f9be673f42188431d2018f8ffe5f76e7e1443e",
  "linux-arm-gnueabihf":
    "e324b8d69c52c8234c8a474dc96e854a18138a631df3317ca63d49558db62cfb",
  "linux-arm64-gnu":
    "821341ed93bd6e0a10d9cfa8bda00a7a9d3fc8461c9e07053dc067c3255dfb41",
  "linux-riscv64-gnu":
    "df0ae5a4fe4d7103ed99321554cdec9f256ccf165996706e793dc33d84460e7a",
  "linux-s390x-gnu":
    "7d68995c0c8da8e3b1375e6bca65de9871a8fd959bb6e7b8bbb30ea4148f57c6",
  "linux-x64-gnu":
    "71cade7a30f348513d5fb84cd29f5d14c215eb7c228853b982603a849601714e",
  "linux-x64-musl":
    "992423f86494d947e2530a476b4f9f13e44fb4241931e5861d9516e6172d433d",
  "win32-arm64-msvc":
    "9765d972da39944932ac34e99e5ef617d488e56bff5eb82dff3af619c30aa7e2",
  "win32-ia32-msvc":
    "3d053a51686bc91f1cef0ac4e2a0a0b8dffc3eb5075752faa68c3508b7dcec88",
  "win32-x64-gnu":
    "6a2e3fa2c7a1ed6e129e812dc1b28cf58f10fc5258dbd848bba2927bed5f6fb9",
  "win32-x64-msvc":
    "6e1015ad0414fd2aa9bf47eac979415a83f67a72fc4f5f926ee02c221a6991a7",
};

/** The packages, pinned. */
export const ROLLUP: readonly OutsidePackage[] = Object.entries(SHA256).map(
  ([system, sha256]) => ({
    name: `@rollup/rollup-${system}@${VERSION}`,
    registry: "npm",
    sha256,
  }),
);
