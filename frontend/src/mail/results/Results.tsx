// How the variants of a template do: replies with the interval of their rate, and what can be said of them at all.

import { useTranslation } from "react-i18next";
import { $api } from "~/api/client";
import type { ResultsOut, VariantResultsOut } from "~/api/schema";
import { count, percent } from "~/i18n/numbers";
import { day } from "~/i18n/time";
import { Panel } from "~/kit/Panel";
import { Shown } from "~/kit/states";
import { Table } from "~/kit/Table";
import styles from "./Results.module.css";

export function Results({ templateId }: { templateId: string }) {
  const { t } = useTranslation();
  const params = { path: { template_id: templateId } };
  const results = $api.useQuery("get", "/api/v1/mail/templates/{template_id}/results", { params });
  return (
    <Panel title={t("results.title")} isFlush>
      <Shown query={results}>
        {(found) => (found.variants.some((one) => one.sent + one.edited > 0) ? <Found found={found} /> : <None />)}
      </Shown>
    </Panel>
  );
}

function None() {
  const { t } = useTranslation();
  return <p className={styles.said}>{t("results.none")}</p>;
}

function Found({ found }: { found: ResultsOut }) {
  const { t } = useTranslation();
  const best = found.variants.find((one) => one.variant_id === found.best_variant_id);
  return (
    <>
      <p className={styles.said}>
        <b>
          {found.conclusion === "better"
            ? t("results.better", { name: best?.name ?? "" })
            : t(`results.${found.conclusion}`)}
        </b>
      </p>
      <Table
        label={t("results.title")}
        rows={found.variants}
        idOf={(one) => one.variant_id}
        columns={[
          { id: "variant", label: t("results.variant"), isName: true, cell: (one) => <Variant of={one} /> },
          {
            id: "replied",
            label: t("results.replied"),
            width: "92px",
            isNumber: true,
            cell: (one) => t("results.of", { replied: count(one.replied), delivered: count(one.delivered) }),
          },
          {
            id: "rate",
            label: t("results.rate"),
            width: "104px",
            isNumber: true,
            cell: (one) => <Rate of={one} />,
          },
        ]}
      />
      <p className={styles.hint}>
        {t("results.rate_hint")} {t("results.since", { when: day(found.since) })}
      </p>
    </>
  );
}

function Variant({ of: one }: { of: VariantResultsOut }) {
  const { t } = useTranslation();
  const told = [
    one.opened + one.clicked > 0 && t("results.seen", { opened: count(one.opened), clicked: count(one.clicked) }),
    one.bounced > 0 && t("results.bounced", { count: one.bounced }),
    one.edited > 0 && t("results.edited", { count: one.edited }),
  ].filter(Boolean);
  return (
    <>
      <b>{one.name}</b>
      {told.length > 0 && <span className={styles.detail}>{told.join(" ")}</span>}
    </>
  );
}

function Rate({ of: one }: { of: VariantResultsOut }) {
  const { t } = useTranslation();
  if (one.reply_rate === null) return "–";
  const interval = t("results.between", { low: percent(one.reply_rate_low), high: percent(one.reply_rate_high) });
  return (
    <>
      {percent(one.reply_rate, 1)}
      <span className={styles.detail}>{interval}</span>
    </>
  );
}
