// Noting what was done with a person who is not being worked: a note, a call, an e-mail, as it went. With an open lead
// the entry counts on that lead.

import { useMutation } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { $api, answer, api } from "~/api/client";
import { readAgain } from "~/api/query";
import type { ActivityOut, Disposition, Kind, LeadOut } from "~/api/schema";
import { Button } from "~/kit/Button";
import { SelectField, TextAreaField } from "~/kit/Field";
import { tell, tellProblem } from "~/kit/notices";
import { Panel } from "~/kit/Panel";
import { FormProblem, wrongField } from "~/kit/states";
import { useDraft } from "~/kit/useDraft";
import { useShortcuts } from "~/shell/keys";
import styles from "./LogBox.module.css";

const KINDS: readonly Kind[] = ["note", "call", "email", "meeting", "chat", "sms", "social"];
const CAME_IN = "inbound";
const NO_OUTCOME = "none";

export function LogBox({ personId, openLead }: { personId: string; openLead: LeadOut | undefined }) {
  const { t } = useTranslation();
  const draft = useDraft(`person.${personId}`);
  const area = useRef<HTMLTextAreaElement>(null);
  const [kind, setKind] = useState<Kind>("note");
  const [direction, setDirection] = useState<"outbound" | "inbound">("outbound");
  const [outcome, setOutcome] = useState<Disposition | null>(null);
  const known = $api.useQuery(
    "get",
    "/api/v1/dispositions",
    { params: { query: { limit: 200 } } },
    { staleTime: 60 * 60_000 },
  );
  const outcomes = (known.data?.items ?? []).filter((one) => one.kinds.includes(kind));

  const log = useMutation({
    mutationFn: () =>
      answer<ActivityOut>(
        api.POST("/api/v1/activities", {
          body: {
            kind,
            person_id: personId,
            body: draft.text,
            subject: "",
            data: {},
            ...(kind !== "note" && { direction }),
            ...(kind !== "note" && outcome && { disposition: outcome }),
          },
        }),
      ),
    onSuccess: (entry) => {
      draft.discard();
      setKind("note");
      setOutcome(null);
      readThis();
      tell(t("composer.logged", { what: t(`kind.${entry.kind}`) }), () => void undo(entry));
    },
  });

  function readThis(): void {
    void readAgain(["/api/v1/activities", "/api/v1/persons", "/api/v1/leads"], personId);
    void readAgain(["/api/v1/queue", "/api/v1/accounts", "/api/v1/named-lists"]);
  }

  /** Entries are never taken away: a mistaken touch becomes a note. */
  async function undo(entry: ActivityOut): Promise<void> {
    const body = { kind: "note" as const, direction: "internal" as const, disposition: null, seconds: null };
    try {
      const path = { activity_id: entry.id };
      await answer(api.POST("/api/v1/activities/{activity_id}/correct", { params: { path }, body }));
      if (entry.body) draft.write(entry.body);
      readThis();
    } catch (error) {
      tellProblem(error, t("state.unreachable"));
    }
  }

  const isEmpty = kind === "note" && !draft.text.trim();
  function send(): void {
    if (!isEmpty && !log.isPending) log.mutate();
  }
  useShortcuts([
    { keys: "e", label: t("composer.focus"), group: t("person.keys"), run: () => area.current?.focus() },
    {
      keys: "$mod+Enter",
      label: t("log.do"),
      group: t("person.keys"),
      isEverywhere: true,
      run: send,
    },
  ]);

  return (
    <Panel label={t("log.title")}>
      <div className={styles.box}>
        <TextAreaField
          label={t("composer.notes")}
          isLabelHidden
          placeholder={t("log.placeholder")}
          value={draft.text}
          onChange={draft.write}
          rows={2}
          maxLength={100_000}
          areaRef={area}
          onKeyDown={(event) => event.key === "Escape" && area.current?.blur()}
        />
        <FormProblem error={log.error} />
        <div className={styles.row}>
          <SelectField
            label={t("log.kind")}
            isLabelHidden
            value={kind}
            onChange={(id) => {
              setKind(id as Kind);
              setOutcome(null);
            }}
            choices={KINDS.map((id) => ({ id, label: t(`kind.${id}`) }))}
          />
          {kind !== "note" && (
            <SelectField
              label={t("log.direction")}
              isLabelHidden
              value={direction}
              onChange={(id) => setDirection(id === CAME_IN ? CAME_IN : "outbound")}
              choices={[
                { id: "outbound", label: t("log.outbound") },
                { id: CAME_IN, label: t("log.inbound") },
              ]}
            />
          )}
          {outcomes.length > 0 && (
            <SelectField
              label={t("log.outcome")}
              isLabelHidden
              placeholder={t("log.outcome")}
              value={outcome ?? NO_OUTCOME}
              onChange={(id) => setOutcome(id === NO_OUTCOME ? null : (id as Disposition))}
              error={wrongField(log.error, "disposition")}
              choices={[
                { id: NO_OUTCOME, label: t("log.outcome") },
                ...outcomes.map((one) => ({
                  id: one.disposition,
                  label: t(`disposition.${one.disposition}`),
                  detail: one.meaning,
                })),
              ]}
            />
          )}
          <span className={styles.spring} />
          {openLead && (
            <Link to="/leads/$leadId" params={{ leadId: openLead.id }}>
              {t("log.on_lead")}
            </Link>
          )}
          <Button onPress={send} isDisabled={isEmpty} isPending={log.isPending} keys="$mod+Enter">
            {t("log.do")}
          </Button>
        </div>
      </div>
    </Panel>
  );
}
