import { useMutation } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { answer, api } from "~/api/client";
import { readAgain } from "~/api/query";
import type { FormOut } from "~/api/schema";
import { CampaignField } from "~/intake/CampaignField";
import { Button } from "~/kit/Button";
import { Dialog } from "~/kit/Dialog";
import { TextField } from "~/kit/Field";
import { FormProblem, wrongField } from "~/kit/states";

/** Adds a form that asks what forms usually ask; what it asks is then changed on its page. */
export function NewFormDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [name, setName] = useState("");
  const [campaign, setCampaign] = useState("");
  const add = useMutation({
    mutationFn: () => {
      const body = { name, campaign_id: campaign, consent_wording: "", thanks: t("forms.thanks_usual") };
      return answer<FormOut>(api.POST("/api/v1/forms", { body }));
    },
    onSuccess: (added) => {
      void readAgain(["/api/v1/forms"]);
      void navigate({ to: "/settings/forms/$formId", params: { formId: added.id } });
    },
  });
  return (
    <Dialog
      title={t("forms.add")}
      isOpen
      onClose={onClose}
      onSubmit={() => add.mutate()}
      actions={
        <>
          <Button onPress={onClose}>{t("cancel")}</Button>
          <Button look="primary" type="submit" isPending={add.isPending} isDisabled={!name.trim() || !campaign}>
            {t("doors.add")}
          </Button>
        </>
      }
    >
      <TextField
        label={t("doors.name")}
        hint={t("forms.name_hint")}
        value={name}
        onChange={setName}
        error={wrongField(add.error, "name")}
        maxLength={200}
        autoFocus
        isRequired
      />
      <CampaignField value={campaign} onChange={setCampaign} error={wrongField(add.error, "campaign_id")} />
      <p>{t("forms.begins_with")}</p>
      <FormProblem error={add.error} />
    </Dialog>
  );
}
