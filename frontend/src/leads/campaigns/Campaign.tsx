// One campaign: how far those came who responded, and below that its leads, its responses and its imports.

import { Outlet, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { FileUp, Pencil } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { $api } from "~/api/client";
import type { CampaignOut, FunnelOut } from "~/api/schema";
import { count, decimal } from "~/i18n/numbers";
import { day } from "~/i18n/time";
import { useMay } from "~/identity/session";
import { Button } from "~/kit/Button";
import { ExportMenu } from "~/kit/ExportMenu";
import { Facts, Panel, Screen } from "~/kit/Panel";
import { NotAllowed, Shown } from "~/kit/states";
import { TabLinks } from "~/kit/Tabs";
import styles from "./campaigns.module.css";
import { CampaignDialog } from "./CampaignDialog";
import { FunnelPicture } from "./FunnelPicture";
import { PeriodField } from "./PeriodField";
import { spanOfDays } from "./spanOfDays";
import { useFunnels } from "./useFunnels";

const ROUTE = "/signed-in/campaigns/$campaignId";

export function Campaign() {
  const { t } = useTranslation();
  const { campaignId } = useParams({ from: ROUTE });
  const mayRead = useMay("campaigns:read");
  const found = $api.useQuery(
    "get",
    "/api/v1/campaigns/{campaign_id}",
    { params: { path: { campaign_id: campaignId } } },
    { enabled: mayRead },
  );
  if (!mayRead || !found.data) {
    return (
      <Screen title={t("campaigns.campaign")}>
        {mayRead ? (
          <Shown query={found} rows={8}>
            {() => null}
          </Shown>
        ) : (
          <NotAllowed />
        )}
      </Screen>
    );
  }
  return <Opened campaign={found.data} />;
}

function Opened({ campaign }: { campaign: CampaignOut }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const mayWrite = useMay("campaigns:write");
  const mayImport = useMay("intake:write");
  const period = useSearch({ from: ROUTE });
  const funnels = useFunnels(period, campaign.id);
  const [isEdited, setEdited] = useState(false);
  const params = { campaignId: campaign.id };
  const here = `/campaigns/${campaign.id}`;
  return (
    <Screen
      title={campaign.name}
      detail={[t(`campaign_kind.${campaign.kind}`), spanOfDays(campaign, t)].filter(Boolean).join(" · ")}
      isWide
      actions={
        <>
          <PeriodField
            period={period}
            onChange={(chosen) => {
              // The tab and its own filter stay as they are.
              const search = ({ stage }: { stage?: unknown }) => ({
                ...chosen,
                ...(stage !== undefined && { stage }),
              });
              void navigate({ to: ".", search: search as never, replace: true });
            }}
          />
          <ExportMenu path={`/api/v1/campaigns/${campaign.id}/responses/export`} query={{}} />
          {mayWrite && (
            <Button onPress={() => setEdited(true)}>
              <Pencil size={14} aria-hidden="true" /> {t("edit")}
            </Button>
          )}
          {mayImport && (
            <Button look="primary" onPress={() => void navigate({ to: "/campaigns/$campaignId/import", params })}>
              <FileUp size={14} aria-hidden="true" /> {t("intake.import")}
            </Button>
          )}
        </>
      }
    >
      <div className={styles.top}>
        <Panel title={t("campaigns.funnel")}>
          <Shown query={funnels} rows={4}>
            {({ items: [own] }) => (own ? <FunnelPicture funnel={own} label={t("campaigns.funnel")} /> : null)}
          </Shown>
        </Panel>
        <Panel title={t("campaigns.now")}>
          <Shown query={funnels} rows={4}>
            {({ items: [own] }) => (own ? <Standing funnel={own} campaign={campaign} /> : null)}
          </Shown>
        </Panel>
      </div>
      <div className={styles.tabs}>
        <TabLinks
          label={campaign.name}
          tabs={[
            { to: here, label: t("campaigns.leads"), keepsSearch: true },
            { to: `${here}/responses`, label: t("campaigns.responses"), keepsSearch: true },
            { to: `${here}/imports`, label: t("campaigns.imports"), keepsSearch: true },
          ]}
        />
      </div>
      <div className={styles.below}>
        <Outlet />
      </div>
      {isEdited && <CampaignDialog campaign={campaign} onClose={() => setEdited(false)} />}
    </Screen>
  );
}

function Standing({ funnel, campaign }: { funnel: FunnelOut; campaign: CampaignOut }) {
  const { t } = useTranslation();
  const minutes = funnel.median_minutes;
  return (
    <Facts
      facts={[
        [t("campaigns.open"), count(funnel.open)],
        [t("campaigns.without_rep"), count(funnel.without_rep)],
        [t("stage.recycled"), count(funnel.recycled)],
        [t("stage.disqualified"), count(funnel.disqualified)],
        [
          t("kpi.speed_to_lead"),
          minutes === null
            ? "–"
            : `${t("kpi.minutes", { minutes: decimal(minutes) })} ${t("campaigns.median_of", { number: count(funnel.attempted) })}`,
        ],
        [t("campaigns.last_response"), funnel.last_response_at ? day(funnel.last_response_at) : "–"],
        [t("campaigns.region"), campaign.default_region],
        [
          t("campaigns.qualified_by"),
          campaign.responders_are_mql ? t("campaigns.by_marketing") : t("campaigns.by_score"),
        ],
      ]}
    />
  );
}
