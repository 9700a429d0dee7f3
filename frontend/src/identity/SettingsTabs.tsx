import { useTranslation } from "react-i18next";
import { TabLinks } from "~/kit/Tabs";
import { useMay } from "./session";

/** The places of the settings; those of the organisation for who may change it. */
export function SettingsTabs() {
  const { t } = useTranslation();
  const mayUsers = useMay("users:write");
  const tabs = [
    { to: "/settings/me", label: t("settings.own") },
    ...(mayUsers ? [{ to: "/settings/users", label: t("settings.users") }] : []),
  ];
  return tabs.length > 1 ? <TabLinks label={t("settings.title")} tabs={tabs} /> : null;
}
