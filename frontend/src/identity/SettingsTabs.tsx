import { useTranslation } from "react-i18next";
import { TabLinks } from "~/kit/Tabs";
import { useMe } from "./session";

const TABS = [
  { to: "/settings/me", name: "own", needs: "sign-in:write" },
  { to: "/settings/absences", name: "absences", needs: "absences:write" },
  { to: "/settings/users", name: "users", needs: "users:write" },
  { to: "/settings/teams", name: "teams", needs: "users:write" },
  { to: "/settings/organisation", name: "organisation", needs: "settings:write" },
  { to: "/settings/telephony", name: "telephony", needs: "settings:write" },
  { to: "/settings/calling", name: "calling", needs: "compliance:read" },
  { to: "/settings/mailing", name: "mailing", needs: "compliance:read" },
  { to: "/settings/mailbox", name: "mailbox", needs: "mail:send" },
  { to: "/settings/calendar", name: "calendar", needs: "mail:send" },
  { to: "/settings/templates", name: "templates", needs: "templates:read" },
  { to: "/settings/forms", name: "forms", needs: "intake:write" },
  { to: "/settings/hooks", name: "hooks", needs: "intake:write" },
  { to: "/settings/tokens", name: "tokens", needs: "tokens:write" },
  { to: "/settings/webhooks", name: "webhooks", needs: "webhooks:write" },
  { to: "/settings/events", name: "events", needs: "events:read" },
] as const;

/** The places of the settings, each for who may use it. */
export function SettingsTabs() {
  const { t } = useTranslation();
  const { permissions } = useMe();
  const tabs = TABS.filter((one) => permissions.includes(one.needs));
  return (
    <TabLinks
      label={t("settings.title")}
      tabs={tabs.map((one) => ({ to: one.to, label: t(`settings.${one.name}`), hasPlaces: true }))}
    />
  );
}
