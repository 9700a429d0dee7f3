// Hosted forms: what each asks for belongs to a campaign; a page for each.

import { Link } from "@tanstack/react-router";
import { ClipboardList } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { $api } from "~/api/client";
import { useMay } from "~/identity/session";
import { SettingsList } from "~/identity/SettingsList";
import { Count } from "~/intake/Count";
import { DoorBadge } from "~/intake/DoorBadge";
import { NotAllowed } from "~/kit/states";
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
  const campaigns = useCampaigns();
  return (
    <SettingsList
      texts="forms"
      icon={ClipboardList}
      list={forms}
      onAdd={() => setAdding(true)}
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
    >
      {isAdding && <NewFormDialog onClose={() => setAdding(false)} />}
    </SettingsList>
  );
}
