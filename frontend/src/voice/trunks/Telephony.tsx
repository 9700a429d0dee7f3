// Where calls leave and arrive: trunks to carriers, the numbers we own, extensions, and what holds for all.

import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useMay } from "~/identity/session";
import { SettingsTabs } from "~/identity/SettingsTabs";
import { ConfirmDialog } from "~/kit/ConfirmDialog";
import { Screen } from "~/kit/Panel";
import { NotAllowed } from "~/kit/states";
import { DefaultsPanel } from "./DefaultsPanel";
import { type Removal, useRemove } from "./data";
import { ExtensionPanel } from "./ExtensionPanel";
import { NumberPanel } from "./NumberPanel";
import styles from "./Telephony.module.css";
import { TrunkPanel } from "./TrunkPanel";

export function Telephony() {
  return useMay("settings:write") ? <Page /> : <NotAllowed />;
}

function Page() {
  const { t } = useTranslation();
  const [removal, setRemoval] = useState<Removal | null>(null);
  const remove = useRemove(() => setRemoval(null));
  function ask(wanted: Removal): void {
    remove.reset();
    setRemoval(wanted);
  }
  return (
    <Screen title={t("settings.title")}>
      <SettingsTabs />
      <p className={styles.about}>{t("telephony.detail")}</p>
      <TrunkPanel onRemove={ask} />
      <NumberPanel onRemove={ask} />
      <div className={styles.columns}>
        <ExtensionPanel onRemove={ask} />
        <DefaultsPanel />
      </div>
      {removal && (
        <ConfirmDialog
          title={t("telephony.remove_title", { name: removal.name })}
          detail={t(`telephony.remove_${removal.kind}`)}
          action={t("remove")}
          error={remove.error}
          isPending={remove.isPending}
          onClose={() => setRemoval(null)}
          onConfirm={() => remove.mutate(removal)}
        />
      )}
    </Screen>
  );
}
