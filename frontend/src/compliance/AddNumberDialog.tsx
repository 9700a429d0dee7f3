import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { answer, api } from "~/api/client";
import { readAgain } from "~/api/query";
import type { DncNumberOut } from "~/api/schema";
import { Button } from "~/kit/Button";
import { Dialog } from "~/kit/Dialog";
import { TextField } from "~/kit/Field";
import { tell } from "~/kit/notices";
import { FormProblem, wrongField } from "~/kit/states";
import { ReasonField } from "./ReasonField";

/** Puts a number on the organisation's own do-not-call list. */
export function AddNumberDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const [number, setNumber] = useState("");
  const [reason, setReason] = useState("");
  const add = useMutation({
    mutationFn: () =>
      answer<DncNumberOut>(api.POST("/api/v1/compliance/do-not-call", { body: { number, reason } })),
    onSuccess: (added) => {
      void readAgain(["/api/v1/compliance", "/api/v1/queue"]);
      onClose();
      tell(t("compliance.added_told", { number: added.number }));
    },
  });
  return (
    <Dialog
      title={t("compliance.add_title")}
      isOpen
      onClose={onClose}
      onSubmit={() => add.mutate()}
      actions={
        <>
          <Button onPress={onClose}>{t("cancel")}</Button>
          <Button
            look="primary"
            type="submit"
            isPending={add.isPending}
            isDisabled={!number.trim() || !reason.trim()}
          >
            {t("compliance.add")}
          </Button>
        </>
      }
    >
      <TextField
        label={t("compliance.number")}
        value={number}
        onChange={setNumber}
        inputMode="tel"
        placeholder="+12125550123"
        error={wrongField(add.error, "number")}
        maxLength={60}
        autoFocus
        isRequired
      />
      <ReasonField value={reason} onChange={setReason} error={add.error} />
      <FormProblem error={add.error} />
    </Dialog>
  );
}
