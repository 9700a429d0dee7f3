// The briefing as the server keeps it with a hand-off (leads/hand_off/briefing.py), for the screens that show it.

import type { HandOffOut } from "~/api/schema";

export interface Brief {
  who: {
    name: string;
    title: string | null;
    company: string | null;
    place: string | null;
    emails: string[];
    phones: string[];
    time_zone: string;
    domain: string | null;
    industry: string | null;
    employees: number | null;
  };
  why_now: string[];
  criteria: string | null;
  answers: { question: string; answer: string; note: string; evidence: { at: string; excerpt: string } | null }[];
  open_questions: string[];
  history: { at: string; text: string }[];
  next_step: string;
  note: string;
  override: string | null;
}

export function briefOf(handOff: HandOffOut): Brief {
  return handOff.briefing as unknown as Brief;
}
