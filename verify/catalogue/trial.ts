/**
 * Codes of trials: artifacts that are started, asked and held against what
 * the recipe says of them.
 *
 * @module
 */

import type { CatalogueEntry } from "./entry.ts";

/** Codes of trials. */
export const TRIAL_CODES = {
  "trial-missing": {
    title: "A trial that the policy asks for is missing",
    meaning:
      "The recipe describes none for this target, so nothing is known of how the artifact behaves.",
    next: "Describe it in the recipe, or do not name the gate in the policy.",
    waivable: false,
  },
  "trial-too-small": {
    title: "A trial looks at less than the policy wants",
    meaning:
      "There are fewer steps or cases than the policy's minimum, or none could be listed, so a pass would say little.",
    next: "Add steps or cases; read why a list could not be read.",
    waivable: false,
  },
  "trial-not-runnable": {
    title: "This host cannot run the artifact",
    meaning:
      "It is for another system or processor, so nothing is known of how it behaves.",
    next:
      "Release on a host that can run it, or let the policy say that the gate does not apply to such targets.",
    waivable: false,
  },
  "trial-not-run": {
    title: "A trial did not come to its end",
    meaning:
      "The artifact was not built, or the sandbox or its program failed, so nothing is known of how the artifact behaves.",
    next: "Read the reason; run again once it is removed.",
    waivable: false,
  },
  "host-not-ready": {
    title: "A host never became ready",
    meaning: "The artifact started but did not do what the recipe waits for.",
    next:
      "Read its log in evidence/measured, and whether it listens on another port.",
    waivable: true,
  },
  "host-died": {
    title: "A host died",
    meaning: "The artifact ended before it was told to stop.",
    next: "Read its exit code and its log in evidence/measured.",
    waivable: true,
  },
  "host-other-port": {
    title: "A host listens on a port that is not its own",
    meaning:
      "It ignores the port that it was given, or opens one that nobody asked for.",
    next: "Make it listen on its ports alone, or name the port in the recipe.",
    waivable: true,
  },
  "host-foreign-port": {
    title: "Another process answers on a host's port",
    meaning:
      "The recipe's condition held, but no process of the host has the port open, so the answers say nothing of the artifact.",
    next: "Find out who listens there, and make the host open the port itself.",
    waivable: false,
  },
  "host-flooded": {
    title: "A host prints without end",
    meaning: "It printed more than a process of a trial may, and was ended.",
    next: "Find out what it repeats; its log begins in evidence/measured.",
    waivable: true,
  },
  "host-ignored-stop": {
    title: "A host ignores its stop signal",
    meaning:
      "It still ran at its deadline and had to be killed; in service it would lose work.",
    next: "Handle the signal, or name the right one in the recipe.",
    waivable: true,
  },
  "host-exit-code": {
    title: "A host stops with another exit code",
    meaning: "It obeyed its signal but reported something else than declared.",
    next: "Correct the code, or the recipe if that is its contract.",
    waivable: true,
  },
  "host-left-process": {
    title: "A host leaves a process behind",
    meaning: "Something that it started outlived it.",
    next: "End child processes before the host ends.",
    waivable: true,
  },
  "step-failed": {
    title: "A step of a trial failed",
    meaning: "The artifact answered something else than the recipe says.",
    next: "Read expected and observed; repeat the step by hand.",
    waivable: true,
  },
  "step-timed-out": {
    title: "A step of a trial hangs",
    meaning: "There was no answer, or not the whole of it, in time.",
    next: "Find out what it waits for, or raise stepWallMs in the recipe.",
    waivable: true,
  },
  "step-flooded": {
    title: "A step of a trial answers without end",
    meaning: "It gave more bytes than a process of a trial may.",
    next: "Find out what it repeats.",
    waivable: true,
  },
  "load-failed": {
    title: "A load did not come through",
    meaning:
      "One of many invocations or requests, some of them at the same time, did not end or answer as the recipe says.",
    next: "Repeat it alone; if that works, look for what they share.",
    waivable: true,
  },
  "step-not-taken": {
    title: "A step was not taken",
    meaning: "A host that it needs was not ready, so nothing is known of it.",
    next: "Deal with the host first.",
    waivable: false,
  },
  "parity-diverged": {
    title: "The artifact answers differently from its reference",
    meaning:
      "The same case gave another exit code, output or file than the reference gives.",
    next:
      "Read the first divergence; decide which side is right and fix the other.",
    waivable: true,
  },
  "case-not-run": {
    title: "A case could not be run",
    meaning: "One side did not start, so nothing is known of the case.",
    next: "Correct the command in the recipe.",
    waivable: false,
  },
  "case-says-nothing": {
    title: "A case compares nothing",
    meaning:
      "Both sides agree, but neither printed or wrote anything, or both ended otherwise than the case says, as two broken programs do.",
    next:
      "Give the case something to print, or the exit code that it is about.",
    waivable: false,
  },
  "case-crashed": {
    title: "A case crashes both sides",
    meaning: "Reference and artifact were both ended by a signal.",
    next: "Fix the crash; agreeing on one is no parity.",
    waivable: true,
  },
  "reference-is-artifact": {
    title: "The reference may be the artifact itself",
    meaning:
      "A file that the reference is started with, or that lies in the source, has the bytes of the artifact; comparing it with itself shows nothing.",
    next:
      "Let the reference run something else, and keep copies of the artifact out of the source.",
    waivable: false,
  },
  "case-timed-out": {
    title: "A case hangs",
    meaning: "One side still ran at the end of its time.",
    next: "Find out what it waits for, or raise caseWallMs in the recipe.",
    waivable: true,
  },
  "case-flooded": {
    title: "A case prints without end",
    meaning:
      "One side printed more than a process of a trial may, or left more files.",
    next: "Find out what it repeats.",
    waivable: true,
  },
  "case-wrote-outside": {
    title: "A case writes outside its directory",
    meaning:
      "One side left files where no case should; runs could influence each other.",
    next: "Write to the working directory, or to TMPDIR for scratch.",
    waivable: true,
  },
  "case-left-process": {
    title: "A case leaves a process behind",
    meaning: "Something that one side started outlived it.",
    next: "End child processes before the program ends.",
    waivable: true,
  },
  "contract-exit-code": {
    title: "A failure ends with another exit code",
    meaning:
      "Whoever supervises the program cannot tell this class of failure by its code.",
    next: "Correct the code, or the recipe if that is the contract.",
    waivable: true,
  },
  "contract-envelope": {
    title: "A failure does not give its envelope",
    meaning:
      "The declared line is missing, on another stream, there more than once, or says something else.",
    next: "Print one envelope on the declared stream before the program ends.",
    waivable: true,
  },
  "contract-metadata": {
    title: "An envelope names another build",
    meaning:
      "It does not end with the build-info line that the artifact holds, so a crash cannot be traced to its build.",
    next: "Print the embedded line itself.",
    waivable: true,
  },
  "contract-trace": {
    title: "The start-up trace is not as declared",
    meaning: "It is missing, late, on another stream, or there more than once.",
    next: "Print the trace before anything else, once.",
    waivable: true,
  },
  "contract-probe": {
    title: "The probe does more than print its line",
    meaning:
      "Where the same command would fail or trace, the probe must still print one line, end with 0 and run nothing else.",
    next: "Answer the probe before anything else is looked at.",
    waivable: true,
  },
  "startup-run-failed": {
    title: "A run that was to be timed failed",
    meaning:
      "One side did not start, hung, or ended with another exit code; the time of a failure is no figure.",
    next: "Correct the command in the recipe, or what it runs.",
    waivable: true,
  },
  "startup-other-output": {
    title: "A timed run did other work than the rest",
    meaning:
      "It printed something else than the first run of the other side, or nothing at all; a program that does less starts faster.",
    next:
      "Time a command that prints the same on both sides, or declare what it prints.",
    waivable: false,
  },
  "startup-not-release": {
    title: "One side of the timing is no release build",
    meaning:
      "Its build-info line names another profile; a debug build is slow, so beating it shows nothing.",
    next: "Build that side in its release profile.",
    waivable: false,
  },
  "startup-profile-unknown": {
    title: "Nothing says that one side of the timing is a release build",
    meaning:
      "There is no build-info line of it, or none that names the profile once, so the baseline may be a debug build.",
    next:
      "Give the reference a probe in the recipe, or write reference_build_info into the metrics file.",
    waivable: false,
  },
  "metrics-other-build": {
    title: "A metrics file is about another build",
    meaning:
      "The build-info line that it names is not the one in the bytes of the artifact, so its figures are not those of what is released.",
    next: "Measure the artifact that is released.",
    waivable: false,
  },
  "metrics-misstated": {
    title: "A metrics file states percentiles that its samples do not give",
    meaning: "Samples or percentiles were changed after the measurement.",
    next: "Measure again and keep the file as it was written.",
    waivable: false,
  },
  "startup-too-few-samples": {
    title: "Too few samples for a percentile",
    meaning:
      "With so few samples the percentile is only the slowest run under another name.",
    next: "Raise samples in the recipe.",
    waivable: false,
  },
  "startup-too-noisy": {
    title: "The times are too noisy to tell",
    meaning:
      "The interval of the improvement holds values on both sides of the threshold.",
    next:
      "Measure on a quieter machine or with more samples; running again until it passes proves nothing.",
    waivable: false,
  },
  "startup-too-slow": {
    title: "The artifact starts too slowly",
    meaning:
      "It is not as much faster than its reference as the policy wants, with confidence.",
    next: "Find out what start-up spends its time on.",
    waivable: true,
  },
  "metrics-missing": {
    title: "A metrics file lacks a value",
    meaning: "Samples of one side, or a value of a sample, are not there.",
    next: "Write the file again; figures that are not there prove nothing.",
    waivable: false,
  },
  "metrics-not-a-number": {
    title: "A metrics file holds what is no number",
    meaning: "NaN, Infinity or text stands where a time belongs.",
    next: "Find out what divided by nothing and measure again.",
    waivable: false,
  },
  "metrics-negative": {
    title: "A metrics file holds a negative time",
    meaning: "Time does not run backwards; the clock or the file is wrong.",
    next: "Measure with a monotonic clock.",
    waivable: false,
  },
} as const satisfies Record<
  string,
  CatalogueEntry
>;
