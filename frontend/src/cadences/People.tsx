// Who is or was in a cadence: how each stands, what is next and when, what needs attention and how it is put right.

import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { Ellipsis } from "lucide-react";
import { useTranslation } from "react-i18next";
import { $api } from "~/api/client";
import type { CadenceOut, EnrolmentRowOut, EnrolmentState } from "~/api/schema";
import { moment, relative } from "~/i18n/time";
import { IconButton } from "~/kit/Button";
import { SelectField } from "~/kit/Field";
import { GrowingTable } from "~/kit/GrowingTable";
import { Menu } from "~/kit/Menu";
import { Panel } from "~/kit/Panel";
import { Empty, Shown } from "~/kit/states";
import styles from "./cadences.module.css";
import { useWishing } from "./data";
import { Frame, OfCadence } from "./Frame";
import { Runs } from "./Runs";
import { Problem, Standing, whatNext } from "./Standing";

const PAGE = 100;
const ALL = "all";
const STATES: readonly EnrolmentState[] = ["active", "attention", "paused", "finished"];
const HERE = "/signed-in/cadences/$cadenceId/people";

export function People() {
  return <OfCadence from={HERE}>{(cadence) => <Table key={cadence.id} cadence={cadence} />}</OfCadence>;
}

function Table({ cadence }: { cadence: CadenceOut }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { state } = useSearch({ from: HERE });
  const enrolments = $api.useInfiniteQuery(
    "get",
    "/api/v1/cadences/{cadence_id}/enrolments",
    { params: { path: { cadence_id: cadence.id }, query: { limit: PAGE, ...(state && { state }) } } },
    { initialPageParam: null, getNextPageParam: (page) => page.next_cursor, placeholderData: (before) => before },
  );
  return (
    <Frame
      cadence={cadence}
      isWide
      actions={
        <SelectField
          label={t("cadences.state_label")}
          isLabelHidden
          value={state ?? ALL}
          onChange={(chosen) =>
            void navigate({
              to: "/cadences/$cadenceId/people",
              params: { cadenceId: cadence.id },
              search: chosen === ALL ? {} : { state: chosen as EnrolmentState },
              replace: true,
            })
          }
          choices={[
            { id: ALL, label: t("cadences.states_all") },
            ...STATES.map((one) => ({ id: one, label: t(`cadences.state.${one}`) })),
          ]}
        />
      }
    >
      <Runs cadenceId={cadence.id} />
      <Panel label={t("cadences.tabs.people")} isFlush>
        <Shown query={enrolments} rows={8}>
          {({ pages }) => {
            const rows = pages.flatMap((page) => page.items);
            return rows.length === 0 ? (
              <Empty title={t(state ? "cadences.nobody_such" : "cadences.nobody")}>
                {!state && t("cadences.nobody_detail")}
              </Empty>
            ) : (
              <Rows
                rows={rows}
                hasMore={enrolments.hasNextPage}
                isReadingMore={enrolments.isFetchingNextPage}
                onMore={() => void enrolments.fetchNextPage()}
              />
            );
          }}
        </Shown>
      </Panel>
    </Frame>
  );
}

function Rows(more: {
  rows: readonly EnrolmentRowOut[];
  hasMore: boolean;
  isReadingMore: boolean;
  onMore: () => void;
}) {
  const { t } = useTranslation();
  const wishing = useWishing();
  const nameOf = (one: EnrolmentRowOut) => one.name ?? t("lead.nameless");
  return (
    <GrowingTable
      {...more}
      label={t("cadences.tabs.people")}
      idOf={(one) => one.id}
      columns={[
        {
          id: "person",
          label: t("cadences.person"),
          isName: true,
          cell: (one) => (
            <span className={styles.whose}>
              <Link to="/leads/$leadId" params={{ leadId: one.lead_id }}>
                <b>{nameOf(one)}</b>
              </Link>
              {one.company && <span className={styles.hint}>{one.company}</span>}
              <span className={styles.narrow}>
                <Standing enrolment={one} />
              </span>
            </span>
          ),
        },
        {
          id: "state",
          label: t("cadences.state_label"),
          isOptional: true,
          width: "150px",
          cell: (one) => <Standing enrolment={one} />,
        },
        {
          id: "next",
          label: t("cadences.next"),
          width: "44%",
          cell: (one) => (
            <span className={styles.whose}>
              <span>{whatNext(t, one)}</span>
              {one.problem && <Problem enrolment={one} />}
            </span>
          ),
        },
        {
          id: "enrolled",
          label: t("cadences.enrolled"),
          isOptional: true,
          width: "130px",
          cell: (one) => (
            <time dateTime={one.enrolled_at} title={moment(one.enrolled_at)} className={styles.hint}>
              {relative(one.enrolled_at)}
            </time>
          ),
        },
        {
          id: "actions",
          label: t("cadences.actions"),
          head: "",
          width: "56px",
          cell: (one) =>
            one.may.length > 0 && (
              <Menu
                label={t("cadences.actions_for", { name: nameOf(one) })}
                choices={one.may.map((wish) => ({
                  id: wish,
                  label: t(`cadences.wish.${wish}`),
                  isDanger: wish === "finish",
                  run: () => wishing.mutate({ id: one.id, wish }),
                }))}
              >
                <IconButton label={t("cadences.actions_for", { name: nameOf(one) })}>
                  <Ellipsis size={16} aria-hidden="true" />
                </IconButton>
              </Menu>
            ),
        },
      ]}
    />
  );
}
