// New criteria: from BANT, CHAMP or MEDDICC as we have them ready, or one's own.

import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { $api, answer, api } from "~/api/client";
import { readAgain } from "~/api/query";
import type { CriteriaOut } from "~/api/schema";
import { Button } from "~/kit/Button";
import { Dialog } from "~/kit/Dialog";
import { SelectField, TextField } from "~/kit/Field";
import { FormProblem, wrongField } from "~/kit/states";
import { newQuestion, writeCriteria } from "./draft";
import styles from "./NewCriteriaDialog.module.css";

const READY_MADE = ["BANT", "CHAMP", "MEDDICC"] as const;
const OWN = "own";

export function NewCriteriaDialog({
  onClose,
  onMade,
}: {
  onClose: () => void;
  onMade: (criteria: CriteriaOut) => void;
}) {
  const { t } = useTranslation();
  const [from, setFrom] = useState<(typeof READY_MADE)[number] | typeof OWN>("BANT");
  const [name, setName] = useState("");
  const [question, setQuestion] = useState("");
  const ready = $api.useQuery(
    "get",
    "/api/v1/criteria/ready-made/{framework}",
    { params: { path: { framework: from } } },
    { enabled: from !== OWN, staleTime: Infinity },
  );

  const make = useMutation({
    mutationFn: () => {
      if (from !== OWN) {
        const body = { framework: from, name: name.trim() || null };
        return answer<CriteriaOut>(api.POST("/api/v1/criteria/from-ready-made", { body }));
      }
      const first = { ...newQuestion("yes_no"), text: question };
      const agreement = writeCriteria({ questions: [first], minimumPoints: 0, framework: OWN, agreedWith: "" });
      return answer<CriteriaOut>(api.POST("/api/v1/criteria", { body: { ...agreement, name: name.trim() } }));
    },
    onSuccess: (made) => {
      void readAgain(["/api/v1/criteria"]);
      onClose();
      onMade(made);
    },
  });

  return (
    <Dialog
      title={t("criteria.add")}
      isOpen
      onClose={onClose}
      onSubmit={() => make.mutate()}
      actions={
        <>
          <Button onPress={onClose}>{t("cancel")}</Button>
          <Button look="primary" type="submit" isPending={make.isPending}>
            {t("criteria.draft")}
          </Button>
        </>
      }
    >
      <SelectField
        label={t("criteria.from")}
        value={from}
        onChange={(chosen) => setFrom(chosen as typeof from)}
        choices={[
          ...READY_MADE.map((id) => ({ id, label: id, detail: t(`criteria.ready.${id}`) })),
          { id: OWN, label: t("criteria.own"), detail: t("criteria.own_detail") },
        ]}
      />
      <TextField
        label={t("criteria.name")}
        hint={t("criteria.name_hint")}
        value={name}
        onChange={setName}
        placeholder={from === OWN ? "" : from}
        error={wrongField(make.error, "name")}
        maxLength={100}
        isRequired={from === OWN}
      />
      {from === OWN ? (
        <TextField
          label={t("criteria.first_question")}
          value={question}
          onChange={setQuestion}
          error={wrongField(make.error, "text")}
          maxLength={1000}
          isRequired
        />
      ) : (
        ready.data && (
          <ol className={styles.questions} aria-label={t("criteria.questions_of", { name: from })}>
            {ready.data.questions.map((one) => (
              <li key={one.key}>{one.text}</li>
            ))}
          </ol>
        )
      )}
      <FormProblem error={make.error} />
    </Dialog>
  );
}
