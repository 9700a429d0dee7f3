// Hosted forms: what each asks for belongs to a campaign; a page for each.

import { Link } from "@tanstack/react-router";
import { ClipboardList, Plus } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { $api } from "~/api/client";
import type { FormOut } from "~/api/schema";
import { useMay } from "~/identity/session";
import { SettingsTabs } from "~/identity/SettingsTabs";
import { Count } from "~/intake/Count";
import { DoorBadge } from "~/intake/DoorBadge";
import styles from "~/intake/doors.module.css";
import { Button } from "~/kit/Button";
import { More } from "~/kit/More";
import { Panel, Screen } from "~/kit/Panel";
import { Empty, NotAllowed, Shown } from "~/kit/states";
import { Table } from "~/kit/Table";
import { useCampaigns } from "~/leads/useCampaigns";
import { NewFormDialog } from "./NewFormDialog";

export function Forms() {
  return useMay("intake:write") ? <Page /> : <NotAllowed />;
}

function Page() {
  const { t } = useTranslation();
  const [isAdding, setAdding] = useState(false);
  const forms = $api.useInfiniteQuery(
    "get",
    "/api/v1/forms",
    { params: { query: { limit: 50 } } },
    { initialPageParam: null, getNextPageParam: (page) => page.next_cursor },
  );
  return (
    <Screen
      title={t("settings.title")}
      actions={
        <Button look="primary" onPress={() => setAdding(true)}>
          <Plus size={14} aria-hidden="true" /> {t("forms.add")}
        </Button>
      }
    >
      <SettingsTabs />
      <p className={styles.about}>{t("forms.detail")}</p>
      <Panel title={t("forms.title")} isFlush>
        <Shown query={forms} rows={4}>
          {({ pages }) => {
            const found = pages.flatMap((page) => page.items);
            return found.length === 0 ? (
              <Empty title={t("forms.none")} icon={<ClipboardList size={22} aria-hidden="true" />}>
                {t("forms.none_detail")}
              </Empty>
            ) : (
              <>
                <List forms={found} />
                <More list={forms} />
              </>
            );
          }}
        </Shown>
      </Panel>
      {isAdding && <NewFormDialog onClose={() => setAdding(false)} />}
    </Screen>
  );
}

function List({ forms }: { forms: readonly FormOut[] }) {
  const { t } = useTranslation();
  const campaigns = useCampaigns();
  return (
    <Table
      label={t("forms.title")}
      rows={forms}
      idOf={(one) => one.id}
      columns={[
        {
          id: "name",
          label: t("doors.name"),
          isName: true,
          cell: (one) => (
            <Link to="/settings/forms/$formId" params={{ formId: one.id }}>
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
          id: "questions",
          label: t("forms.questions"),
          isOptional: true,
          isNumber: true,
          width: "112px",
          cell: (one) => one.fields.length,
        },
        { id: "received", label: t("forms.answers"), width: "190px", cell: (one) => <Count sourceId={one.id} /> },
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
