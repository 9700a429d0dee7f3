// Giving many leads to somebody else at once: those chosen one by one, or all that the table's filter means.

import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { answer, api } from "~/api/client";
import { readAgain } from "~/api/query";
import type { ManyOut } from "~/api/schema";
import { count } from "~/i18n/numbers";
import { Button } from "~/kit/Button";
import { Dialog } from "~/kit/Dialog";
import { SelectField, TextAreaField } from "~/kit/Field";
import { tell } from "~/kit/notices";
import { FormProblem, wrongField } from "~/kit/states";
import { type LeadFilter, said } from "~/leads/table/filter";
import { READ_AFTER, useToldAssignees } from "./AssignDialog";
import { assigneeOf, ROUTED, useAssignees } from "./assignees";

/** Which leads: by their ids, or by what the table shows; and how many these are. */
export interface Meant {
  leads: readonly string[] | LeadFilter;
  number: number;
}

/** What the API takes at once. */
const MOST_NAMED = 1000;

type Which = { lead_ids: string[] } | { filter: never };

function parts({ leads }: Meant): Which[] {
  if (!isNamed(leads)) return [{ filter: said({ ...leads, sort: undefined }) as never }];
  const found: Which[] = [];
  for (let from = 0; from < leads.length; from += MOST_NAMED) {
    found.push({ lead_ids: leads.slice(from, from + MOST_NAMED) });
  }
  return found;
}

function isNamed(leads: Meant["leads"]): leads is readonly string[] {
  return Array.isArray(leads);
}

export function AssignManyDialog({
  meant,
  onClose,
  onAssigned,
}: {
  meant: Meant;
  onClose: () => void;
  onAssigned: () => void;
}) {
  const { t } = useTranslation();
  const [to, setTo] = useState(ROUTED);
  const [note, setNote] = useState("");
  const choices = useAssignees(useToldAssignees());

  const assign = useMutation({
    mutationFn: async () => {
      const done: ManyOut = { assigned: 0, refused: [] };
      for (const which of parts(meant)) {
        const body = { ...which, ...assigneeOf(to), note: note.trim() };
        const { assigned, refused } = await answer<ManyOut>(api.POST("/api/v1/leads/assign-many", { body }));
        done.assigned += assigned;
        done.refused.push(...refused);
      }
      return done;
    },
    onSettled: () => void readAgain(READ_AFTER),
    onSuccess: ({ assigned, refused }) => {
      tell(t("assign.done_many", { count: assigned, number: count(assigned) }));
      for (const [reason, those] of Map.groupBy(refused, (one) => one.reason)) {
        tell(t("assign.kept", { count: those.length, number: count(those.length), reason }));
      }
      onAssigned();
    },
  });

  return (
    <Dialog
      title={t("assign.title_many", { count: meant.number, number: count(meant.number) })}
      isOpen
      onClose={onClose}
      onSubmit={() => assign.mutate()}
      actions={
        <>
          <Button onPress={onClose}>{t("cancel")}</Button>
          <Button look="primary" type="submit" isPending={assign.isPending}>
            {t("assign.do")}
          </Button>
        </>
      }
    >
      <SelectField
        label={t("assign.to")}
        value={to}
        onChange={setTo}
        choices={choices}
        error={wrongField(assign.error, "user_id") ?? wrongField(assign.error, "team_id")}
      />
      <TextAreaField
        label={t("assign.note")}
        hint={t("assign.note_hint")}
        value={note}
        onChange={setNote}
        rows={2}
        maxLength={500}
        error={wrongField(assign.error, "note")}
      />
      <FormProblem error={assign.error} />
    </Dialog>
  );
}
