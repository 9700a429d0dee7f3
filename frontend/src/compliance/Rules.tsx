// The law as Offhook knows it: each rule with its source, since when, and how sure we are.

import { useState } from "react";
import { useTranslation } from "react-i18next";
import { $api } from "~/api/client";
import type { CallingRuleOut } from "~/api/schema";
import { day } from "~/i18n/time";
import { TextField } from "~/kit/Field";
import { Badge, Panel, type Tone } from "~/kit/Panel";
import { Empty, Shown } from "~/kit/states";
import { Table } from "~/kit/Table";
import styles from "./CallingRules.module.css";
import { Source } from "./Source";

const TONES: Record<CallingRuleOut["confidence"], Tone> = { high: "ok", medium: "neutral", low: "warn" };

export function Rules() {
  const { t } = useTranslation();
  const [wanted, setWanted] = useState("");
  const rules = $api.useQuery("get", "/api/v1/compliance/rules", {});
  const word = wanted.trim().toLowerCase();
  return (
    <Panel title={t("compliance.rules")} isFlush>
      <div className={styles.padded}>
        <TextField
          label={t("compliance.find_rule")}
          hint={t("compliance.rules_hint")}
          type="search"
          value={wanted}
          onChange={setWanted}
          maxLength={60}
        />
      </div>
      <Shown query={rules} rows={6}>
        {({ items }) => {
          const found = items.filter((one) =>
            `${one.region} ${one.title} ${one.source}`.toLowerCase().includes(word),
          );
          return found.length === 0 ? <Empty title={t("compliance.no_rule")} /> : <List rules={found} />;
        }}
      </Shown>
    </Panel>
  );
}

function List({ rules }: { rules: readonly CallingRuleOut[] }) {
  const { t } = useTranslation();
  return (
    <div className={styles.scroll} tabIndex={0} role="region" aria-label={t("compliance.rules")}>
      <Table
        label={t("compliance.rules")}
        rows={rules}
        idOf={(one) => `${one.id} ${one.region}`}
        columns={[
          {
            id: "region",
            label: t("compliance.region"),
            width: "104px",
            cell: (one) => (one.region === "*" ? t("compliance.everywhere") : one.region),
          },
          {
            id: "rule",
            label: t("compliance.rule"),
            isName: true,
            cell: (one) => (
              <>
                {one.title}
                <span className={styles.detail}>
                  {t(`compliance.kind.${one.kind}`)} · <Source source={one.source} url={one.url} />
                </span>
              </>
            ),
          },
          {
            id: "since",
            label: t("compliance.since"),
            isOptional: true,
            width: "120px",
            cell: (one) => (
              <>
                {day(one.since)}
                {!one.is_in_force && <span className={styles.detail}>{t("compliance.not_yet")}</span>}
              </>
            ),
          },
          {
            id: "confidence",
            label: t("compliance.sure"),
            isOptional: true,
            width: "104px",
            cell: (one) => (
              <Badge tone={TONES[one.confidence]}>{t(`compliance.confidence.${one.confidence}`)}</Badge>
            ),
          },
        ]}
      />
    </div>
  );
}
