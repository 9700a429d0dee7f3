// Inbound webhooks: addresses that other systems send people to, signed; a page for each.

import { Link, useNavigate } from "@tanstack/react-router";
import { Webhook as HookIcon } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { $api } from "~/api/client";
import type { HookMade } from "~/api/schema";
import { useMay } from "~/identity/session";
import { SettingsList } from "~/identity/SettingsList";
import { Count } from "~/intake/Count";
import { DoorBadge } from "~/intake/DoorBadge";
import { OnceDialog } from "~/kit/OnceDialog";
import { NotAllowed } from "~/kit/states";
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
  const campaigns = useCampaigns();
  return (
    <SettingsList
      texts="hooks"
      icon={HookIcon}
      list={hooks}
      onAdd={() => setAdding(true)}
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
    >
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
    </SettingsList>
  );
}
