// One number, and what the policy says of calling it now: every reason, its source, and until when.

import { type SyntheticEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { $api } from "~/api/client";
import type { CallVerdictOut } from "~/api/schema";
import { moment } from "~/i18n/time";
import { Button } from "~/kit/Button";
import { TextField } from "~/kit/Field";
import { Badge, Facts, Panel } from "~/kit/Panel";
import { FormProblem } from "~/kit/states";
import styles from "./CallingRules.module.css";
import { Source } from "./Source";

export function CheckNumber() {
  const { t } = useTranslation();
  const [typed, setTyped] = useState("");
  const [asked, setAsked] = useState("");
  const verdict = $api.useQuery(
    "get",
    "/api/v1/compliance/check",
    { params: { query: { number: asked } } },
    { enabled: asked !== "", retry: false },
  );

  function ask(event: SyntheticEvent): void {
    event.preventDefault();
    const number = typed.trim();
    if (number && number === asked) void verdict.refetch();
    else setAsked(number);
  }

  return (
    <Panel title={t("compliance.check")}>
      <div className={styles.stack}>
        <form className={styles.row} onSubmit={ask}>
          <TextField
            label={t("compliance.number")}
            value={typed}
            onChange={setTyped}
            inputMode="tel"
            placeholder="+12125550123"
            maxLength={60}
          />
          <Button type="submit" isPending={verdict.isFetching} isDisabled={!typed.trim()}>
            {t("compliance.check_go")}
          </Button>
        </form>
        <FormProblem error={verdict.error} />
        <div role="status">{asked && verdict.data && <Verdict verdict={verdict.data} />}</div>
      </div>
    </Panel>
  );
}

function Verdict({ verdict }: { verdict: CallVerdictOut }) {
  const { t } = useTranslation();
  const clocks = [...new Set(Object.values(verdict.local_times))];
  const untilName = verdict.is_allowed ? t("compliance.hours_end") : t("compliance.possible_from");
  return (
    <div className={styles.verdict}>
      <div>
        <Badge tone={verdict.is_allowed ? "ok" : "danger"}>
          {verdict.is_allowed ? t("compliance.allowed") : t("compliance.refused")}
        </Badge>
      </div>
      {verdict.refusals.length > 0 && (
        <ul className={styles.reasons}>
          {verdict.refusals.map((one, place) => (
            <li key={place}>
              {one.why}
              <span className={styles.detail}>
                <Source source={one.source} url={one.url} />
                {one.until && ` · ${t("compliance.until", { when: moment(one.until) })}`}
                {one.yields && ` · ${t("compliance.yields")}`}
              </span>
            </li>
          ))}
        </ul>
      )}
      <Facts
        facts={[
          [t("compliance.number"), verdict.number],
          [untilName, verdict.until ? moment(verdict.until) : verdict.is_allowed ? null : t("compliance.never")],
          [t("compliance.their_time"), clocks.slice(0, 3).join(", ")],
          [t("compliance.regions"), verdict.regions.join(", ")],
          [t("compliance.recording"), t(`compliance.needs.${verdict.recording}`)],
          [t("compliance.recording_by"), `${verdict.recording_title} (${verdict.recording_source})`],
          [t("compliance.announcement"), verdict.announcement],
        ]}
      />
    </div>
  );
}
