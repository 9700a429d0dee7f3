// One's own calendar: where one's time is read from, the pages one is booked on, and the meetings to come.

import { useTranslation } from "react-i18next";
import { useMay } from "~/identity/session";
import { SettingsTabs } from "~/identity/SettingsTabs";
import { Screen } from "~/kit/Panel";
import { NotAllowed } from "~/kit/states";
import styles from "./Calendar.module.css";
import { Connections } from "./Connections";
import { Meetings } from "./Meetings";
import { Pages } from "./Pages";

export function Calendar() {
  return useMay("mail:send") ? <Mine /> : <NotAllowed />;
}

function Mine() {
  const { t } = useTranslation();
  return (
    <Screen title={t("settings.title")}>
      <SettingsTabs />
      <p className={styles.about}>{t("calendar.detail")}</p>
      <Connections />
      <Pages />
      <Meetings />
    </Screen>
  );
}
