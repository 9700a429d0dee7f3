import { useTranslation } from "react-i18next";
import { TabLinks } from "~/kit/Tabs";

/** The places of whoever looks after a team's work. */
export function ManagerTabs() {
  const { t } = useTranslation();
  const tabs = [
    { to: "/manager", label: t("manager.sla") },
    { to: "/manager/routing", label: t("manager.routing") },
  ];
  return <TabLinks label={t("places.manager")} tabs={tabs} />;
}
