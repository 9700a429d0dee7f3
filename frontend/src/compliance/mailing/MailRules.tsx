// How a new mailbox grows, and where mails may be tracked: each rule with its source and how sure we are.

import { useTranslation } from "react-i18next";
import { $api } from "~/api/client";
import type { MailRuleOut } from "~/api/schema";
import styles from "~/compliance/CallingRules.module.css";
import { Source } from "~/compliance/Source";
import { count } from "~/i18n/numbers";
import { Badge, Panel, type Tone } from "~/kit/Panel";
import { Shown } from "~/kit/states";
import { Table } from "~/kit/Table";

const TONES: Record<NonNullable<MailRuleOut["needs"]>, Tone> = {
  nothing: "ok",
  consent: "warn",
  forbidden: "danger",
};

function useRules(kind: MailRuleOut["kind"]) {
  return $api.useQuery(
    "get",
    "/api/v1/compliance/mail/rules",
    {},
    { select: ({ items }) => items.filter((one) => one.kind === kind) },
  );
}

type TrackingRule = MailRuleOut & { regions: string[] };

/** One row for each rule, with all places that it holds in. */
function byRule(rules: MailRuleOut[]): TrackingRule[] {
  const found = new Map<string, TrackingRule>();
  for (const rule of rules) {
    const known = found.get(rule.id);
    if (known) known.regions.push(rule.region);
    else found.set(rule.id, { ...rule, regions: [rule.region] });
  }
  return [...found.values()];
}

export function Ramp() {
  const { t } = useTranslation();
  const rules = useRules("ramp");
  return (
    <Panel title={t("mailing.ramp")} isFlush>
      <Shown query={rules} rows={4}>
        {(found) => (
          <>
            <Table
              label={t("mailing.ramp")}
              rows={found}
              idOf={(one) => one.id}
              columns={[
                {
                  id: "day",
                  label: t("mailing.days_since"),
                  isName: true,
                  cell: (one) => count(one.from_day ?? 0),
                },
                {
                  id: "mails",
                  label: t("mailing.a_day"),
                  cell: (one) => (one.mails === null ? t("mailing.as_allowed") : count(one.mails)),
                },
              ]}
            />
            {found[0] && (
              <p className={`${styles.padded} ${styles.detail}`}>
                <Source source={found[0].source} url={found[0].url} />
              </p>
            )}
          </>
        )}
      </Shown>
    </Panel>
  );
}

export function TrackingRules() {
  const { t } = useTranslation();
  const rules = useRules("tracking");
  return (
    <Panel title={t("mailing.tracking_rules")} isFlush>
      <Shown query={rules} rows={6}>
        {(found) => (
          <div className={styles.scroll} tabIndex={0} role="region" aria-label={t("mailing.tracking_rules")}>
            <Table
              label={t("mailing.tracking_rules")}
              rows={byRule(found)}
              idOf={(one) => one.id}
              columns={[
                {
                  id: "rule",
                  label: t("compliance.rule"),
                  isName: true,
                  cell: (one) => (
                    <>
                      {one.title}
                      <span className={styles.detail}>
                        {one.regions[0] === "*" ? t("compliance.everywhere") : one.regions.join(", ")}
                        {" · "}
                        <Source source={one.source} url={one.url} />
                        {" · "}
                        {t("compliance.sure")}: {t(`compliance.confidence.${one.confidence}`)}
                      </span>
                    </>
                  ),
                },
                {
                  id: "needs",
                  label: t("mailing.tracking"),
                  width: "168px",
                  cell: ({ needs }) => needs && <Badge tone={TONES[needs]}>{t(`mailing.needs.${needs}`)}</Badge>,
                },
              ]}
            />
          </div>
        )}
      </Shown>
    </Panel>
  );
}
