// Giving a lead back to marketing, or qualifying it out: an agreed reason by its digit, a note if there is more to say.

import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { $api, answer, api } from "~/api/client";
import { readAgain } from "~/api/query";
import type { LeadOut } from "~/api/schema";
import { Button, Kbd } from "~/kit/Button";
import { Dialog } from "~/kit/Dialog";
import { TextAreaField, TextField } from "~/kit/Field";
import { tell } from "~/kit/notices";
import { FormProblem, Shown, wrongField } from "~/kit/states";
import { useDigits } from "~/shell/keys";
import styles from "./CloseDialog.module.css";

const RECYCLE_DAYS = 90;

function inDays(days: number): string {
  return new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
}

export function CloseDialog({
  lead,
  purpose,
  onClose,
  onDone,
}: {
  lead: LeadOut;
  purpose: "recycle" | "disqualify";
  onClose: () => void;
  onDone: () => void;
}) {
  const { t } = useTranslation();
  const [note, setNote] = useState("");
  const [until, setUntil] = useState(() => inDays(RECYCLE_DAYS));
  const reasons = $api.useQuery("get", "/api/v1/reasons", { params: { query: { limit: 200 } } });
  const own = reasons.data?.items.filter((one) => one.purpose === purpose) ?? [];
  const path = { lead_id: lead.id };
  const closing = useMutation({
    mutationFn: (reason: string) =>
      purpose === "recycle"
        ? answer(api.POST("/api/v1/leads/{lead_id}/recycle", { params: { path }, body: { reason, note, until } }))
        : answer(api.POST("/api/v1/leads/{lead_id}/disqualify", { params: { path }, body: { reason, note } })),
    onSuccess: () => {
      void readAgain(["/api/v1/leads", "/api/v1/queue", "/api/v1/goals"]);
      tell(t(`${purpose}.done`), () => void reopen());
      onClose();
      onDone();
    },
  });

  async function reopen(): Promise<void> {
    await answer(api.POST("/api/v1/leads/{lead_id}/reopen", { params: { path }, body: {} }));
    await readAgain(["/api/v1/leads", "/api/v1/queue", "/api/v1/goals"]);
  }

  useDigits((place) => {
    const chosen = own[place];
    if (chosen && !closing.isPending) closing.mutate(chosen.reason);
  });

  return (
    <Dialog title={t(`${purpose}.title`)} isOpen onClose={onClose}>
      <FormProblem error={closing.error} />
      <Shown query={reasons}>
        {() => (
          <div className={styles.reasons}>
            {own.map((one, place) => (
              <button
                key={one.reason}
                type="button"
                className={styles.reason}
                autoFocus={place === 0}
                disabled={closing.isPending}
                onClick={() => closing.mutate(one.reason)}
              >
                {place < 9 && <Kbd keys={String(place + 1)} />} {one.meaning}
              </button>
            ))}
          </div>
        )}
      </Shown>
      {purpose === "recycle" && (
        <TextField
          label={t("recycle.until")}
          type="date"
          value={until}
          onChange={setUntil}
          min={inDays(1)}
          error={wrongField(closing.error, "until")}
        />
      )}
      <TextAreaField label={t("close_lead.note")} value={note} onChange={setNote} rows={2} maxLength={2000} />
      <Button onPress={onClose}>{t("cancel")}</Button>
    </Dialog>
  );
}
