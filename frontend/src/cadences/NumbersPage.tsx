// How a cadence does: its counts, and what became of each step, by edition.

import { useState } from "react";
import { useTranslation } from "react-i18next";
import { $api } from "~/api/client";
import type { CadenceNumbersOut, CadenceOut } from "~/api/schema";
import { count } from "~/i18n/numbers";
import { SelectField } from "~/kit/Field";
import { Bar, Panel } from "~/kit/Panel";
import { Empty, Shown } from "~/kit/states";
import { Table } from "~/kit/Table";
import { Share } from "./Cadences";
import styles from "./cadences.module.css";
import { Frame, OfCadence } from "./Frame";
import { ICONS } from "./kinds";

export function NumbersPage() {
  return (
    <OfCadence from="/signed-in/cadences/$cadenceId/numbers">
      {(cadence) => <Numbers key={cadence.id} cadence={cadence} />}
    </OfCadence>
  );
}

function Numbers({ cadence }: { cadence: CadenceOut }) {
  const { t } = useTranslation();
  const [edition, setEdition] = useState<number | null>(null);
  const shown = edition ?? cadence.edition;
  const numbers = $api.useQuery(
    "get",
    "/api/v1/cadences/{cadence_id}/numbers",
    { params: { path: { cadence_id: cadence.id }, query: { edition: shown } } },
    { enabled: shown > 0 },
  );
  const editions = Array.from({ length: cadence.edition }, (_, place) => cadence.edition - place);
  return (
    <Frame
      cadence={cadence}
      actions={
        editions.length > 1 && (
          <SelectField
            label={t("cadences.edition_label")}
            isLabelHidden
            value={String(shown)}
            onChange={(chosen) => setEdition(Number(chosen))}
            choices={editions.map((one) => ({ id: String(one), label: t("cadences.edition", { number: one }) }))}
          />
        )
      }
    >
      {shown === 0 ? (
        <Panel label={t("cadences.tabs.numbers")}>
          <Empty title={t("cadences.not_published")}>{t("cadences.not_published_detail")}</Empty>
        </Panel>
      ) : (
        <Shown query={numbers} rows={8}>
          {(found) => <Funnel found={found} />}
        </Shown>
      )}
    </Frame>
  );
}

function Funnel({ found }: { found: CadenceNumbersOut }) {
  const { t } = useTranslation();
  const { numbers, steps } = found;
  const counts = [
    ["enrolled", numbers.enrolled],
    ["active", numbers.active],
    ["paused", numbers.paused],
    ["attention", numbers.attention],
    ["completed", numbers.completed],
    ["replied", numbers.replied],
    ["meetings", numbers.met],
  ] as const;
  return (
    <>
      <Panel label={t("cadences.tabs.numbers")}>
        <dl className={styles.counts}>
          {counts.map(([name, value]) => (
            <div key={name}>
              <dt>{t(`cadences.${name}`)}</dt>
              <dd>{count(value)}</dd>
            </div>
          ))}
        </dl>
      </Panel>
      <p className={styles.about}>{t("cadences.funnel_detail")}</p>
      <Panel title={t("cadences.funnel")} isFlush>
        <Table
          label={t("cadences.funnel")}
          rows={steps}
          idOf={(one) => String(one.step)}
          columns={[
            {
              id: "step",
              label: t("cadences.steps"),
              isName: true,
              cell: (one) => {
                const Icon = ICONS[one.kind];
                return (
                  <span className={styles.row}>
                    <span className={styles.number}>{one.step}</span>
                    <Icon size={16} aria-hidden="true" /> {t(`cadences.kind.${one.kind}`)}
                  </span>
                );
              },
            },
            {
              id: "reached",
              label: t("cadences.reached"),
              width: "112px",
              cell: (one) => (
                <>
                  <Share part={one.reached} of={numbers.enrolled} />
                  <Bar
                    share={numbers.enrolled ? one.reached / numbers.enrolled : 0}
                    label={t("cadences.reached")}
                  />
                </>
              ),
            },
            {
              id: "waiting",
              label: t("cadences.waiting_now"),
              isNumber: true,
              isOptional: true,
              width: "100px",
              cell: (one) => count(one.waiting),
            },
            {
              id: "done",
              label: t("cadences.done"),
              isNumber: true,
              width: "68px",
              cell: (one) => count(one.done),
            },
            {
              id: "passed",
              label: t("cadences.passed"),
              isNumber: true,
              isOptional: true,
              width: "120px",
              cell: (one) => count(one.skipped + one.branched),
            },
            {
              id: "cancelled",
              label: t("cadences.cancelled"),
              isNumber: true,
              isOptional: true,
              width: "110px",
              cell: (one) => count(one.cancelled),
            },
            {
              id: "opened",
              label: t("cadences.opened"),
              isNumber: true,
              isOptional: true,
              width: "110px",
              cell: (one) => (one.kind === "email" ? <Share part={one.opened} of={one.sent} /> : "–"),
            },
            {
              id: "clicked",
              label: t("cadences.clicked"),
              isNumber: true,
              isOptional: true,
              width: "110px",
              cell: (one) => (one.kind === "email" ? <Share part={one.clicked} of={one.sent} /> : "–"),
            },
            {
              id: "replied",
              label: t("cadences.replied"),
              isNumber: true,
              width: "116px",
              cell: (one) => <Share part={one.replied} of={one.done} />,
            },
          ]}
        />
      </Panel>
    </>
  );
}
