// All campaigns: how far those came who responded, by campaign and together, and what can be done with each.

import { useMutation } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { Download, Ellipsis, FileUp, Megaphone, Pencil, Plus } from "lucide-react";
import { useDeferredValue, useState } from "react";
import { useTranslation } from "react-i18next";
import { answer, api } from "~/api/client";
import type { CampaignFunnelOut, CampaignOut } from "~/api/schema";
import { count, percent } from "~/i18n/numbers";
import { day, relative } from "~/i18n/time";
import { useMay } from "~/identity/session";
import { Button, IconButton } from "~/kit/Button";
import { TextField } from "~/kit/Field";
import { type Column, GrowingTable } from "~/kit/GrowingTable";
import { Menu } from "~/kit/Menu";
import { tellProblem } from "~/kit/notices";
import { Badge, Panel, Screen } from "~/kit/Panel";
import { Empty, NotAllowed, Shown } from "~/kit/states";
import { hasWords } from "~/kit/words";
import styles from "./campaigns.module.css";
import { CampaignDialog } from "./CampaignDialog";
import { downloadResponses } from "./download";
import { FunnelPicture } from "./FunnelPicture";
import { PeriodField } from "./PeriodField";
import { shareOf } from "./steps";
import { useFunnels } from "./useFunnels";

export function Campaigns() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const mayRead = useMay("campaigns:read");
  const mayWrite = useMay("campaigns:write");
  const mayImport = useMay("intake:write");
  const period = useSearch({ from: "/signed-in/campaigns" });
  const [made, setMade] = useState(false);
  if (!mayRead) {
    return (
      <Screen title={t("places.campaigns")}>
        <NotAllowed />
      </Screen>
    );
  }
  return (
    <Screen
      title={t("places.campaigns")}
      detail={t("campaigns.detail")}
      isWide
      actions={
        <>
          <PeriodField
            period={period}
            onChange={(search) => void navigate({ to: "/campaigns", search, replace: true })}
          />
          {mayWrite && (
            <Button onPress={() => setMade(true)}>
              <Plus size={14} aria-hidden="true" /> {t("campaigns.add")}
            </Button>
          )}
          {mayImport && (
            <Button look="primary" onPress={() => void navigate({ to: "/campaigns/import" })}>
              <FileUp size={14} aria-hidden="true" /> {t("intake.import")}
            </Button>
          )}
        </>
      }
    >
      <List />
      {made && (
        <CampaignDialog
          campaign={null}
          onClose={() => setMade(false)}
          onSaved={(saved) =>
            void navigate({ to: "/campaigns/$campaignId", params: { campaignId: saved.id }, search: {} })
          }
        />
      )}
    </Screen>
  );
}

function List() {
  const { t } = useTranslation();
  const period = useSearch({ from: "/signed-in/campaigns" });
  const funnels = useFunnels(period);
  const columns = useColumns();
  const [typed, setTyped] = useState("");
  const wanted = useDeferredValue(typed.trim());
  return (
    <Shown query={funnels} rows={8}>
      {({ items, total }) => {
        if (items.length === 0) {
          return (
            <Panel label={t("places.campaigns")}>
              <Empty title={t("campaigns.none")} icon={<Megaphone size={22} aria-hidden="true" />}>
                {t("campaigns.none_detail")}
              </Empty>
            </Panel>
          );
        }
        const found = wanted ? items.filter((one) => hasWords(one.campaign.name, wanted)) : items;
        return (
          <div className={styles.beside}>
            <div className={styles.grows}>
              <div className={styles.bar}>
                <TextField
                  label={t("campaigns.find")}
                  isLabelHidden
                  placeholder={t("campaigns.find")}
                  type="search"
                  value={typed}
                  onChange={setTyped}
                  maxLength={200}
                />
                <span className={styles.faint}>
                  {t("campaigns.number", { count: found.length, number: count(found.length) })}
                </span>
              </div>
              {found.length === 0 ? (
                <Empty title={t("palette.nothing")} />
              ) : (
                <GrowingTable
                  label={t("places.campaigns")}
                  columns={columns}
                  rows={found}
                  idOf={(one) => one.campaign.id}
                />
              )}
            </div>
            <Panel title={t("campaigns.together")}>
              <FunnelPicture funnel={total} label={t("campaigns.together")} isNarrow />
              <p className={styles.foot}>
                {t("campaigns.persons", { count: total.persons, number: count(total.persons) })}
              </p>
            </Panel>
          </div>
        );
      }}
    </Shown>
  );
}

