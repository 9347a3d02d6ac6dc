/**
 * Causes that follow from what a field is: its normaliser, or its label.
 *
 * @module
 */

import type { Field } from "../format/layout.ts";
import type { Cause } from "./comparison.ts";

const cause = (
  axis: string | null,
  construct: string,
  fix: string | null,
): Cause => ({ axis, construct, fix });

const TAR_TIME = cause(
  "time",
  "times of the files that were packed",
  "tar --mtime=@$SOURCE_DATE_EPOCH --clamp-mtime",
);
const TAR_OWNER = cause(
  "user-name",
  "owner of the files that were packed",
  "tar --owner=0 --group=0 --numeric-owner",
);
const GZIP_HEADER = cause(
  "time",
  "time or name in the gzip header",
  "gzip -n",
);
const AR_HEADER = cause(
  "time",
  "times and owners of archive members",
  "ar with D (deterministic), and ranlib -D",
);
const BREPRO = cause(
  "time",
  "time of the link",
  "link and lld-link /Brepro; GNU ld and ld.lld --no-insert-timestamp",
);
const ZIP_TIME = cause(
  "time",
  "times of the files that were packed",
  "Set the times before packing: touch -d @$SOURCE_DATE_EPOCH, zip -X; strip extra fields",
);
const DERIVED = cause(null, "follows from the other bytes", null);
const GO_BUILD_ID = cause(
  null,
  "Go build id: a hash over inputs and output",
  "Fix the other differences; -buildid= removes it",
);
const IMAGE_TIME = cause(
  "time",
  "times of the image",
  "SOURCE_DATE_EPOCH with rewrite-timestamp=true for BuildKit, --timestamp for Buildah",
);
const IMAGE_DIGEST = cause(null, "digest of what differs", null);
const NUGET = cause(
  "random",
  "random names of NuGet pack",
  "Pack with a NuGet whose pack is deterministic",
);
const ENCODING = cause(
  "compression",
  "compression level, strategy or library version",
  "Pin the compression level and the version of the library that packs",
);
const FILE_ORDER = cause(
  "order",
  "order in which the files were listed",
  "tar --sort=name; for zip and ar, sort the list of files",
);

const BY_NORMALIZER: Readonly<Record<string, Cause>> = {
  "tar-mtime": TAR_TIME,
  "tar-pax-times": cause(
    "time",
    "pax times of the files that were packed",
    "tar --format=ustar, or --pax-option=delete=atime,delete=ctime with --mtime",
  ),
  "tar-owner": TAR_OWNER,
  "tar-pax-owner": TAR_OWNER,
  "tar-checksum": DERIVED,
  "tar-size": DERIVED,
  "tar-pax-size": DERIVED,
  "gzip-mtime": GZIP_HEADER,
  "gzip-name": GZIP_HEADER,
  "gzip-xfl": cause(
    "compression",
    "compression level",
    "Pin the compression level",
  ),
  "gzip-os": cause(
    "host",
    "operating system on which gzip ran",
    "Write the header with a fixed OS byte",
  ),
  "gzip-crc32": DERIVED,
  "gzip-isize": DERIVED,
  "gzip-header-crc": DERIVED,
  "elf-build-id": cause(
    null,
    "--build-id: a hash over the output, or random with uuid",
    "Fix the other differences; ld and ld.lld --build-id=sha1, never uuid",
  ),
  "elf-go-build-id": GO_BUILD_ID,
  "macho-go-build-id": GO_BUILD_ID,
  "wasm-go-build-id": GO_BUILD_ID,
  "tar-order": FILE_ORDER,
  "zip-order": FILE_ORDER,
  "gzip-deflate": ENCODING,
  "zip-deflate": ENCODING,
  "xz-encoding": ENCODING,
  "zstd-encoding": ENCODING,
  "ar-size": DERIVED,
  "ar-symbol-offset": DERIVED,
  "ar-padding": DERIVED,
  "zip-crc": DERIVED,
  "zip-size": DERIVED,
  "zip-offset": DERIVED,
  "wasm-length": DERIVED,
  "macho-page-hashes": DERIVED,
  "macho-signature": cause(
    "signature",
    "code signature",
    "Compare before signing, or against the unsigned file",
  ),
  "macho-dylib-timestamp": cause(
    "time",
    "times of the libraries that were linked",
    "ld64 -reproducible, or ZERO_AR_DATE=1; ld64.lld writes none",
  ),
  "wasm-build-id": cause(
    null,
    "--build-id: a hash over the output, or random with uuid",
    "Fix the other differences; wasm-ld --build-id=sha1, never uuid",
  ),
  "wasm-name": cause(
    "build-path",
    "names for debuggers, which may hold hashes and paths",
    "wasm-ld --strip-debug, rustc -C strip=debuginfo, asc without --debug",
  ),
  "oci-created": IMAGE_TIME,
  "oci-history": IMAGE_TIME,
  "oci-annotation-created": IMAGE_TIME,
  "oci-descriptor": IMAGE_DIGEST,
  "oci-diff-id": IMAGE_DIGEST,
  "nupkg-part-name": NUGET,
  "nupkg-part-reference": NUGET,
  "nupkg-relationship-id": NUGET,
  "elf-debuglink-crc": cause(
    null,
    "CRC of the separate debug file",
    "Fix the differences in the debug file",
  ),
  "ar-mtime": AR_HEADER,
  "ar-uid": AR_HEADER,
  "ar-gid": AR_HEADER,
  "coff-timestamp": BREPRO,
  "pe-timestamp": BREPRO,
  "pe-debug-timestamp": BREPRO,
  "pe-export-timestamp": BREPRO,
  "pe-import-timestamp": BREPRO,
  "pe-resource-timestamp": BREPRO,
  "pe-rsds-guid": cause(
    null,
    "identifier that ties a PDB to its program",
    "link with /Brepro; Deterministic=true for .NET",
  ),
  "dotnet-mvid": cause(
    null,
    "module version id of .NET",
    "Deterministic=true and ContinuousIntegrationBuild=true",
  ),
  "zip-time": ZIP_TIME,
  "zip-extra-time": ZIP_TIME,
  "zip-made-by": cause(
    "host",
    "system on which the archive was packed",
    "Pack with one tool on one system",
  ),
  "macho-uuid": cause(
    null,
    "LC_UUID: a hash over the output",
    "Fix the other differences; ld64 -reproducible, never -random_uuid; ld64.lld hashes the output by itself",
  ),
  "macho-oso-mtime": cause(
    "time",
    "times of object files in the debug map",
    "ZERO_AR_DATE=1, or strip -S",
  ),
  "wasm-producers": cause(
    "toolchain",
    "versions of the tools that wrote the module",
    "Pin the toolchain: reproof lock",
  ),
};

/** The cause that a normaliser gives, if it does. */
export function normalizerCause(id: string): Cause | undefined {
  return BY_NORMALIZER[id];
}

/** The cause that the kind of field gives, if it does. */
export function fieldCause(path: string, field: Field): Cause | undefined {
  const byNormalizer = normalizerCause(field.normalizer ?? "");
  if (byNormalizer !== undefined) return byNormalizer;
  if (/^tar\/.*\/header\/mode$/.test(path)) {
    return cause(
      "umask",
      "modes of the files that were packed",
      "tar --mode=go=rX,u+rw,a-s, or install -m before packing",
    );
  }
  if (/^zip\/.*\/central\/external-attributes$/.test(path)) {
    return cause(
      "umask",
      "modes of the files that were packed",
      "Set the modes before packing: install -m, chmod",
    );
  }
  return undefined;
}
