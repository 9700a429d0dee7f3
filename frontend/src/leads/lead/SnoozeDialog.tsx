import { useMutation } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { answer, api } from "~/api/client";
import { readAgain } from "~/api/query";
import type { LeadOut } from "~/api/schema";
import { moment } from "~/i18n/time";
import { Dialog } from "~/kit/Dialog";
import { tell } from "~/kit/notices";
import { FormProblem } from "~/kit/states";
import { LaterChoices } from "./LaterChoices";

/** Put a lead off: it is not offered before. */
export function SnoozeDialog({
  lead,
  onClose,
  onDone,
}: {
  lead: LeadOut;
  onClose: () => void;
  onDone: () => void;
}) {
  const { t } = useTranslation();
  const path = { lead_id: lead.id };
  const snooze = useMutation({
    mutationFn: (until: string) =>
      answer(api.POST("/api/v1/leads/{lead_id}/snooze", { params: { path }, body: { until } })),
    onSuccess: (_, until) => {
      void readAgain(["/api/v1/leads", "/api/v1/queue"]);
      tell(t("snooze.done", { when: moment(until) }));
      onClose();
      onDone();
    },
  });
  return (
    <Dialog title={t("snooze.title")} isOpen onClose={onClose}>
      <FormProblem error={snooze.error} />
      <LaterChoices zone={lead.time_zone} onChosen={(at) => snooze.mutate(at)} />
    </Dialog>
  );
}
