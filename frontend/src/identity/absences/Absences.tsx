// Who is away when: a calendar of some weeks beside a list, to add to and to take from.

import { type CalendarDate, getLocalTimeZone, today } from "@internationalized/date";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { ChevronLeft, ChevronRight, Palmtree, Plus, Trash2 } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { answer, api, ifMatch } from "~/api/client";
import { everyPage, readAgain } from "~/api/query";
import type { AbsenceOut, NewAbsence, UserOut } from "~/api/schema";
import { day, moment } from "~/i18n/time";
import { Button, IconButton } from "~/kit/Button";
import { SelectField } from "~/kit/Field";
import { tell, tellProblem } from "~/kit/notices";
import { Badge, Panel, Screen } from "~/kit/Panel";
import { Empty, NotAllowed, Shown } from "~/kit/states";
import { Table } from "~/kit/Table";
import { useNow } from "~/kit/useNow";
import { SettingsTabs } from "../SettingsTabs";
import { useMay, useMe, useUsers } from "../session";
import { AbsenceDialog } from "./AbsenceDialog";
import styles from "./Absences.module.css";
import { between, daysOf, mondayOf, placeOf, WEEKS } from "./span";

export function Absences() {
  return useMay("absences:write") ? <Page /> : <NotAllowed />;
}

export function readAbsencesAgain(): Promise<void> {
  return readAgain(["/api/v1/absences"]);
}

function useAbsences(from: CalendarDate) {
  const ending_after = from.toDate(getLocalTimeZone()).toISOString();
  return useQuery({
    queryKey: ["get", "/api/v1/absences", { all: true, ending_after }],
    queryFn: () =>
      everyPage((cursor) => {
        const query = { limit: 200, ending_after, ...(cursor && { cursor }) };
        return answer(api.GET("/api/v1/absences", { params: { query } }));
      }),
    placeholderData: keepPreviousData,
  });
}

function Page() {
  const { t } = useTranslation();
  const me = useMe();
  const users = useUsers();
  const mayAll = useMay("leads:assign");
  const [whose, setWhose] = useState<"mine" | "all">(mayAll ? "all" : "mine");
  const [weeks, setWeeks] = useState(0);
  const [isAdding, setAdding] = useState(false);
  const monday = mondayOf(today(getLocalTimeZone())).add({ weeks });
  const absences = useAbsences(monday);

  async function remove(absence: AbsenceOut, name: string): Promise<void> {
    try {
      const params = { path: { absence_id: absence.id }, header: ifMatch(1) };
      await answer(api.DELETE("/api/v1/absences/{absence_id}", { params }));
      void readAbsencesAgain();
      const { user_id, starts_at, ends_at, reason } = absence;
      tell(t("absences.removed", { name }), () => void add({ user_id, starts_at, ends_at, reason }));
    } catch (error) {
      tellProblem(error, t("state.unreachable"));
    }
  }

  async function add(body: NewAbsence): Promise<void> {
    try {
      await answer(api.POST("/api/v1/absences", { body }));
      void readAbsencesAgain();
    } catch (error) {
      tellProblem(error, t("state.unreachable"));
    }
  }

  return (
    <Screen
      title={t("settings.title")}
      actions={
        <Button look="primary" onPress={() => setAdding(true)}>
          <Plus size={14} aria-hidden="true" /> {t("absences.add")}
        </Button>
      }
    >
      <SettingsTabs />
      <div className={styles.bar}>
        <SelectField
          label={t("absences.whose")}
          isLabelHidden
          value={whose}
          onChange={(chosen) => setWhose(chosen as "mine" | "all")}
          choices={[
            { id: "mine", label: t("absences.mine") },
            { id: "all", label: t("absences.everybody") },
          ]}
        />
        <span className={styles.weeks}>
          <IconButton label={t("absences.earlier")} onPress={() => setWeeks(weeks - WEEKS + 1)}>
            <ChevronLeft size={16} aria-hidden="true" />
          </IconButton>
          <Button look="quiet" isDisabled={weeks === 0} onPress={() => setWeeks(0)}>
            {t("absences.this_week")}
          </Button>
          <IconButton label={t("absences.later")} onPress={() => setWeeks(weeks + WEEKS - 1)}>
            <ChevronRight size={16} aria-hidden="true" />
          </IconButton>
        </span>
      </div>
      <Panel title={t("absences.title")} isFlush>
        <Shown query={absences} rows={4}>
          {(found) => {
            const shown = found
              .filter((one) => whose === "all" || one.user_id === me.id)
              .toSorted((one, other) => one.starts_at.localeCompare(other.starts_at));
            return shown.length === 0 ? (
              <Empty
                title={t(whose === "all" ? "absences.none" : "absences.none_mine")}
                icon={<Palmtree size={22} aria-hidden="true" />}
              >
                {t("absences.none_detail")}
              </Empty>
            ) : (
              <Rows
                absences={shown}
                users={users}
                monday={monday}
                mayRemove={(one) => mayAll || one.user_id === me.id}
                onRemove={(one, name) => void remove(one, name)}
              />
            );
          }}
        </Shown>
      </Panel>
      {isAdding && <AbsenceDialog onClose={() => setAdding(false)} />}
    </Screen>
  );
}

