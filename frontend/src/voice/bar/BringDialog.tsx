// Bringing somebody into the call: a colleague whose phone is free, or a number or extension. One talks to them first, or
// puts the person through at once.

import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { $api } from "~/api/client";
import type { CallNow } from "~/api/schema";
import { useMe, useUsers } from "~/identity/session";
import { Button } from "~/kit/Button";
import { Dialog } from "~/kit/Dialog";
import { TextField } from "~/kit/Field";
import { FormProblem, Shown } from "~/kit/states";
import { type Bringing, bring } from "../calling";
import { showCall } from "../phone/phone";
import styles from "./BringDialog.module.css";

export function BringDialog({ call, onClose }: { call: CallNow; onClose: () => void }) {
  const { t } = useTranslation();
  const me = useMe();
  const users = useUsers();
  const telephone = $api.useQuery("get", "/api/v1/telephone", {}, { refetchInterval: 3_000 });
  const [typed, setTyped] = useState("");
  const [chosen, setChosen] = useState<string | null>(null);
  const wanted = typed.trim().toLocaleLowerCase();
  const here = (telephone.data?.phones ?? []).filter((one) => one.user_id !== me.id);
  const named = here
    .map((one) => ({ ...one, name: users.get(one.user_id)?.name ?? "…", role: users.get(one.user_id)?.role }))
    .filter((one) => one.name.toLocaleLowerCase().includes(wanted))
    .sort(
      (one, other) =>
        Number(one.state !== "free") - Number(other.state !== "free") || one.name.localeCompare(other.name),
    );
  const isNumber = /^[+(]?[\d\s().-]{2,}$/.test(typed.trim());
  const free = named.filter((one) => one.state === "free");
  const colleague = free.find((one) => one.user_id === chosen) ?? (isNumber ? undefined : free[0]);
  const mayBring = isNumber || colleague !== undefined;

  const bringing = useMutation({
    mutationFn: (purpose: Bringing["purpose"]) => {
      const number = isNumber ? typed.trim() : null;
      return bring(call.id, {
        purpose,
        number,
        user_ids: number || !colleague ? [] : [colleague.user_id],
        in_order: false,
      });
    },
    onSuccess: (now) => {
      showCall(now);
      onClose();
    },
  });

  return (
    <Dialog
      title={t("bring.title")}
      isOpen
      onClose={onClose}
      onSubmit={() => mayBring && !bringing.isPending && bringing.mutate("consult")}
      actions={
        <>
          <Button
            onPress={() => bringing.mutate("transfer")}
            isDisabled={!mayBring}
            isPending={bringing.isPending}
          >
            {t("bring.transfer")}
          </Button>
          <Button look="primary" type="submit" isDisabled={!mayBring} isPending={bringing.isPending}>
            {t("bring.consult")}
          </Button>
        </>
      }
    >
      <TextField
        label={t("bring.whom")}
        hint={t("bring.hint")}
        value={typed}
        onChange={setTyped}
        maxLength={200}
        autoFocus
      />
      <Shown query={telephone}>
        {() => (
          <fieldset className={styles.colleagues}>
            <legend>{t("bring.colleagues")}</legend>
            {named.length === 0 && <p className={styles.faint}>{t("bring.nobody")}</p>}
            {named.map((one) => (
              <label key={one.user_id} className={styles.colleague}>
                <input
                  type="radio"
                  name="colleague"
                  checked={!isNumber && one.user_id === colleague?.user_id}
                  disabled={one.state !== "free"}
                  onChange={() => setChosen(one.user_id)}
                />
                <span>{one.name}</span>
                <span className={styles.faint}>
                  {one.role && `${t(`role.${one.role}`)} · `}
                  {t(one.state === "free" ? "bring.free" : "bring.busy")}
                </span>
              </label>
            ))}
          </fieldset>
        )}
      </Shown>
      <FormProblem error={bringing.error} />
    </Dialog>
  );
}
