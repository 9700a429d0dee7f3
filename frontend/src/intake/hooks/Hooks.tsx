// Inbound webhooks: addresses that other systems send people to, signed; a page for each.

import { Link, useNavigate } from "@tanstack/react-router";
import { Plus, Webhook as HookIcon } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { $api } from "~/api/client";
import type { HookMade, HookOut } from "~/api/schema";
import { useMay } from "~/identity/session";
import { SettingsTabs } from "~/identity/SettingsTabs";
import { Count } from "~/intake/Count";
import { DoorBadge } from "~/intake/DoorBadge";
import styles from "~/intake/doors.module.css";
import { Button } from "~/kit/Button";
import { More } from "~/kit/More";
import { OnceDialog } from "~/kit/OnceDialog";
import { Panel, Screen } from "~/kit/Panel";
import { Empty, NotAllowed, Shown } from "~/kit/states";
import { Table } from "~/kit/Table";
import { useCampaigns } from "~/leads/useCampaigns";
import { HookDialog } from "./HookDialog";

export function Hooks() {
  return useMay("intake:write") ? <Page /> : <NotAllowed />;
}

function Page() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [isAdding, setAdding] = useState(false);
  const [added, setAdded] = useState<HookMade | null>(null);
  const hooks = $api.useInfiniteQuery(
    "get",
    "/api/v1/hooks",
    { params: { query: { limit: 50 } } },
    { initialPageParam: null, getNextPageParam: (page) => page.next_cursor },
  );
  return (
    <Screen
      title={t("settings.title")}
      actions={
        <Button look="primary" onPress={() => setAdding(true)}>
          <Plus size={14} aria-hidden="true" /> {t("hooks.add")}
        </Button>
      }
    >
      <SettingsTabs />
      <p className={styles.about}>{t("hooks.detail")}</p>
      <Panel title={t("hooks.title")} isFlush>
        <Shown query={hooks} rows={4}>
          {({ pages }) => {
            const found = pages.flatMap((page) => page.items);
            return found.length === 0 ? (
              <Empty title={t("hooks.none")} icon={<HookIcon size={22} aria-hidden="true" />}>
                {t("hooks.none_detail")}
              </Empty>
            ) : (
              <>
                <List hooks={found} />
                <More list={hooks} />
              </>
            );
          }}
        </Shown>
      </Panel>
      {isAdding && <HookDialog hook={null} onClose={() => setAdding(false)} onAdded={setAdded} />}
      {added && (
        <OnceDialog
          title={t("webhooks.secret")}
          detail={t("hooks.secret_detail")}
          secret={added.secret ?? ""}
          onClose={() => {
            setAdded(null);
            void navigate({ to: "/settings/hooks/$hookId", params: { hookId: added.id } });
          }}
        />
      )}
    </Screen>
  );
}

function List({ hooks }: { hooks: readonly HookOut[] }) {
  const { t } = useTranslation();
  const campaigns = useCampaigns();
  return (
    <Table
      label={t("hooks.title")}
      rows={hooks}
      idOf={(one) => one.id}
      columns={[
        {
          id: "name",
          label: t("doors.name"),
          isName: true,
          cell: (one) => (
            <Link to="/settings/hooks/$hookId" params={{ hookId: one.id }}>
              <b>{one.name}</b>
            </Link>
          ),
        },
        {
          id: "campaign",
          label: t("doors.campaign"),
          isOptional: true,
          cell: (one) => campaigns.get(one.campaign_id)?.name,
        },
        {
          id: "received",
          label: t("received.arrived"),
          width: "190px",
          cell: (one) => <Count sourceId={one.id} />,
        },
        {
          id: "state",
          label: t("doors.state"),
          width: "100px",
          cell: (one) => <DoorBadge isActive={one.is_active} />,
        },
      ]}
    />
  );
}
