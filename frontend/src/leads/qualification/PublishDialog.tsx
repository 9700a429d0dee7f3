// Putting criteria in force: an agreement with sales, so it names who agreed.

import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { $api, answer, api } from "~/api/client";
import { readAgain } from "~/api/query";
import type { CriteriaOut } from "~/api/schema";
import { Button } from "~/kit/Button";
import { Dialog } from "~/kit/Dialog";
import { TextField } from "~/kit/Field";
import { tell } from "~/kit/notices";
import { FormProblem, wrongField } from "~/kit/states";

export function PublishDialog({ criteria, onClose }: { criteria: CriteriaOut; onClose: () => void }) {
  const { t } = useTranslation();
  const [agreedWith, setAgreedWith] = useState(criteria.agreed_with);
  const inForce = $api.useQuery("get", "/api/v1/criteria", {
    params: { query: { status: "published", limit: 1 } },
  }).data?.items[0];
  const publish = useMutation({
    mutationFn: () =>
      answer(
        api.POST("/api/v1/criteria/{criteria_id}/publish", {
          params: { path: { criteria_id: criteria.id } },
          body: { agreed_with: agreedWith.trim(), version: criteria.version },
        }),
      ),
    onSuccess: () => {
      void readAgain(["/api/v1/criteria", "/api/v1/leads/{lead_id}/qualification"]);
      tell(t("criteria.published", { name: criteria.name }));
      onClose();
    },
  });
  return (
    <Dialog
      title={t("criteria.publish_title", { name: criteria.name, edition: criteria.edition })}
      isOpen
      onClose={onClose}
      onSubmit={() => publish.mutate()}
      actions={
        <>
          <Button onPress={onClose}>{t("cancel")}</Button>
          <Button look="primary" type="submit" isPending={publish.isPending}>
            {t("criteria.publish")}
          </Button>
        </>
      }
    >
      <p>{t("criteria.publish_detail")}</p>
      {inForce && (
        <p>
          {t("criteria.retires", {
            what: t("qualification.edition", { name: inForce.name, edition: inForce.edition }),
          })}
        </p>
      )}
      <TextField
        label={t("criteria.agreed_with")}
        value={agreedWith}
        onChange={setAgreedWith}
        placeholder={t("criteria.agreed_with_example")}
        error={wrongField(publish.error, "agreed_with")}
        maxLength={200}
        autoFocus
        isRequired
      />
      <FormProblem error={publish.error} />
    </Dialog>
  );
}
