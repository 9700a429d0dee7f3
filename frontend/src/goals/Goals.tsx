// The goals of users and teams, as their manager keeps them: set, change, end.

import { useQuery } from "@tanstack/react-query";
import { Ellipsis, Plus, Target } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { $api, answer, api } from "~/api/client";
import { everyPage } from "~/api/query";
import type { GoalOut } from "~/api/schema";
import { count, percent } from "~/i18n/numbers";
import { day } from "~/i18n/time";
import { useMay } from "~/identity/session";
import { Button, IconButton } from "~/kit/Button";
import { ExportMenu } from "~/kit/ExportMenu";
import { SelectField } from "~/kit/Field";
import { Menu } from "~/kit/Menu";
import { Badge, Panel, Screen } from "~/kit/Panel";
import { Empty, NotAllowed, Shown } from "~/kit/states";
import { Table } from "~/kit/Table";
import { ManagerTabs } from "~/leads/ManagerTabs";
import { today } from "./days";
import { EndGoalDialog } from "./EndGoalDialog";
import { GoalDialog } from "./GoalDialog";
import { paceTone } from "./GoalList";
import styles from "./Goals.module.css";
import { useWhose } from "./whose";

const EVERY_GOAL = {
  queryKey: ["get", "/api/v1/goals", { all: true }],
  queryFn: () =>
    everyPage((cursor) => {
      const query = { limit: 200, ...(cursor && { cursor }) };
      return answer(api.GET("/api/v1/goals", { params: { query } }));
    }),
};

type When = "in_force" | "to_come" | "past";

/** Which goals are shown, by the reader's day. */
function whenOf(goal: GoalOut, now: string): When {
  if (goal.ends_on !== null && goal.ends_on < now) return "past";
  return goal.starts_on > now ? "to_come" : "in_force";
}

export function Goals() {
  return useMay("goals:write") ? <Page /> : <NotAllowed />;
}

function Page() {
  const { t } = useTranslation();
  const [shown, setShown] = useState<When>("in_force");
  const [edited, setEdited] = useState<GoalOut | "new" | null>(null);
  const [ended, setEnded] = useState<GoalOut | null>(null);
  const goals = useQuery(EVERY_GOAL);
  const now = today();
  return (
    <Screen
      title={t("goals.title")}
      detail={t("goals.detail")}
      actions={
        <>
          <ExportMenu path="/api/v1/goals/export" query={{}} />
          <Button look="primary" onPress={() => setEdited("new")}>
            <Plus size={14} aria-hidden="true" /> {t("goals.set")}
          </Button>
        </>
      }
    >
      <ManagerTabs />
      <Panel
        title={t("goals.title")}
        isFlush
        actions={
          <SelectField
            label={t("goals.shown")}
            isLabelHidden
            value={shown}
            onChange={(chosen) => setShown(chosen as When)}
            choices={(["in_force", "to_come", "past"] as const).map((id) => ({ id, label: t(`goals.${id}`) }))}
          />
        }
      >
        <Shown query={goals} rows={6}>
          {(all) => {
            const found = all.filter((one) => whenOf(one, now) === shown);
            if (found.length > 0) return <List goals={found} onChange={setEdited} onEnd={setEnded} />;
            return (
              <Empty
                title={all.length === 0 ? t("goals.none") : t("goals.none_such")}
                icon={<Target size={22} aria-hidden="true" />}
              >
                {all.length === 0 && t("goals.none_detail")}
              </Empty>
            );
          }}
        </Shown>
      </Panel>
      {edited && <GoalDialog goal={edited === "new" ? null : edited} onClose={() => setEdited(null)} />}
      {ended && <EndGoalDialog goal={ended} onClose={() => setEnded(null)} />}
    </Screen>
  );
}

function List({
  goals,
  onChange,
  onEnd,
}: {
  goals: readonly GoalOut[];
  onChange: (goal: GoalOut) => void;
  onEnd: (goal: GoalOut) => void;
}) {
  const { t } = useTranslation();
  const whose = useWhose();
  const progress = $api.useQuery("get", "/api/v1/goals/progress", { params: { query: {} } }).data;
  const standing = new Map(progress?.items.map((one) => [one.goal.id, one]));
  const now = today();
  const sorted = [...goals].sort(
    (one, other) => whose(one).localeCompare(whose(other)) || one.starts_on.localeCompare(other.starts_on),
  );
  return (
    <Table
      label={t("goals.title")}
      rows={sorted}
      idOf={(one) => one.id}
      columns={[
        {
          id: "whose",
          label: t("goals.whose"),
          isName: true,
          cell: (one) => (
            <>
              <b>{whose(one)}</b>
              <span className={styles.detail}>
                {t(`counter.${one.counter}`)} · {t(`period.${one.period}`)}
              </span>
            </>
          ),
        },
        {
          id: "target",
          label: t("goals.target"),
          isNumber: true,
          width: "92px",
          cell: (one) => count(one.target),
        },
        {
          id: "now",
          label: t("goals.now"),
          isOptional: true,
          width: "190px",
          cell: (one) => <Standing progress={standing.get(one.id)} />,
        },
        {
          id: "from",
          label: t("goals.from"),
          isOptional: true,
          width: "120px",
          cell: (one) => day(one.starts_on),
        },
        {
          id: "until",
          label: t("goals.until"),
          isOptional: true,
          width: "120px",
          cell: (one) => (one.ends_on ? day(one.ends_on) : t("goals.open_end")),
        },
        {
          id: "actions",
          label: t("actions"),
          isLabelHidden: true,
          width: "64px",
          cell: (one) => {
            if (whenOf(one, now) === "past") return null;
            const label = t("goals.more", { what: t(`counter.${one.counter}`), whose: whose(one) });
            return (
              <Menu
                label={label}
                choices={[
                  { id: "change", label: t("goals.change"), run: () => onChange(one) },
                  { id: "end", label: t("goals.end"), run: () => onEnd(one), isDanger: true },
                ]}
              >
                <IconButton label={label}>
                  <Ellipsis size={16} aria-hidden="true" />
                </IconButton>
              </Menu>
            );
          },
        },
      ]}
    />
  );
}

function Standing({ progress }: { progress: { actual: number; pace: number | null } | undefined }) {
  const { t } = useTranslation();
  if (!progress) return null;
  return (
    <span className={styles.standing}>
      {count(progress.actual)}
      <Badge tone={progress.pace === null ? "neutral" : paceTone(progress.pace)}>
        {progress.pace === null ? t("goals.not_begun") : t("goals.pace", { pace: percent(progress.pace) })}
      </Badge>
    </span>
  );
}
