import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "~/kit/Button";
import { Dialog } from "~/kit/Dialog";
import { SelectField } from "~/kit/Field";
import { Empty, FormProblem, Loading } from "~/kit/states";
import { usePublished } from "./data";

/** Asks into which cadence, the first unless another is chosen, and enrols there. */
export function EnrolForm({
  title,
  enrol,
  onClose,
}: {
  title: string;
  enrol: { mutate: (cadenceId: string) => void; isPending: boolean; error: unknown };
  onClose: () => void;
}) {
  const { t } = useTranslation();
  const published = usePublished();
  const [chosen, setChosen] = useState<string | null>(null);
  const cadenceId = chosen ?? published?.[0]?.id ?? null;
  return (
    <Dialog
      title={title}
      isOpen
      onClose={onClose}
      onSubmit={() => cadenceId && enrol.mutate(cadenceId)}
      actions={
        <>
          <Button onPress={onClose}>{t("cancel")}</Button>
          <Button look="primary" type="submit" isPending={enrol.isPending} isDisabled={!cadenceId}>
            {t("cadences.enrol")}
          </Button>
        </>
      }
    >
      {!published ? (
        <Loading rows={1} />
      ) : published.length === 0 ? (
        <Empty title={t("cadences.no_cadences")} />
      ) : (
        <SelectField
          label={t("cadences.cadence")}
          value={cadenceId}
          onChange={setChosen}
          choices={published.map((one) => ({ id: one.id, label: one.name }))}
        />
      )}
      <FormProblem error={enrol.error} />
    </Dialog>
  );
}
