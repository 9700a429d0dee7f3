import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { answer, api, ifMatch } from "~/api/client";
import { readAgain } from "~/api/query";
import type { AbsenceOut } from "~/api/schema";
import { day } from "~/i18n/time";
import { zoneLabel } from "~/i18n/zones";
import { Button } from "~/kit/Button";
import { ComboField } from "~/kit/ComboField";
import { Dialog } from "~/kit/Dialog";
import { TextField } from "~/kit/Field";
import { tell, tellProblem } from "~/kit/notices";
import { FormProblem, wrongField } from "~/kit/states";
import { useMay, useMe, useUsers } from "../session";
import styles from "./AbsenceDialog.module.css";
import { spanOf } from "./span";

/** Notes that somebody is away; whoever looks after others' absences chooses who. */
export function AbsenceDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const me = useMe();
  const users = useUsers();
  const mayAll = useMay("leads:assign");
  const [who, setWho] = useState(me.id);
  const [first, setFirst] = useState("");
  const [last, setLast] = useState("");
  const [reason, setReason] = useState("");
  const somebody = users.get(who) ?? me;

  async function takeBack(added: AbsenceOut): Promise<void> {
    try {
      const params = { path: { absence_id: added.id }, header: ifMatch(added.version) };
      await answer(api.DELETE("/api/v1/absences/{absence_id}", { params }));
      void readAgain(["/api/v1/absences"]);
    } catch (error) {
      tellProblem(error, t("state.unreachable"));
    }
  }

  const add = useMutation({
    mutationFn: () => {
      const body = { user_id: who, reason, ...spanOf(first, last || first, somebody.time_zone) };
      return answer<AbsenceOut>(api.POST("/api/v1/absences", { body }));
    },
    onSuccess: (added) => {
      void readAgain(["/api/v1/absences"]);
      onClose();
      const told = { name: somebody.name, from: day(first), to: day(last || first) };
      tell(t("absences.added", told), () => void takeBack(added));
    },
  });

  return (
    <Dialog
      title={t("absences.add")}
      isOpen
      onClose={onClose}
      onSubmit={() => add.mutate()}
      actions={
        <>
          <Button onPress={onClose}>{t("cancel")}</Button>
          <Button look="primary" type="submit" isPending={add.isPending} isDisabled={!who || !first}>
            {t("save")}
          </Button>
        </>
      }
    >
      <p>{t("absences.detail")}</p>
      {mayAll && (
        <ComboField
          label={t("absences.who")}
          value={who}
          onChange={setWho}
          choices={[...users.values()]
            .filter((one) => one.is_active)
            .map((one) => ({ id: one.id, label: one.name }))}
          error={wrongField(add.error, "user_id")}
          isRequired
        />
      )}
      <div className={styles.days}>
        <TextField
          label={t("absences.first")}
          type="date"
          value={first}
          onChange={(typed) => {
            setFirst(typed);
            if (!last || last < typed) setLast(typed);
          }}
          error={wrongField(add.error, "starts_at")}
          autoFocus
          isRequired
        />
        <TextField
          label={t("absences.last")}
          type="date"
          min={first}
          value={last}
          onChange={setLast}
          error={wrongField(add.error, "ends_at")}
        />
      </div>
      <p className={styles.hint}>{t("absences.days_hint", { zone: zoneLabel(somebody.time_zone) })}</p>
      <TextField
        label={t("absences.reason")}
        hint={t("absences.reason_hint")}
        value={reason}
        onChange={setReason}
        error={wrongField(add.error, "reason")}
        maxLength={200}
      />
      <FormProblem error={add.error} />
    </Dialog>
  );
}
