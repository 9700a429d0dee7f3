// Settings, Calling rules: may a number be called, what the organisation allows, who must not be called, and the law.

import { useTranslation } from "react-i18next";
import { $api } from "~/api/client";
import { SettingsTabs } from "~/identity/SettingsTabs";
import { useMay } from "~/identity/session";
import { Panel, Screen } from "~/kit/Panel";
import { Shown } from "~/kit/states";
import styles from "./CallingRules.module.css";
import { CheckNumber } from "./CheckNumber";
import { DoNotCall } from "./DoNotCall";
import { Limits } from "./Limits";
import { Registries } from "./Registries";
import { Rules } from "./Rules";

export function CallingRules() {
  const { t } = useTranslation();
  const mayRemove = useMay("dnc:remove");
  const settings = $api.useQuery("get", "/api/v1/compliance/settings", {});
  return (
    <Screen title={t("settings.title")}>
      <SettingsTabs />
      <div className={styles.columns}>
        <div className={styles.stack}>
          <CheckNumber />
          <Panel title={t("compliance.limits")}>
            <Shown query={settings} rows={8}>
              {(found) => <Limits settings={found} />}
            </Shown>
          </Panel>
        </div>
        <div className={styles.stack}>
          <DoNotCall mayRemove={mayRemove} />
          <Registries mayRemove={mayRemove} />
          <Rules />
        </div>
      </div>
    </Screen>
  );
}
