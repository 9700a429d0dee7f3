// Handing a qualified lead to an AE: whose turn it is, live or at a time, with a note; the briefing writes itself.

import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { answer, api } from "~/api/client";
import { readAgain } from "~/api/query";
import type { HandOffOut, LeadOut, NewHandOff, PersonOut } from "~/api/schema";
import { moment, zoneName } from "~/i18n/time";
import { useMay, useUsers } from "~/identity/session";
import { Button } from "~/kit/Button";
import { Dialog } from "~/kit/Dialog";
import { SelectField, TextAreaField, TextField } from "~/kit/Field";
import { tell } from "~/kit/notices";
import { FormProblem, wrongField } from "~/kit/states";
import { inZone } from "~/leads/lead/moments";

const ROUTED = "routed";

export function HandOffDialog({
  lead,
  person,
  onClose,
}: {
  lead: LeadOut;
  person: PersonOut;
  onClose: () => void;
}) {
  const { t } = useTranslation();
  const users = useUsers();
  const mayOverride = useMay("criteria:write");
  const [mode, setMode] = useState<NewHandOff["mode"]>("live");
  const [ae, setAe] = useState(ROUTED);
  const [meeting, setMeeting] = useState("");
  const [note, setNote] = useState("");
  const [override, setOverride] = useState("");
  const path = { lead_id: lead.id };
  const needsOverride = lead.verdict !== "in";
  const aes = [...users.values()].filter((one) => one.role === "ae" && one.is_active);

  const handOff = useMutation({
    mutationFn: () => {
      const [year = 0, month = 0, day = 0, hour = 0, minute = 0] = meeting.split(/\D/).map(Number);
      const body: NewHandOff = {
        mode,
        note,
        ae_id: ae === ROUTED ? null : ae,
        meeting_at:
          mode === "scheduled" && meeting
            ? inZone(year, month, day, hour, minute, lead.time_zone).toISOString()
            : null,
        ...(needsOverride && override && { override }),
      };
      return answer<HandOffOut>(api.POST("/api/v1/leads/{lead_id}/hand-off", { params: { path }, body }));
    },
    onSuccess: (made) => {
      void readAgain(["/api/v1/leads", "/api/v1/queue", "/api/v1/hand-offs", "/api/v1/goals"]);
      tell(t("hand_off.done", { ae: users.get(made.ae_id)?.name ?? "" }), () => void withdraw(made));
      onClose();
    },
  });

  async function withdraw(made: HandOffOut): Promise<void> {
    const sent = { params: { path: { hand_off_id: made.id } }, body: { note: "" } };
    await answer(api.POST("/api/v1/hand-offs/{hand_off_id}/withdraw", sent));
    await readAgain(["/api/v1/leads", "/api/v1/queue", "/api/v1/hand-offs", "/api/v1/goals"]);
  }

  return (
    <Dialog
      title={t("hand_off.title", { name: person.full_name ?? "" })}
      isOpen
      onClose={onClose}
      onSubmit={() => handOff.mutate()}
      actions={
        <>
          <Button onPress={onClose}>{t("cancel")}</Button>
          <Button look="primary" type="submit" isPending={handOff.isPending} autoFocus>
            {t("hand_off.do")}
          </Button>
        </>
      }
    >
      <SelectField
        label={t("hand_off.to")}
        value={ae}
        onChange={setAe}
        choices={[
          { id: ROUTED, label: t("hand_off.routed") },
          ...aes.map((one) => ({ id: one.id, label: one.name, detail: zoneName(one.time_zone) })),
        ]}
      />
      <SelectField
        label={t("hand_off.mode")}
        value={mode}
        onChange={(chosen) => setMode(chosen as NewHandOff["mode"])}
        choices={[
          { id: "live", label: t("hand_off.live"), detail: t("hand_off.live_detail") },
          { id: "scheduled", label: t("hand_off.scheduled"), detail: t("hand_off.scheduled_detail") },
        ]}
      />
      {mode === "scheduled" && (
        <TextField
          label={t("hand_off.when", { zone: zoneName(lead.time_zone) })}
          hint={meeting ? moment(meeting) : undefined}
          type="datetime-local"
          value={meeting}
          onChange={setMeeting}
          error={wrongField(handOff.error, "meeting_at")}
          isRequired
        />
      )}
      <TextAreaField label={t("hand_off.note")} value={note} onChange={setNote} rows={2} maxLength={2000} />
      {needsOverride && mayOverride && (
        <TextField
          label={t("hand_off.override")}
          hint={t("hand_off.override_detail")}
          value={override}
          onChange={setOverride}
          error={wrongField(handOff.error, "override")}
        />
      )}
      <FormProblem error={handOff.error} />
    </Dialog>
  );
}
