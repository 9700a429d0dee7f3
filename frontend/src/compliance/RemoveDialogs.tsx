// Taking a number, a whole list or whatever else away: with a reason, which is kept.

import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { answer, api, ifMatch } from "~/api/client";
import { readAgain } from "~/api/query";
import type { DncListOut, DncNumberOut } from "~/api/schema";
import { Button } from "~/kit/Button";
import { Dialog } from "~/kit/Dialog";
import { tell } from "~/kit/notices";
import { FormProblem } from "~/kit/states";
import { ReasonField } from "./ReasonField";

export function RemoveNumberDialog({ number, onClose }: { number: DncNumberOut; onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <RemoveDialog
      title={t("compliance.remove_of", { number: number.number })}
      detail={t("compliance.remove_detail")}
      done={t("compliance.removed_told", { number: number.number })}
      onClose={onClose}
      remove={(reason) => {
        const params = {
          path: { number: number.number },
          query: { reason },
          header: ifMatch(number.version),
        };
        return answer(api.DELETE("/api/v1/compliance/do-not-call/{number}", { params }));
      }}
    />
  );
}

export function RemoveListDialog({ list, onClose }: { list: DncListOut; onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <RemoveDialog
      title={t("compliance.remove_list_of", { name: list.name })}
      detail={t("compliance.remove_list_detail")}
      done={t("compliance.removed_told", { number: list.name })}
      onClose={onClose}
      remove={(reason) => {
        const params = { path: { list_id: list.id }, query: { reason }, header: ifMatch(list.version) };
        return answer(api.DELETE("/api/v1/compliance/do-not-call/lists/{list_id}", { params }));
      }}
    />
  );
}

export function RemoveDialog({
  title,
  detail,
  done,
  onClose,
  remove,
}: {
  title: string;
  detail: string;
  done: string;
  onClose: () => void;
  remove: (reason: string) => Promise<unknown>;
}) {
  const { t } = useTranslation();
  const [reason, setReason] = useState("");
  const removing = useMutation({
    mutationFn: () => remove(reason),
    onSuccess: () => {
      void readAgain(["/api/v1/compliance", "/api/v1/queue"]);
      onClose();
      tell(done);
    },
  });
  return (
    <Dialog
      title={title}
      isOpen
      onClose={onClose}
      onSubmit={() => removing.mutate()}
      actions={
        <>
          <Button onPress={onClose}>{t("cancel")}</Button>
          <Button look="danger" type="submit" isPending={removing.isPending} isDisabled={!reason.trim()}>
            {t("compliance.remove")}
          </Button>
        </>
      }
    >
      <p>{detail}</p>
      <ReasonField value={reason} onChange={setReason} error={removing.error} isFirst />
      <FormProblem error={removing.error} />
    </Dialog>
  );
}
