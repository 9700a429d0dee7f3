// When a real lead would be touched by this plan, reckoned by the server as one writes: on the person's own clock.

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { answer, api, Problem } from "~/api/client";
import type { Ending, RowOut, TimelineOut } from "~/api/schema";
import { moment, OWN_ZONE, zoneName } from "~/i18n/time";
import { Panel } from "~/kit/Panel";
import { Failed, Loading } from "~/kit/states";
import { useSettled } from "~/kit/useSettled";
import { LeadFinder } from "~/leads/LeadFinder";
import styles from "./cadences.module.css";
import { type StepDraft, writtenSteps } from "./draft";
import { ICONS } from "./kinds";

interface Props {
  cadenceId: string;
  steps: readonly StepDraft[];
  endsOn: readonly Ending[];
}

export function Timeline(props: Props) {
  const { t } = useTranslation();
  const [lead, setLead] = useState<RowOut | null>(null);
  return (
    <Panel title={t("cadences.timeline")}>
      <div className={styles.stack}>
        <LeadFinder
          lead={lead}
          onChange={setLead}
          label={t("cadences.timeline_for")}
          hint={t("cadences.timeline_hint")}
          told={(name) => name}
          another={t("cadences.timeline_clear")}
        />
        {lead && <Dates {...props} lead={lead} />}
      </div>
    </Panel>
  );
}

function Dates({ cadenceId, steps, endsOn, lead }: Props & { lead: RowOut }) {
  const { t } = useTranslation();
  const wanted = useSettled(JSON.stringify({ steps, endsOn, lead: lead.id, cadenceId }), 300);
  const seen = useQuery({
    queryKey: ["cadence-timeline", wanted],
    queryFn: () => {
      const params = { path: { cadence_id: cadenceId } };
      const draft = { steps: writtenSteps(steps), ends_on: [...endsOn] };
      const body = { lead_id: lead.id, draft };
      return answer<TimelineOut>(api.POST("/api/v1/cadences/{cadence_id}/timeline", { params, body }));
    },
    placeholderData: keepPreviousData,
    gcTime: 0,
  });
  if (steps.length === 0) return <p className={styles.hint}>{t("cadences.timeline_none")}</p>;
  if (seen.error instanceof Problem && seen.error.status === 422) {
    return (
      <p className={styles.error} role="status">
        {seen.error.message}
      </p>
    );
  }
  if (seen.error) return <Failed error={seen.error} onRetry={() => void seen.refetch()} />;
  if (!seen.data) return <Loading rows={4} />;
  const { time_zone: zone, items } = seen.data;
  const name = lead.person.full_name ?? lead.person.email ?? t("lead.nameless");
  return (
    <div>
      <p className={styles.hint}>{t("cadences.timeline_of", { name, zone: zoneName(zone) })}</p>
      <ol className={styles.dates} aria-label={t("cadences.timeline")}>
        {items.map((one) => {
          const Icon = ICONS[one.kind];
          const own = moment(one.at);
          return (
            <li key={one.step}>
              <span className={styles.number}>{one.step}</span>
              <Icon size={16} aria-hidden="true" className={styles.kind} />
              <span>{t(`cadences.kind.${one.kind}`)}</span>
              <span className={styles.date}>
                <time dateTime={one.at}>{moment(one.at, zone)}</time>
                {zone !== OWN_ZONE && <span className={styles.hint}>{t("cadences.yours", { time: own })}</span>}
              </span>
            </li>
          );
        })}
      </ol>
    </div>
  );
}
