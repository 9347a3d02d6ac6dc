/**
 * Every limit of the program, in one table. Reaching one is a visible finding
 * and never a pass. Units end the names: bytes, milliseconds, entries, levels.
 *
 * @module
 */

/** The limits; recipes and policies may only lower the ones they name. */
export const LIMITS = {
  /** Size of any JSON document we read: recipe, lock, policy, bundle, report. */
  jsonBytesMax: 64 << 20,
  /** Nesting of a JSON document. */
  jsonDepthMax: 64,
  /** Fields, sections or entries in the layout of one file. */
  layoutFieldsMax: 200_000,
  /** Archives within archives. */
  nestingDepthMax: 8,
  /** Entries in one archive or directory. */
  entriesMax: 100_000,
  /** Expanded bytes of one compressed stream. */
  expandedBytesMax: 64 * 2 ** 30,
  /** Expanded bytes for each compressed byte, past a floor for small files. */
  expansionRatioMax: 1_100,
  /** Wall time of one comparison; what is not looked into by then is unchecked. */
  compareWallMsMax: 60 * 60 * 1000,
  /** Differences listed in one comparison; the rest are counted. */
  differencesMax: 1_000,
  /** Bytes of a value shown in a report. */
  valueBytesMax: 96,
  /** Bytes of a volatile or derived field that a normaliser may account for. */
  accountedBytesMax: 8 << 20,
  /** Bytes of a nested file that are kept in memory, so as to decode once. */
  heldBytesMax: 32 << 20,
  /** Members of one gzip file. */
  gzipMembersMax: 10_000,
  /** Bytes of a name or comment in a gzip header. */
  gzipTextBytesMax: 64 << 10,
  /** Bytes of one pax or GNU extension header. */
  tarExtensionBytesMax: 1 << 20,
  /** Bytes of a name or link in such a header; no system takes a longer one. */
  tarNameBytesMax: 4_096,
  /** Further blocks of the map of a sparse file in an old GNU archive. */
  tarSparseBlocksMax: 4_096,
  /** Bytes hashed or expanded to compute values again; more for large files. */
  recomputedBytesMax: 256 << 20,
  /** Bytes of an artifact in a bundle that is held in memory to be read. */
  memberBytesMax: 512 << 20,
  /** Bytes of one checksum list. */
  checksumsBytesMax: 16 << 20,
  /** Entries in the debug directory of a PE image. */
  peDebugEntriesMax: 256,
  /** Entries in one import table of a PE image. */
  peImportsMax: 4_096,
  /** Imported functions looked at in a PE image. */
  peImportThunksMax: 65_536,
  /** Entries in the resource tree of a PE image. */
  peResourceEntriesMax: 65_536,
  /** Entries in the certificate table of a PE image. */
  peCertificatesMax: 16,
  /** Bytes of one signature in the certificate table of a PE image. */
  peSignatureBytesMax: 4 << 20,
  /** Bytes of the blob heap of a managed image. */
  dotnetBlobHeapBytesMax: 16 << 20,
  /** Public keys in a managed image that its strong name is held against. */
  dotnetPublicKeysMax: 8,
  /** Bytes of a PDB inside a PE image, stored and expanded. */
  pePdbBytesMax: 64 << 20,
  /** Wall time of a tool that prints its version. */
  versionWallMsMax: 30_000,
  /** Wall time of fetching one package or file. */
  fetchWallMsMax: 15 * 60 * 1000,
  /** Bytes of one file that is fetched. */
  fetchBytesMax: 4 * 2 ** 30,
  /** Bytes of an unpacked toolchain. */
  toolchainBytesMax: 16 * 2 ** 30,
  /** Wall time of one build step, unless the recipe lowers it. */
  buildWallMsMax: 2 * 60 * 60 * 1000,
  /** Bytes one build step may print. */
  buildLogBytesMax: 256 << 20,
  /** Bytes one build may leave on disk. */
  buildTreeBytesMax: 32 * 2 ** 30,
  /** Bytes of a source that each run keeps in memory, for its order. */
  orderedSourceBytesMax: 256 << 20,
  /** Processes alive at once in one build. */
  buildProcessesMax: 4_096,
  /** Resident memory of one build step at once, over all its processes. */
  buildMemoryBytesMax: 64 * 2 ** 30,
  /** Processor time of one build step, over all its processes. */
  buildCpuMsMax: 64 * 60 * 60 * 1000,
  /** Open files of one build step at once, over all its processes. */
  buildOpenFilesMax: 262_144,
  /** Wall time of one probe of an artifact. */
  probeWallMsMax: 30_000,
  /** Bytes one probe may print. */
  probeOutputBytesMax: 64 << 10,
  /** Wall time until a host of a trial is ready, and until it has stopped. */
  trialReadyWallMsMax: 120_000,
  /** Wall time of one step or case of a trial. */
  trialStepWallMsMax: 120_000,
  /** Wall time of one trial of one target, over all its steps. */
  trialWallMsMax: 20 * 60 * 1000,
  /** Bytes that one process of a trial may print. */
  trialOutputBytesMax: 16 << 20,
  /** Samples of each side of a start-up trial. */
  trialSamplesMax: 10_000,
  /** Requests or invocations of one load. */
  trialRequestsMax: 100_000,
  /** Requests or invocations of a load that are under way at once. */
  trialConcurrencyMax: 256,
  /** Bytes that one invocation of a load may print; they are not kept. */
  trialLoadBytesMax: 4 * 2 ** 30,
  /** Files that one side of a parity case may leave. */
  trialFilesMax: 10_000,
  /** Cases of one parity suite. */
  trialCasesMax: 10_000,
  /** Bytes of what a stage reports of its trial. */
  trialResultBytesMax: 64 << 20,
  /** Bytes of the files of one image that are unpacked for a trial. */
  imageRootBytesMax: 8 * 2 ** 30,
  /** Bytes of a document of a package, such as its manifest. */
  packageDocumentBytesMax: 16 << 20,
  /** Bytes of a program in an image of which its needs are read. */
  imageProgramBytesMax: 512 << 20,
  /** Bytes of a library in an image of which needs and versions are read. */
  imageLibraryBytesMax: 64 << 20,
  /** Libraries of one program that are looked for in an image. */
  imageLibrariesMax: 1_024,
  /** Bytes of a build-info line. */
  buildInfoBytesMax: 4_096,
  /** Distinct build-info lines listed of one artifact. */
  buildInfoLinesMax: 16,
  /** Build infos of Go that differ in one artifact. */
  goBuildInfosMax: 8,
  /** Bytes of the load commands that metadata of a Mach-O file is read from. */
  machoCommandsBytesMax: 1 << 20,
  /** Slices of a universal file; no loader reads past the first 16 KiB. */
  machoSlicesMax: 1_000,
  /** Bytes of one section that metadata is read from. */
  metadataSectionBytesMax: 1 << 20,
  /** Bytes of a manifest or changelog that a gate reads. */
  sourceFileBytesMax: 16 << 20,
  /** Bytes of one line of a log that are looked at. */
  logLineBytesMax: 256 << 10,
  /** Bytes of a SARIF log. */
  sarifBytesMax: 32 << 20,
  /** Distinct warnings of one log. */
  warningsMax: 50_000,
  /** Characters of a warning that are kept. */
  warningTextMax: 300,
  /** Days from now to the expiry of a waiver or tolerance. */
  waiverDaysMax: 90,
  /** How far ahead of ours a trusted clock may be. */
  clockSkewMsMax: 5 * 60 * 1000,
} as const;

/** A limit as findings name it. */
export type LimitName = keyof typeof LIMITS;
