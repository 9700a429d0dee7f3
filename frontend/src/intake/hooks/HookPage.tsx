// One inbound webhook: where messages are sent and how they are signed, what their fields are, and what came in.

import { Link, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { $api, answer, api, ifMatch } from "~/api/client";
import type { HookOut } from "~/api/schema";
import { day } from "~/i18n/time";
import { useMay } from "~/identity/session";
import { SettingsTabs } from "~/identity/SettingsTabs";
import { Arrivals } from "~/intake/Arrivals";
import { DoorBadge } from "~/intake/DoorBadge";
import styles from "~/intake/doors.module.css";
import { useSwitch } from "~/intake/useDoor";
import { Button } from "~/kit/Button";
import { CopyField } from "~/kit/CopyField";
import { Facts, Panel, Screen } from "~/kit/Panel";
import { NotAllowed, Shown } from "~/kit/states";
import { useCampaigns } from "~/leads/useCampaigns";
import { HookDialog } from "./HookDialog";
import { Mapping } from "./Mapping";

const SAMPLE = '{"records": [{"email": "ada@engines.example", "first_name": "Ada", "company": "Engines"}]}';

export function HookPage() {
  const { hookId } = useParams({ from: "/signed-in/settings/hooks/$hookId" });
  return useMay("intake:write") ? <Page key={hookId} id={hookId} /> : <NotAllowed />;
}

function Page({ id }: { id: string }) {
  const hook = $api.useQuery("get", "/api/v1/hooks/{hook_id}", { params: { path: { hook_id: id } } });
  return (
    <Shown query={hook} rows={8}>
      {(found) => <Found hook={found} />}
    </Shown>
  );
}

function Found({ hook }: { hook: HookOut }) {
  const { t } = useTranslation();
  const campaigns = useCampaigns();
  const [isEditing, setEditing] = useState(false);
  const turn = useSwitch<HookOut>("/api/v1/hooks", (one, is_active) => {
    const params = { path: { hook_id: one.id }, header: ifMatch(one.version) };
    return answer(api.PATCH("/api/v1/hooks/{hook_id}", { params, body: { is_active } }));
  });
  return (
    <Screen
      title={
        <span className={styles.title}>
          {hook.name} <DoorBadge isActive={hook.is_active} />
        </span>
      }
      detail={<Link to="/settings/hooks">{t("hooks.all")}</Link>}
      actions={
        <>
          <Button onPress={() => void turn(hook)}>{t(hook.is_active ? "doors.close" : "doors.reopen")}</Button>
          <Button onPress={() => setEditing(true)}>{t("edit")}</Button>
        </>
      }
    >
      <SettingsTabs />
      <div className={styles.columns}>
        <div className={styles.column}>
          <Mapping hook={hook} />
          <Arrivals sourceId={hook.id} hint={t("hooks.nothing_hint")} />
        </div>
        <Panel title={t("hooks.how")}>
          <div className={styles.stack}>
            <CopyField label={t("hooks.address")} text={hook.address} />
            <p className={styles.hint}>{t("hooks.signed")}</p>
            <p className={styles.hint}>{t("hooks.body")}</p>
            <CopyField label={t("hooks.sample")} text={SAMPLE} />
            <Facts
              facts={[
                [t("doors.campaign"), campaigns.get(hook.campaign_id)?.name],
                [t("webhooks.added"), day(hook.created_at)],
              ]}
            />
          </div>
        </Panel>
      </div>
      {isEditing && <HookDialog hook={hook} onClose={() => setEditing(false)} />}
    </Screen>
  );
}
