/**
 * The surroundings of a run: everything of a build's environment that Reproof
 * decides. Axes write into it; a sandbox makes it real.
 *
 * @module
 */

/** Surroundings of one run. */
export interface Surroundings {
  /**
   * Directory that holds the source (`src`) and what was prepared
   * (`prepared`), as the build sees it; `{work}` stands for the directory of
   * the rebuild where a sandbox cannot choose the path.
   */
  buildRoot: string;
  /** Directories between that one and the source. */
  sourceDepth: number;
  /** Home directory, as the build sees it; `{work}` as above. */
  home: string;
  /** Directory of temporary files; `{work}` as above. */
  temporary: string;
  userName: string;
  groupName: string;
  /** Numbers as the build sees them, where a sandbox can choose. */
  userId: number;
  groupId: number;
  hostName: string;
  domainName: string;
  umask: number;
  /** Seconds from SOURCE_DATE_EPOCH to the time of the source's files. */
  sourceTimeOffset: number;
  /**
   * Whether the source is copied from the first name to the last, or from the
   * last to the first; null where that does not matter.
   */
  copied: "by name" | "backwards" | null;
  /** Value of `{jobs}`. */
  jobs: number;
  /** The one processor to run on, or null for all. */
  processor: number | null;
  /** Whether memory has the same layout in every process. */
  fixedAddresses: boolean;
  /** Whether uname(2) tells a kernel of 2.6. */
  oldKernel: boolean;
  /** Whether uname(2) tells the 32-bit machine. */
  machine32: boolean;
  /** Whether standard input is a terminal. */
  terminal: boolean;
  /** Process numbers used up before the build begins. */
  processIdsUsed: number;
  /** Directories after the usual ones in PATH. */
  pathTail: string[];
  /** Variables beside the recipe's; the recipe's win. */
  variables: Record<string, string>;
}

/** Surroundings before any axis has spoken. */
export function plainSurroundings(): Surroundings {
  return {
    buildRoot: "/reproof/control",
    sourceDepth: 0,
    home: "/home/reproof",
    temporary: "/tmp",
    userName: "reproof",
    groupName: "reproof",
    userId: 1000,
    groupId: 1000,
    hostName: "reproof",
    domainName: "reproof.test",
    umask: 0o022,
    sourceTimeOffset: 0,
    copied: null,
    jobs: 1,
    processor: null,
    fixedAddresses: false,
    oldKernel: false,
    machine32: false,
    terminal: false,
    processIdsUsed: 0,
    pathTail: [],
    variables: {},
  };
}

/** The source's directory below the root of a build. */
export function sourceBelow(
  root: string,
  { sourceDepth }: Pick<Surroundings, "sourceDepth">,
): string {
  return `${root}/${"d/".repeat(sourceDepth)}src`;
}
