// A mail that is being written to a lead: kept in this browser until it is sent, so that nothing loses it.

import type { AttachmentOut, DraftTextOut } from "~/api/schema";

export type FileOfDraft = Pick<AttachmentOut, "id" | "name" | "size">;

export interface MailDraft {
  /** By it the mail is sent once, however often one tries; another one as soon as anything is changed. */
  key: string;
  subject: string;
  text: string;
  templateId: string | null;
  variantId: string | null;
  /** What the template said, before anything was changed. */
  made: { subject: string; text: string; missing: readonly string[]; fault: string | null } | null;
  /** Which of the person's addresses; null for the main one. */
  address: string | null;
  files: readonly FileOfDraft[];
}

export type Changes = Partial<Omit<MailDraft, "key">>;

export function blank(key: string): MailDraft {
  return { key, subject: "", text: "", templateId: null, variantId: null, made: null, address: null, files: [] };
}

/** The draft that was kept, or a blank one; what cannot be understood is no draft. */
export function read(kept: string, key: string): MailDraft {
  try {
    return { ...blank(key), ...(JSON.parse(kept) as Partial<MailDraft>) };
  } catch {
    return blank(key);
  }
}

/** What the template says, in the place of what stood there. */
export function fromTemplate({ template_id, variant_id, subject, text, missing, fault }: DraftTextOut): Changes {
  return {
    templateId: template_id,
    variantId: variant_id,
    subject,
    text,
    made: { subject, text, missing, fault },
  };
}

/** Whether somebody wrote or changed something in it. */
export function isWritten({ subject, text, made }: MailDraft): boolean {
  return made ? subject !== made.subject || text !== made.text : (subject + text).trim() !== "";
}

/** Whether nothing is in it that one could miss. */
export function isBlank(draft: MailDraft): boolean {
  return !isWritten(draft) && draft.templateId === null && draft.files.length === 0;
}

export function isComplete({ subject, text }: MailDraft): boolean {
  return subject.trim() !== "" && text.trim() !== "";
}
