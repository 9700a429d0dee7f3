// What the parts of one cadence share: its name, its state, the way between the parts.

import { Link, useParams } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { $api } from "~/api/client";
import type { CadenceOut } from "~/api/schema";
import { useMay } from "~/identity/session";
import { Badge, Screen } from "~/kit/Panel";
import { NotAllowed, Shown } from "~/kit/states";
import { TabLinks } from "~/kit/Tabs";
import styles from "./cadences.module.css";

type Part =
  | "/signed-in/cadences/$cadenceId"
  | "/signed-in/cadences/$cadenceId/people"
  | "/signed-in/cadences/$cadenceId/numbers";

/** The cadence that the address names, once it is read. */
export function OfCadence({ from, children }: { from: Part; children: (cadence: CadenceOut) => ReactNode }) {
  const { t } = useTranslation();
  const { cadenceId } = useParams({ from });
  const mayRead = useMay("cadences:read");
  const params = { path: { cadence_id: cadenceId } };
  const found = $api.useQuery("get", "/api/v1/cadences/{cadence_id}", { params }, { enabled: mayRead });
  if (!mayRead) return <NotAllowed />;
  if (found.data) return children(found.data);
  return (
    <Screen title={t("cadences.title")}>
      <Shown query={found} rows={8}>
        {() => null}
      </Shown>
    </Screen>
  );
}

export function Frame({
  cadence,
  actions,
  detail,
  isWide,
  children,
}: {
  cadence: CadenceOut;
  actions?: ReactNode;
  /** What stands under the title instead of the way back. */
  detail?: ReactNode;
  isWide?: boolean;
  children: ReactNode;
}) {
  const { t } = useTranslation();
  const here = `/cadences/${cadence.id}`;
  return (
    <Screen
      isWide={isWide ?? false}
      title={
        <span className={styles.title}>
          {cadence.name}
          {cadence.is_archived && <Badge>{t("cadences.archived")}</Badge>}
          {cadence.edition === 0 ? (
            <Badge>{t("cadences.draft")}</Badge>
          ) : (
            <Badge tone="accent">{t("cadences.edition", { number: cadence.edition })}</Badge>
          )}
          {cadence.edition > 0 && cadence.is_changed && <Badge tone="info">{t("cadences.changed")}</Badge>}
        </span>
      }
      detail={detail ?? <Link to="/cadences">{t("cadences.all")}</Link>}
      actions={actions}
    >
      <div className={styles.tabs}>
        <TabLinks
          label={t("cadences.tabs.label")}
          tabs={[
            { to: here, label: t("cadences.tabs.plan") },
            { to: `${here}/people`, label: t("cadences.tabs.people") },
            { to: `${here}/numbers`, label: t("cadences.tabs.numbers") },
          ]}
        />
      </div>
      {children}
    </Screen>
  );
}
