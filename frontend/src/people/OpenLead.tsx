// Opening an outbound lead on a person: at once for oneself; who may assign says whose it shall be.

import { useMutation } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Play } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { answer, api } from "~/api/client";
import { readAgain } from "~/api/query";
import type { LeadOut } from "~/api/schema";
import { useMay, useMe } from "~/identity/session";
import { Button } from "~/kit/Button";
import { Dialog } from "~/kit/Dialog";
import { tell, tellProblem } from "~/kit/notices";
import { FormProblem, wrongField } from "~/kit/states";
import { RepField } from "~/leads/RepField";

/** Opens the lead and shows it. */
export function useOpenLead(personId: string, onOpened?: () => void) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  return useMutation({
    mutationFn: (repId: string | null) =>
      answer<LeadOut>(
        api.POST("/api/v1/leads", { body: { person_id: personId, ...(repId && { rep_id: repId }) } }),
      ),
    onSuccess: async (lead) => {
      onOpened?.();
      void readAgain(["/api/v1/leads", "/api/v1/queue", "/api/v1/accounts", "/api/v1/named-lists"]);
      tell(t("open_lead.done"));
      await navigate({ to: "/leads/$leadId", params: { leadId: lead.id } });
    },
  });
}

export function OpenLead({
  personId,
  name,
  isQuiet = false,
  keys,
}: {
  personId: string;
  name: string;
  isQuiet?: boolean;
  keys?: string;
}) {
  const { t } = useTranslation();
  const me = useMe();
  const mayAssign = useMay("leads:assign");
  const [isAsking, setAsking] = useState(false);
  const open = useOpenLead(personId);
  const needsAsking = mayAssign || me.role !== "rep";

  function press(): void {
    if (needsAsking) setAsking(true);
    else open.mutate(null, { onError: (error) => tellProblem(error, t("state.unreachable")) });
  }

  return (
    <>
      <Button
        look={isQuiet ? "quiet" : "primary"}
        {...(keys && { keys })}
        onPress={press}
        isPending={open.isPending}
        aria-label={t("open_lead.with", { name })}
      >
        {!isQuiet && <Play size={14} aria-hidden="true" />} {t("open_lead.do")}
      </Button>
      {isAsking && <OpenLeadDialog personId={personId} name={name} onClose={() => setAsking(false)} />}
    </>
  );
}

export function OpenLeadDialog({
  personId,
  name,
  onClose,
}: {
  personId: string;
  name: string;
  onClose: () => void;
}) {
  const { t } = useTranslation();
  const me = useMe();
  const [rep, setRep] = useState<string | null>(me.role === "rep" || me.role === "manager" ? me.id : null);
  const open = useOpenLead(personId, onClose);
  return (
    <Dialog
      title={t("open_lead.with", { name })}
      isOpen
      onClose={onClose}
      onSubmit={() => open.mutate(rep)}
      actions={
        <>
          <Button onPress={onClose}>{t("cancel")}</Button>
          <Button look="primary" type="submit" isPending={open.isPending} isDisabled={!rep}>
            {t("open_lead.do")}
          </Button>
        </>
      }
    >
      <RepField value={rep} onChange={setRep} error={wrongField(open.error, "rep_id")} />
      <FormProblem error={open.error} />
    </Dialog>
  );
}
