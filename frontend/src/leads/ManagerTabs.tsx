import { useTranslation } from "react-i18next";
import { useMay } from "~/identity/session";
import { TabLinks } from "~/kit/Tabs";

/** The places of whoever looks after a team's work. */
export function ManagerTabs() {
  const { t } = useTranslation();
  const mayScore = useMay("campaigns:write");
  const maySetGoals = useMay("goals:write");
  const tabs = [
    { to: "/manager", label: t("manager.sla") },
    { to: "/manager/routing", label: t("manager.routing") },
    { to: "/manager/criteria", label: t("manager.criteria") },
    ...(mayScore ? [{ to: "/manager/scoring", label: t("manager.scoring") }] : []),
    ...(maySetGoals ? [{ to: "/manager/goals", label: t("manager.goals") }] : []),
  ];
  return <TabLinks label={t("places.manager")} tabs={tabs} />;
}
