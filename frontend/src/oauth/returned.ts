// What a provider sent the browser back with, as the address has it.

import type { SignInPurpose } from "~/api/schema";

export interface Returned {
  state: string;
  code: string;
  error: string;
  error_description: string;
}

/** The router reads values as JSON, so a code of digits comes as a number; what is none of ours is left out. */
export function returnedOf(search: Record<string, unknown>): Returned {
  const text = (name: string) => {
    const value = search[name];
    return typeof value === "string" ? value : typeof value === "number" ? String(value) : "";
  };
  return {
    state: text("state"),
    code: text("code"),
    error: text("error"),
    error_description: text("error_description"),
  };
}

/** What the sign-in was for: the part of its state that stands in clear. */
export function purposeOf(state: string): SignInPurpose {
  return state.startsWith("calendar.") ? "calendar" : "mail";
}
