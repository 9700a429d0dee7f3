// Settings, Mailing rules: what the organisation allows its mails, who must not be mailed, how domains stand, the law.

import { useTranslation } from "react-i18next";
import { $api } from "~/api/client";
import styles from "~/compliance/CallingRules.module.css";
import { useMay } from "~/identity/session";
import { SettingsTabs } from "~/identity/SettingsTabs";
import { Panel, Screen } from "~/kit/Panel";
import { Shown } from "~/kit/states";
import { Domains } from "~/mail/domains/Domains";
import { MailingLimits } from "./MailingLimits";
import { Ramp, TrackingRules } from "./MailRules";
import { Suppressed } from "./Suppressed";

export function MailingRules() {
  const { t } = useTranslation();
  const mayRemove = useMay("dnc:remove");
  const settings = $api.useQuery("get", "/api/v1/compliance/mail/settings", {});
  return (
    <Screen title={t("settings.title")}>
      <SettingsTabs />
      <div className={styles.columns}>
        <div className={styles.stack}>
          <Panel title={t("mailing.limits")}>
            <Shown query={settings} rows={8}>
              {(found) => <MailingLimits settings={found} />}
            </Shown>
          </Panel>
        </div>
        <div className={styles.stack}>
          <Suppressed mayRemove={mayRemove} />
          <Domains />
          <Ramp />
          <TrackingRules />
        </div>
      </div>
    </Screen>
  );
}
