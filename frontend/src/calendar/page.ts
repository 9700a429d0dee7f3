// A booking page as its dialog holds it, and back.

import type { BookingPageOut, HostOut } from "~/api/schema";

/** The numbers of a page: which field of the server's each is, and the least it may be. */
export const NUMBERS = {
  minutes: { field: "minutes", least: 5 },
  notice_hours: { field: "notice_minutes", least: 0 },
  step_minutes: { field: "step_minutes", least: 5 },
  horizon_days: { field: "horizon_days", least: 1 },
  before_minutes: { field: "before_minutes", least: 0 },
  after_minutes: { field: "after_minutes", least: 0 },
  daily_limit: { field: "daily_limit", least: 1 },
} as const;

export type NumberName = keyof typeof NUMBERS;

export interface PageDraft extends Record<NumberName, number | null> {
  title: string;
  slug: string;
  campaign_id: string;
  hosts: HostOut[];
  location: string;
  welcome: string;
  consent_wording: string;
  /** Hours before the meeting, as typed: "24, 1". */
  reminders: string;
}

export function draftOf(page: BookingPageOut | null): PageDraft {
  return {
    title: page?.title ?? "",
    slug: page?.slug ?? "",
    campaign_id: page?.campaign_id ?? "",
    hosts: page?.hosts ?? [],
    location: page?.location ?? "",
    welcome: page?.welcome ?? "",
    consent_wording: page?.consent_wording ?? "",
    reminders: (page?.reminder_minutes ?? [1440, 60]).map((one) => one / 60).join(", "),
    minutes: page?.minutes ?? 30,
    notice_hours: (page?.notice_minutes ?? 240) / 60,
    step_minutes: page?.step_minutes ?? 30,
    horizon_days: page?.horizon_days ?? 30,
    before_minutes: page?.before_minutes ?? 0,
    after_minutes: page?.after_minutes ?? 0,
    daily_limit: page?.daily_limit ?? null,
  };
}

/** What is sent; the server says what of it does not do. */
export function pageOf(draft: PageDraft) {
  const { title, slug, campaign_id, location, welcome, consent_wording, daily_limit } = draft;
  return {
    title,
    slug,
    campaign_id,
    location,
    welcome,
    consent_wording,
    daily_limit,
    minutes: draft.minutes ?? 0,
    notice_minutes: Math.round((draft.notice_hours ?? 0) * 60),
    step_minutes: draft.step_minutes ?? 0,
    horizon_days: draft.horizon_days ?? 0,
    before_minutes: draft.before_minutes ?? 0,
    after_minutes: draft.after_minutes ?? 0,
    reminder_minutes: draft.reminders
      .split(/[\s,;]+/)
      .filter(Boolean)
      .map((one) => Math.round(Number(one.replace(",", ".")) * 60))
      .filter((one) => Number.isFinite(one)),
  };
}

/** An address made of a title: "Half an hour with Adá" is "half-an-hour-with-ada". */
export function slugOf(title: string): string {
  return title
    .normalize("NFD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 60);
}
