import { useTranslation } from "react-i18next";
import { Checkbox, Switch } from "~/kit/Field";
import { Panel } from "~/kit/Panel";
import { setDropsMessage, switchPower, usePower } from "./power";
import styles from "./PowerSwitch.module.css";

/** Whether leads are dialled by themselves one after another. */
export function PowerSwitch() {
  const { t } = useTranslation();
  const { isOn, dropsMessage } = usePower();
  return (
    <Panel title={t("power.title")}>
      <div className={styles.stack}>
        <Switch isSelected={isOn} onChange={switchPower}>
          {t("power.switch")}
        </Switch>
        <p className={styles.detail}>{t("power.detail")}</p>
        <Checkbox isSelected={dropsMessage} onChange={setDropsMessage}>
          {t("power.drops_message")}
        </Checkbox>
      </div>
    </Panel>
  );
}
