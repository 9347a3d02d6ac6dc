/**
 * Progress for a person: on a terminal one line that shows what is under way
 * and for how long; elsewhere one plain line for each beginning and end.
 * Always on standard error; `--quiet` silences it.
 *
 * @module
 */

import { escapeText } from "../../verify/escape.ts";
import type {
  ProgressEvent,
  ProgressListener,
} from "../../verify/rebuild/progress.ts";
import type { Context } from "./command.ts";

const REDRAW_MS = 250;
const WIDTH_MAX = 78;
const CLEAR_LINE = "\r\u001b[K";

/** Shows progress until it is disposed. */
export class Progress implements Disposable {
  readonly #context: Pick<Context, "err" | "isTerminal" | "quiet">;
  readonly #active = new Map<string, number>();
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(context: Pick<Context, "err" | "isTerminal" | "quiet">) {
    this.#context = context;
  }

  /** Takes an event; passes as a listener. */
  readonly listener: ProgressListener = (event) => {
    if (this.#context.quiet) return;
    const now = performance.now();
    const began = this.#active.get(event.activity) ?? now;
    if (event.state === "start") this.#active.set(event.activity, now);
    else this.#active.delete(event.activity);
    if (!this.#context.isTerminal) {
      this.#context.err(`reproof: ${plain(event, now - began)}\n`);
      return;
    }
    if (event.state === "end") {
      this.#context.err(`${CLEAR_LINE}reproof: ${plain(event, now - began)}\n`);
    }
    this.#redraw();
    this.#timer ??= setInterval(() => this.#redraw(), REDRAW_MS);
  };

  #redraw(): void {
    const now = performance.now();
    const parts = [...this.#active].map(([activity, began]) =>
      `${escapeText(activity)} ${Math.floor((now - began) / 1000)} s`
    );
    const line = parts.length === 0 ? "" : `… ${parts.join(", ")}`;
    this.#context.err(CLEAR_LINE + line.slice(0, WIDTH_MAX));
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    if (this.#timer !== undefined) this.#context.err(CLEAR_LINE);
    this.#timer = undefined;
  }
}

function plain(event: ProgressEvent, tookMs: number): string {
  const activity = escapeText(event.activity);
  return event.state === "start"
    ? `${activity}: started`
    : `${activity}: ${escapeText(event.detail ?? "done")} after ${
      (tookMs / 1000).toFixed(1)
    } s`;
}
