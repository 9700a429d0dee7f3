import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { $api, answer, api } from "~/api/client";
import { readAgain } from "~/api/query";
import { Button } from "~/kit/Button";
import { Dialog } from "~/kit/Dialog";
import { SelectField, TextAreaField } from "~/kit/Field";
import { tell } from "~/kit/notices";
import { FormProblem, wrongField } from "~/kit/states";

/** Why a hand-off goes back to its rep. */
export function RejectDialog({ handOffId, onClose }: { handOffId: string; onClose: () => void }) {
  const { t } = useTranslation();
  const [reason, setReason] = useState<string | null>(null);
  const [note, setNote] = useState("");
  const reasons = $api.useQuery("get", "/api/v1/reasons", { params: { query: { limit: 200 } } });
  const choices = reasons.data?.items.filter((one) => one.purpose === "reject") ?? [];
  const reject = useMutation({
    mutationFn: () =>
      answer(
        api.POST("/api/v1/hand-offs/{hand_off_id}/reject", {
          params: { path: { hand_off_id: handOffId } },
          body: { reason: reason ?? "", note },
        }),
      ),
    onSuccess: () => {
      void readAgain(["/api/v1/hand-offs", "/api/v1/leads", "/api/v1/goals", "/api/v1/kpis"]);
      tell(t("hand_off.told.reject"));
      onClose();
    },
  });
  return (
    <Dialog
      title={t("hand_off.reject_title")}
      isOpen
      onClose={onClose}
      onSubmit={() => reject.mutate()}
      actions={
        <>
          <Button onPress={onClose}>{t("cancel")}</Button>
          <Button look="danger" type="submit" isPending={reject.isPending} isDisabled={!reason}>
            {t("hand_off.reject")}
          </Button>
        </>
      }
    >
      <SelectField
        label={t("hand_off.reason")}
        value={reason}
        onChange={setReason}
        choices={choices.map((one) => ({ id: one.reason, label: one.meaning }))}
      />
      <TextAreaField
        label={t("hand_off.reject_note")}
        value={note}
        onChange={setNote}
        maxLength={2000}
        error={wrongField(reject.error, "note")}
      />
      <FormProblem error={reject.error} />
    </Dialog>
  );
}