/** A count, and the share of those before who came so far. */
function Part({ part, whole }: { part: number; whole: number }) {
  return (
    <span className={styles.part}>
      <span>{count(part)}</span>
      <span className={styles.faint}>{percent(shareOf(part, whole))}</span>
    </span>
  );
}

function useColumns(): Column<CampaignFunnelOut>[] {
  const { t } = useTranslation();
  const period = useSearch({ from: "/signed-in/campaigns" });
  const numbers: readonly [string, string, (one: CampaignFunnelOut) => React.ReactNode][] = [
    ["mql", t("stage.mql"), (one) => <Part part={one.mql} whole={one.responses} />],
    ["sal", t("stage.sal"), (one) => <Part part={one.sal} whole={one.mql} />],
    ["sql", t("stage.sql"), (one) => <Part part={one.sql} whole={one.sal} />],
  ];
  return [
    {
      id: "name",
      label: t("campaigns.campaign"),
      isName: true,
      cell: ({ campaign }) => (
        <>
          <Link
            to="/campaigns/$campaignId"
            params={{ campaignId: campaign.id }}
            search={period}
            className={styles.name}
            title={campaign.name}
          >
            {campaign.name}
          </Link>
          <span className={styles.under}>{t(`campaign_kind.${campaign.kind}`)}</span>
        </>
      ),
    },
    {
      id: "last",
      label: t("campaigns.last_response"),
      width: "128px",
      isOptional: true,
      cell: (one) =>
        one.last_response_at ? (
          <time dateTime={one.last_response_at} title={day(one.last_response_at)}>
            {relative(one.last_response_at)}
          </time>
        ) : (
          <span className={styles.faint}>{t("campaigns.never")}</span>
        ),
    },
    {
      id: "responses",
      label: t("campaigns.steps.responses"),
      width: "106px",
      isNumber: true,
      isOptional: true,
      cell: (one) => count(one.responses),
    },
    ...numbers.map(([id, label, cell]) => ({ id, label, width: "62px", isNumber: true, cell })),
    {
      id: "without_rep",
      label: t("campaigns.without_rep"),
      width: "120px",
      isNumber: true,
      isOptional: true,
      cell: (one) =>
        one.without_rep > 0 ? (
          <Badge tone="warn">{count(one.without_rep)}</Badge>
        ) : (
          <span className={styles.faint}>{count(0)}</span>
        ),
    },
    {
      id: "more",
      label: t("campaigns.more"),
      width: "56px",
      head: "",
      isOptional: true,
      cell: (one) => <More of={one} />,
    },
  ];
}

function More({ of }: { of: CampaignFunnelOut }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const mayWrite = useMay("campaigns:write");
  const mayImport = useMay("intake:write");
  const [edited, setEdited] = useState<CampaignOut | null>(null);
  const { id, name } = of.campaign;
  const read = useMutation({
    mutationFn: () =>
      answer<CampaignOut>(api.GET("/api/v1/campaigns/{campaign_id}", { params: { path: { campaign_id: id } } })),
    onSuccess: setEdited,
    onError: (error) => tellProblem(error, t("state.unreachable")),
  });
  const icon = { size: 14, "aria-hidden": true } as const;
  return (
    <>
      <Menu
        label={t("campaigns.more_of", { name })}
        choices={[
          ...(mayWrite
            ? [{ id: "edit", label: t("edit"), icon: <Pencil {...icon} />, run: () => read.mutate() }]
            : []),
          ...(mayImport
            ? [
                {
                  id: "import",
                  label: t("intake.import"),
                  icon: <FileUp {...icon} />,
                  run: () => void navigate({ to: "/campaigns/$campaignId/import", params: { campaignId: id } }),
                },
              ]
            : []),
          {
            id: "csv",
            label: t("campaigns.export", { format: "CSV" }),
            icon: <Download {...icon} />,
            run: () => downloadResponses(id, "csv"),
          },
          {
            id: "xlsx",
            label: t("campaigns.export", { format: "XLSX" }),
            icon: <Download {...icon} />,
            run: () => downloadResponses(id, "xlsx"),
          },
        ]}
      >
        <IconButton label={t("campaigns.more_of", { name })}>
          <Ellipsis size={16} aria-hidden="true" />
        </IconButton>
      </Menu>
      {edited && <CampaignDialog campaign={edited} onClose={() => setEdited(null)} />}
    </>
  );
}
