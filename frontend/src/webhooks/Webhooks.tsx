// Who is told of what happens here: other systems' addresses, and a page for each.

import { Link, useNavigate } from "@tanstack/react-router";
import { Webhook as WebhookIcon } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { $api } from "~/api/client";
import type { EndpointOut, EndpointWithSecret } from "~/api/schema";
import { useMay } from "~/identity/session";
import { SettingsList } from "~/identity/SettingsList";
import { OnceDialog } from "~/kit/OnceDialog";
import { Badge } from "~/kit/Panel";
import { NotAllowed } from "~/kit/states";
import { EndpointDialog } from "./EndpointDialog";
import { hostOf, useKindsTold } from "./endpoints";
import { StateBadge } from "./StateBadge";
import styles from "./Webhooks.module.css";

export function Webhooks() {
  return useMay("webhooks:write") ? <Page /> : <NotAllowed />;
}

function Page() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [isAdding, setAdding] = useState(false);
  const [added, setAdded] = useState<EndpointWithSecret | null>(null);
  const endpoints = $api.useInfiniteQuery(
    "get",
    "/api/v1/webhooks",
    { params: { query: { limit: 50 } } },
    { initialPageParam: null, getNextPageParam: (page) => page.next_cursor },
  );

  const kindsTold = useKindsTold();
  return (
    <SettingsList
      texts="webhooks"
      icon={WebhookIcon}
      list={endpoints}
      onAdd={() => setAdding(true)}
      columns={[
        {
          id: "url",
          label: t("webhooks.url"),
          isName: true,
          cell: (one) => (
            <>
              <Link to="/settings/webhooks/$webhookId" params={{ webhookId: one.id }} title={one.url}>
                <b>{hostOf(one)}</b>
              </Link>
              <span className={styles.detail}>{one.description}</span>
            </>
          ),
        },
        {
          id: "kinds",
          label: t("webhooks.kinds"),
          isOptional: true,
          cell: (one) => <span className={styles.kinds}>{kindsTold(one)}</span>,
        },
        {
          id: "backlog",
          label: t("webhooks.deliveries"),
          width: "160px",
          cell: (one) => <Backlog endpoint={one} />,
        },
        { id: "state", label: t("webhooks.state"), width: "112px", cell: (one) => <StateBadge endpoint={one} /> },
      ]}
    >
      {isAdding && <EndpointDialog endpoint={null} onClose={() => setAdding(false)} onAdded={setAdded} />}
      {added && (
        <OnceDialog
          title={t("webhooks.secret")}
          detail={t("webhooks.secret_detail")}
          secret={added.secret ?? ""}
          onClose={() => {
            setAdded(null);
            void navigate({ to: "/settings/webhooks/$webhookId", params: { webhookId: added.id } });
          }}
        />
      )}
    </SettingsList>
  );
}

/** What waits and what was given up; there are few endpoints, so that each is asked for itself. */
function Backlog({ endpoint }: { endpoint: EndpointOut }) {
  const { t } = useTranslation();
  const { data } = $api.useQuery("get", "/api/v1/webhooks/{endpoint_id}", {
    params: { path: { endpoint_id: endpoint.id } },
  });
  if (!data) return null;
  return (
    <span className={styles.badges}>
      {data.waiting > 0 && <Badge tone="warn">{t("webhooks.waiting", { count: data.waiting })}</Badge>}
      {data.dead > 0 && <Badge tone="danger">{t("webhooks.dead", { count: data.dead })}</Badge>}
    </span>
  );
}
