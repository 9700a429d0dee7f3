// Giving one lead to somebody else: a rep, a team's pool, or whoever routing chooses; why, and a way back.

import { useMutation } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { $api, answer, api } from "~/api/client";
import { readAgain } from "~/api/query";
import type { LeadOut } from "~/api/schema";
import { count } from "~/i18n/numbers";
import { useTeams, useUsers } from "~/identity/session";
import { Button } from "~/kit/Button";
import { Dialog } from "~/kit/Dialog";
import { SelectField, TextAreaField } from "~/kit/Field";
import { tell, tellProblem } from "~/kit/notices";
import { FormProblem, wrongField } from "~/kit/states";
import { assigneeOf, ROUTED, useAssignees } from "./assignees";

export interface Assigned {
  lead_id: string;
  person_name: string | null;
  owner_id: string | null;
  team_id: string | null;
}

export const READ_AFTER = ["/api/v1/leads", "/api/v1/promises", "/api/v1/queue", "/api/v1/routing"];

export function AssignDialog({ lead, onClose }: { lead: Assigned; onClose: () => void }) {
  const { t } = useTranslation();
  const users = useUsers();
  const teams = useTeams();
  const [to, setTo] = useState(ROUTED);
  const [note, setNote] = useState("");
  const params = { path: { lead_id: lead.lead_id } };
  const name = lead.person_name ?? t("lead.nameless");
  const told = useToldAssignees();
  const choices = useAssignees(told).filter((one) => one.id !== `user:${lead.owner_id}`);
  const rehearsed = $api.useQuery(
    "get",
    "/api/v1/leads/{lead_id}/routing",
    { params },
    { enabled: to === ROUTED, staleTime: 0 },
  );
  const why = rehearsed.data?.explanation.text;

  const assign = useMutation({
    mutationFn: () =>
      answer<LeadOut>(
        api.POST("/api/v1/leads/{lead_id}/assign", { params, body: { ...assigneeOf(to), note: note.trim() } }),
      ),
    onSuccess: (given) => {
      void readAgain(READ_AFTER);
      const whom = (given.owner_id && users.get(given.owner_id)?.name) ?? teamName(given.team_id);
      tell(t("assign.done", { name, whom }), lead.owner_id || lead.team_id ? () => void giveBack() : undefined);
      onClose();
    },
  });

  function teamName(id: string | null): string {
    const team = id ? teams.get(id)?.name : undefined;
    return team ? t("assign.pool", { team }) : t("assign.nobody");
  }

  async function giveBack(): Promise<void> {
    try {
      const before = lead.owner_id ? { user_id: lead.owner_id } : { team_id: lead.team_id };
      const body = { user_id: null, team_id: null, ...before, note: t("assign.undone") };
      await answer(api.POST("/api/v1/leads/{lead_id}/assign", { params, body }));
      await readAgain(READ_AFTER);
    } catch (error) {
      tellProblem(error, t("state.unreachable"));
    }
  }

  return (
    <Dialog
      title={t("assign.title", { name })}
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
        hint={to === ROUTED && typeof why === "string" ? why : undefined}
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

/** How the choices of whom to give leads to are written. */
export function useToldAssignees(): Parameters<typeof useAssignees>[0] {
  const { t } = useTranslation();
  return useMemo(
    () => ({
      routed: t("assign.routed"),
      pool: (team) => t("assign.pool", { team }),
      load: (one) => {
        const load =
          one.capacity === null
            ? t("members.load", { count: one.load })
            : t("members.load_of", { load: count(one.load), capacity: count(one.capacity) });
        return one.is_away ? `${t("members.away")} · ${load}` : load;
      },
    }),
    [t],
  );
}
