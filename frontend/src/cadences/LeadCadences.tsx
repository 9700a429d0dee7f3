// On a lead's screen: the cadences it is in, what is next and when, and steering that; or enrolling it.

import { useMutation } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { $api, answer, api } from "~/api/client";
import type { EnrolmentOut, LeadOut } from "~/api/schema";
import { useMay } from "~/identity/session";
import { Button } from "~/kit/Button";
import { tell } from "~/kit/notices";
import { Panel } from "~/kit/Panel";
import { Shown } from "~/kit/states";
import styles from "./cadences.module.css";
import { readCadencesAgain, useWishing } from "./data";
import { EnrolForm } from "./EnrolForm";
import { Problem, Standing, whatNext } from "./Standing";

const MOST_PAST = 3;

export function LeadCadences({ lead, mayEnrol }: { lead: LeadOut; mayEnrol: boolean }) {
  const { t } = useTranslation();
  const mayRead = useMay("cadences:read");
  const [isEnrolling, setEnrolling] = useState(false);
  const found = $api.useQuery(
    "get",
    "/api/v1/leads/{lead_id}/enrolments",
    { params: { path: { lead_id: lead.id } } },
    { enabled: mayRead },
  );
  if (!mayRead) return null;
  return (
    <Panel
      title={t("cadences.title")}
      actions={mayEnrol && <Button onPress={() => setEnrolling(true)}>{t("cadences.enrol")}</Button>}
    >
      <Shown query={found} rows={2}>
        {({ items }) => {
          const running = items.filter((one) => one.state !== "finished");
          const past = items.filter((one) => one.state === "finished").slice(0, MOST_PAST);
          return (
            <div className={styles.stack}>
              {running.length === 0 && <p className={styles.hint}>{t("cadences.lead_none")}</p>}
              {running.map((one) => (
                <Running key={one.id} enrolment={one} />
              ))}
              {past.map((one) => (
                <p key={one.id} className={styles.hint}>
                  {t("cadences.past")}{" "}
                  <Link to="/cadences/$cadenceId" params={{ cadenceId: one.cadence_id }}>
                    {one.cadence}
                  </Link>
                  {" · "}
                  {whatNext(t, one)}
                </p>
              ))}
            </div>
          );
        }}
      </Shown>
      {isEnrolling && <EnrolDialog lead={lead} onClose={() => setEnrolling(false)} />}
    </Panel>
  );
}

function Running({ enrolment }: { enrolment: EnrolmentOut }) {
  const { t } = useTranslation();
  const wishing = useWishing();
  return (
    <div className={styles.ofLead}>
      <span className={styles.badges}>
        <Link to="/cadences/$cadenceId" params={{ cadenceId: enrolment.cadence_id }}>
          <b>{enrolment.cadence}</b>
        </Link>
        <Standing enrolment={enrolment} />
      </span>
      <span>{whatNext(t, enrolment)}</span>
      {enrolment.problem && <Problem enrolment={enrolment} />}
      {enrolment.may.length > 0 && (
        <span className={styles.row}>
          {enrolment.may
            .filter((wish) => wish !== "try_again")
            .map((wish) => (
              <Button
                key={wish}
                look="quiet"
                isDisabled={wishing.isPending}
                onPress={() => wishing.mutate({ id: enrolment.id, wish })}
              >
                {t(`cadences.wish.${wish}`)}
              </Button>
            ))}
        </span>
      )}
    </div>
  );
}

function EnrolDialog({ lead, onClose }: { lead: LeadOut; onClose: () => void }) {
  const { t } = useTranslation();
  const enrol = useMutation({
    mutationFn: (cadenceId: string) => {
      const params = { path: { lead_id: lead.id } };
      const body = { cadence_id: cadenceId };
      return answer<EnrolmentOut>(api.POST("/api/v1/leads/{lead_id}/enrolments", { params, body }));
    },
    onSuccess: (made) => {
      tell(t("cadences.enrolled_told", { name: made.cadence }));
      void readCadencesAgain();
      onClose();
    },
  });
  return <EnrolForm title={t("cadences.enrol_title")} enrol={enrol} onClose={onClose} />;
}
