// Keeps what is noted of a call on the server as one types: a moment after the last key, again and again until it is
// there. What is typed meanwhile goes with the next try; nothing is sent that was sent already.

import { waitOf } from "./phone/backoff";

export type NotesState = "saved" | "waiting" | "failing";

const PAUSE_MS = 800;

export class NotesKeeper {
  #wanted: string;
  #kept: string;
  #failures = 0;
  #isSending = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** `send` puts the notes on the server and throws when it could not; `isLost` says of an error that trying again is no use. */
  constructor(
    kept: string,
    private readonly send: (notes: string) => Promise<unknown>,
    private readonly tell: (state: NotesState) => void,
    private readonly isLost: (error: unknown) => boolean = () => false,
  ) {
    this.#wanted = kept;
    this.#kept = kept;
  }

  /** Notes as they are now. */
  write(notes: string): void {
    if (notes === this.#wanted) return;
    this.#wanted = notes;
    this.tell("waiting");
    this.#soon(PAUSE_MS);
  }

  /** Send at once what was not sent yet. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#save();
  }

  /** Send no more. */
  stop(): void {
    clearTimeout(this.#timer);
  }

  #soon(milliseconds: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#save(), milliseconds);
  }

  async #save(): Promise<void> {
    if (this.#isSending || this.#wanted === this.#kept) return;
    const sent = this.#wanted;
    this.#isSending = true;
    try {
      await this.send(sent);
      this.#kept = sent;
      this.#failures = 0;
    } catch (error) {
      if (this.isLost(error)) {
        this.#kept = sent;
        this.tell("failing");
        return;
      }
      this.#failures += 1;
    } finally {
      this.#isSending = false;
    }
    if (this.#wanted === this.#kept) this.tell("saved");
    else {
      this.tell(this.#failures > 0 ? "failing" : "waiting");
      this.#soon(this.#failures > 0 ? waitOf(this.#failures, Math.random()) : PAUSE_MS);
    }
  }
}