function Rows({
  absences,
  users,
  monday,
  mayRemove,
  onRemove,
}: {
  absences: readonly AbsenceOut[];
  users: ReadonlyMap<string, UserOut>;
  monday: CalendarDate;
  mayRemove: (absence: AbsenceOut) => boolean;
  onRemove: (absence: AbsenceOut, name: string) => void;
}) {
  const { t } = useTranslation();
  const now = useNow();
  const nameOf = (one: AbsenceOut) => users.get(one.user_id)?.name ?? "…";
  const zoneOf = (one: AbsenceOut) => users.get(one.user_id)?.time_zone ?? getLocalTimeZone();
  const isNow = (one: AbsenceOut) => new Date(one.starts_at) <= now && now < new Date(one.ends_at);
  return (
    <Table
      label={t("absences.title")}
      rows={absences}
      idOf={(one) => one.id}
      columns={[
        {
          id: "name",
          label: t("absences.name"),
          isName: true,
          cell: (one) => (
            <>
              <b>{nameOf(one)}</b> {isNow(one) && <Badge tone="warn">{t("absences.now")}</Badge>}
            </>
          ),
        },
        {
          id: "days",
          label: t("absences.days_label"),
          cell: (one) => (
            <>
              <Span absence={one} zone={zoneOf(one)} />
              {one.reason && <span className={styles.detail}>{one.reason}</span>}
            </>
          ),
        },
        {
          id: "calendar",
          label: t("absences.calendar"),
          head: <Weeks monday={monday} />,
          width: "52%",
          isOptional: true,
          cell: (one) => <Track absence={one} zone={zoneOf(one)} monday={monday} />,
        },
        {
          id: "remove",
          label: t("remove"),
          isLabelHidden: true,
          width: "64px",
          cell: (one) =>
            mayRemove(one) && (
              <IconButton
                label={t("absences.remove", {
                  name: nameOf(one),
                  from: day(daysOf(one, zoneOf(one)).first.toString()),
                })}
                onPress={() => onRemove(one, nameOf(one))}
              >
                <Trash2 size={16} aria-hidden="true" />
              </IconButton>
            ),
        },
      ]}
    />
  );
}

/** From when to when, in words. */
function Span({ absence, zone }: { absence: AbsenceOut; zone: string }) {
  const { t } = useTranslation();
  const days = daysOf(absence, zone);
  if (!days.isWhole) {
    return <span>{t("absences.range", { first: moment(absence.starts_at), last: moment(absence.ends_at) })}</span>;
  }
  const [first, last] = [day(days.first.toString()), day(days.last.toString())];
  return (
    <span>
      {first === last ? first : t("absences.range", { first, last })}{" "}
      <span className={styles.count}>{t("absences.days", { count: between(days.first, days.last) + 1 })}</span>
    </span>
  );
}

/** The weeks above the tracks, by their Mondays. */
function Weeks({ monday }: { monday: CalendarDate }) {
  const { t } = useTranslation();
  return (
    <span className={styles.track} aria-label={t("absences.calendar")} role="img">
      {Array.from({ length: WEEKS }, (_, week) => (
        <span key={week} className={styles.week}>
          {day(monday.add({ weeks: week }).toString())}
        </span>
      ))}
    </span>
  );
}

/** An absence as a bar over the weeks; what it says stands in words beside it. */
function Track({ absence, zone, monday }: { absence: AbsenceOut; zone: string; monday: CalendarDate }) {
  const place = placeOf(daysOf(absence, zone), monday);
  const present = between(monday, today(getLocalTimeZone())) / (WEEKS * 7);
  return (
    <span className={styles.track} aria-hidden="true">
      {Array.from({ length: WEEKS }, (_, week) => (
        <span key={week} className={styles.week} />
      ))}
      {present >= 0 && present < 1 && <span className={styles.today} style={{ left: `${present * 100}%` }} />}
      {place && (
        <span className={styles.absent} style={{ left: `${place.from * 100}%`, width: `${place.width * 100}%` }} />
      )}
    </span>
  );
}
