import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { answer, api } from "~/api/client";
import { readAgain } from "~/api/query";
import type { EndpointOut } from "~/api/schema";
import { Button } from "~/kit/Button";
import { Dialog } from "~/kit/Dialog";
import { NumberField } from "~/kit/Field";
import { FormProblem, wrongField } from "~/kit/states";

const USUAL_OVERLAP = 24;
const LONGEST_OVERLAP = 168;

/** A new signing secret, with a time in which the old one signs too. */
export function RotateDialog({
  endpoint,
  onClose,
  onRotated,
}: {
  endpoint: EndpointOut;
  onClose: () => void;
  onRotated: (secret: string) => void;
}) {
  const { t } = useTranslation();
  const [overlap, setOverlap] = useState<number | null>(USUAL_OVERLAP);
  const rotate = useMutation({
    mutationFn: () =>
      answer(
        api.POST("/api/v1/webhooks/{endpoint_id}/rotate-secret", {
          params: { path: { endpoint_id: endpoint.id } },
          body: { overlap_hours: overlap ?? 0 },
        }),
      ),
    onSuccess: (made) => {
      void readAgain(["/api/v1/webhooks"]);
      onRotated(made.secret ?? "");
    },
  });
  return (
    <Dialog
      title={t("webhooks.rotate_title")}
      isOpen
      onClose={onClose}
      onSubmit={() => rotate.mutate()}
      actions={
        <>
          <Button onPress={onClose}>{t("cancel")}</Button>
          <Button look="primary" type="submit" isPending={rotate.isPending} isDisabled={overlap === null}>
            {t("webhooks.rotate_go")}
          </Button>
        </>
      }
    >
      <p>{t("webhooks.rotate_detail")}</p>
      <NumberField
        label={t("webhooks.overlap")}
        hint={t("webhooks.overlap_hint")}
        value={overlap}
        onChange={setOverlap}
        minValue={0}
        maxValue={LONGEST_OVERLAP}
        error={wrongField(rotate.error, "overlap_hours")}
        isRequired
      />
      <FormProblem error={rotate.error} />
    </Dialog>
  );
}
