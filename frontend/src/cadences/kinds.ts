// The kinds of steps: their pictures, in the order in which they are offered, and how a delay is told.

import { Clock, Contact, Mail, MailPlus, MessageSquareText, Phone, type LucideIcon } from "lucide-react";
import type { TFunction } from "i18next";
import type { StepKind } from "~/api/schema";

export const KINDS: readonly StepKind[] = ["email", "call", "manual_email", "sms", "linkedin", "wait"];

export const ICONS: Record<StepKind, LucideIcon> = {
  email: Mail,
  manual_email: MailPlus,
  call: Phone,
  sms: MessageSquareText,
  linkedin: Contact,
  wait: Clock,
};

/** `2 working days later`. */
export function delayTold(t: TFunction, amount: number, unit: "minutes" | "days"): string {
  return amount === 0 ? t("cadences.when.at_once") : t(`cadences.when.${unit}`, { count: amount });
}
