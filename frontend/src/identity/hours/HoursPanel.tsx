// Business hours of the organisation or of a team: shown, changed, and for a team taken and dropped.

import { useMutation } from "@tanstack/react-query";
import { type SyntheticEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { $api, answer, api, ifMatch } from "~/api/client";
import { readAgain } from "~/api/query";
import type { Hours, HoursOut } from "~/api/schema";
import { Button } from "~/kit/Button";
import { tell, tellProblem } from "~/kit/notices";
import { Panel } from "~/kit/Panel";
import { SaveProblem } from "~/kit/SaveProblem";
import { Shown, wrongField } from "~/kit/states";
import { useCopy } from "~/kit/useCopy";
import { ZoneField } from "~/kit/ZoneField";
import { Holidays } from "./Holidays";
import styles from "./HoursPanel.module.css";
import { edited, sent, type Week } from "./week";
import { WeekEditor } from "./WeekEditor";
import { WeekSummary } from "./WeekSummary";

function readHours(teamId: string | null): Promise<HoursOut> {
  if (!teamId) return answer(api.GET("/api/v1/organisation/business-hours"));
  return answer(api.GET("/api/v1/teams/{team_id}/business-hours", { params: { path: { team_id: teamId } } }));
}

function saveHours(teamId: string | null, body: Hours, version: number): Promise<HoursOut> {
  const header = ifMatch(version);
  if (!teamId) return answer(api.PUT("/api/v1/organisation/business-hours", { params: { header }, body }));
  const params = { path: { team_id: teamId }, header };
  return answer(api.PUT("/api/v1/teams/{team_id}/business-hours", { params, body }));
}

function readHoursAgain(): Promise<void> {
  return readAgain(["/api/v1/organisation/business-hours", "/api/v1/teams/{team_id}/business-hours"]);
}

export function OrganisationHours() {
  const { t } = useTranslation();
  const hours = $api.useQuery("get", "/api/v1/organisation/business-hours", {});
  return (
    <Panel title={t("hours.title")}>
      <Shown query={hours} rows={7}>
        {(found) => <Editor hours={found} teamId={null} />}
      </Shown>
    </Panel>
  );
}

export function TeamHours({ teamId }: { teamId: string }) {
  const { t } = useTranslation();
  const [isBeginning, setBeginning] = useState(false);
  const hours = $api.useQuery("get", "/api/v1/teams/{team_id}/business-hours", {
    params: { path: { team_id: teamId } },
  });

  async function drop(own: HoursOut): Promise<void> {
    try {
      const params = { path: { team_id: teamId }, header: ifMatch(own.version) };
      await answer(api.DELETE("/api/v1/teams/{team_id}/business-hours", { params }));
      setBeginning(false);
      await readHoursAgain();
      tell(t("hours.dropped"), () => void takeBack(own));
    } catch (error) {
      tellProblem(error, t("state.unreachable"));
    }
  }

  async function takeBack(own: HoursOut): Promise<void> {
    try {
      const { time_zone, week, holidays } = own;
      await saveHours(teamId, { time_zone, week, holidays }, 0);
      await readHoursAgain();
    } catch (error) {
      tellProblem(error, t("state.unreachable"));
    }
  }

  const own = hours.data?.is_own ? hours.data : undefined;
  return (
    <Panel
      title={t("hours.title")}
      actions={
        own && (
          <Button look="quiet" onPress={() => void drop(own)}>
            {t("hours.drop")}
          </Button>
        )
      }
    >
      <Shown query={hours} rows={7}>
        {(found) =>
          found.is_own || isBeginning ? (
            <Editor hours={found} teamId={teamId} onDiscard={() => setBeginning(false)} isNew={!found.is_own} />
          ) : (
            <div className={styles.stack}>
              <p>{t("hours.of_organisation")}</p>
              <WeekSummary hours={found} />
              <div>
                <Button onPress={() => setBeginning(true)}>{t("hours.own")}</Button>
              </div>
            </div>
          )
        }
      </Shown>
    </Panel>
  );
}

interface Draft {
  zone: string;
  week: Week;
  holidays: string[];
}

function draftOf(hours: HoursOut): Draft {
  return { zone: hours.time_zone, week: edited(hours.week), holidays: hours.holidays };
}

function Editor({
  hours,
  teamId,
  isNew = false,
  onDiscard,
}: {
  hours: HoursOut;
  teamId: string | null;
  /** A team's first hours of its own, which begin as the organisation's. */
  isNew?: boolean;
  onDiscard?: () => void;
}) {
  const { t } = useTranslation();
  const copy = useCopy(hours, draftOf);
  const { zone, week, holidays } = copy.draft;
  const isChanged = isNew || copy.isChanged;

  const save = useMutation({
    mutationFn: () => saveHours(teamId, { time_zone: zone, week: sent(week), holidays }, copy.base.version),
    onSuccess: async (saved) => {
      copy.settle(saved);
      await readHoursAgain();
      tell(t("saved"));
    },
  });

  function discard(): void {
    copy.discard();
    save.reset();
    onDiscard?.();
  }

  async function mergeOver(): Promise<void> {
    copy.rebase(await readHours(teamId));
    save.reset();
  }

  function submit(event: SyntheticEvent): void {
    event.preventDefault();
    save.mutate();
  }

  return (
    <div className={styles.stack}>
      <WeekEditor week={week} onChange={(changed) => copy.change({ week: changed })} />
      <Holidays days={holidays} onChange={(changed) => copy.change({ holidays: changed })} />
      <form className={styles.stack} onSubmit={submit}>
        <ZoneField
          label={t("teams.zone")}
          value={zone}
          onChange={(chosen) => copy.change({ zone: chosen })}
          error={wrongField(save.error, "time_zone")}
          isRequired
        />
        <SaveProblem error={save.error} onMerge={() => void mergeOver()} />
        <div className={styles.foot}>
          <Button look="primary" type="submit" isPending={save.isPending} isDisabled={!isChanged}>
            {t("save")}
          </Button>
          {isChanged && <Button onPress={discard}>{t("hours.discard")}</Button>}
          {isChanged && <span className={styles.detail}>{t("hours.changed")}</span>}
        </div>
      </form>
    </div>
  );
}
