// Importing a file of responders: choose it, see what it is taken for, take it in. What is chosen stays until the server
// has it (chosen.ts).

import { useNavigate, useParams } from "@tanstack/react-router";
import { Plus } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useQuery } from "@tanstack/react-query";
import { $api, answer, api } from "~/api/client";
import { everyPage } from "~/api/query";
import type { CampaignOut } from "~/api/schema";
import { useMay, useMe } from "~/identity/session";
import { Button } from "~/kit/Button";
import { ComboField } from "~/kit/ComboField";
import { Panel, Screen } from "~/kit/Panel";
import { NotAllowed, Shown } from "~/kit/states";
import { CampaignDialog } from "~/leads/campaigns/CampaignDialog";
import { ChooseFile } from "./ChooseFile";
import { chosenOf, keep, placeOf, useChosen } from "./chosen";
import styles from "./intake.module.css";
import { Look } from "./Look";
import { Steps } from "./Steps";

/** Import into one campaign. */
export function ImportInto() {
  const { t } = useTranslation();
  const { campaignId } = useParams({ from: "/signed-in/campaigns/$campaignId/import" });
  const may = useMay("intake:write");
  const campaign = $api.useQuery(
    "get",
    "/api/v1/campaigns/{campaign_id}",
    { params: { path: { campaign_id: campaignId } } },
    { enabled: may },
  );
  if (!may) return <Refused />;
  if (!campaign.data) {
    return (
      <Screen title={t("intake.title")}>
        <Shown query={campaign} rows={6}>
          {() => null}
        </Shown>
      </Screen>
    );
  }
  return <Wizard campaign={campaign.data} />;
}

/** Import into a campaign that is yet to be chosen. */
export function ImportAnywhere() {
  const may = useMay("intake:write");
  return may ? <Wizard campaign={null} /> : <Refused />;
}

function Refused() {
  const { t } = useTranslation();
  return (
    <Screen title={t("intake.title")}>
      <NotAllowed />
    </Screen>
  );
}

function Wizard({ campaign }: { campaign: CampaignOut | null }) {
  const { t } = useTranslation();
  const me = useMe();
  const [chosen, setChosen] = useChosen(placeOf(me.id, campaign?.id));
  return (
    <Screen title={t("intake.title")} detail={campaign && <bdi>{campaign.name}</bdi>}>
      <Steps at={chosen ? "columns" : "file"} />
      {!campaign && <ChooseCampaign />}
      {chosen ? (
        <Look key={chosen.key} chosen={chosen} campaign={campaign} onChange={setChosen} />
      ) : (
        <Panel label={t("intake.steps.file")}>
          <ChooseFile onChosen={(file) => setChosen(chosenOf(file, crypto.randomUUID()))} />
          <p className={styles.explained}>{t("intake.explained")}</p>
        </Panel>
      )}
    </Screen>
  );
}

/** Which campaign they responded to; what was chosen so far goes along. */
function ChooseCampaign() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const me = useMe();
  const mayAdd = useMay("campaigns:write");
  const [chosen] = useChosen(placeOf(me.id));
  const [isAdding, setAdding] = useState(false);
  const campaigns = useQuery({
    queryKey: ["get", "/api/v1/campaigns", { all: true }],
    queryFn: () =>
      everyPage((cursor) =>
        answer(api.GET("/api/v1/campaigns", { params: { query: { limit: 200, ...(cursor && { cursor }) } } })),
      ),
  });

  function go(campaignId: string): void {
    if (!campaignId) return;
    if (chosen) keep(placeOf(me.id, campaignId), chosen);
    keep(placeOf(me.id), null);
    void navigate({ to: "/campaigns/$campaignId/import", params: { campaignId }, replace: true });
  }

  return (
    <Panel title={t("intake.into")}>
      <Shown query={campaigns} rows={1}>
        {(found) => (
          <div className={styles.into}>
            <ComboField
              label={t("campaigns.campaign")}
              value=""
              onChange={go}
              choices={[...found].reverse().map((one) => ({
                id: one.id,
                label: one.name,
                detail: t(`campaign_kind.${one.kind}`),
              }))}
            />
            {mayAdd && (
              <Button onPress={() => setAdding(true)}>
                <Plus size={14} aria-hidden="true" /> {t("campaigns.add")}
              </Button>
            )}
          </div>
        )}
      </Shown>
      {isAdding && (
        <CampaignDialog campaign={null} onClose={() => setAdding(false)} onSaved={(saved) => go(saved.id)} />
      )}
    </Panel>
  );
}
