// What is done with the rows that are chosen: giving them to somebody else, putting them into a cadence.

import { UserRoundPen, Workflow } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { withTexts } from "~/i18n/late";
import { count } from "~/i18n/numbers";
import { useMay } from "~/identity/session";
import { Button } from "~/kit/Button";
import { AssignManyDialog, type Meant } from "~/leads/assign/AssignManyDialog";
import type { LeadFilter } from "./filter";
import styles from "./LeadTable.module.css";

const loadEnrolling = withTexts(["cadences"], () => import("~/cadences/EnrolManyDialog"));
const EnrolManyDialog = lazy(async () => ({ default: (await loadEnrolling()).EnrolManyDialog }));

export function Chosen({
  selected,
  filter,
  read,
  total,
  onNone,
}: {
  selected: ReadonlySet<string>;
  filter: LeadFilter;
  /** How many rows were read; once all of these are chosen, all that match can be. */
  read: number;
  /** How many match in all, if that is known to the last one. */
  total: number | undefined;
  onNone: () => void;
}) {
  const { t } = useTranslation();
  const [areAllMeant, setAllMeant] = useState(false);
  const mayAssign = useMay("leads:assign");
  const [isAssigning, setAssigning] = useState(false);
  const [isEnrolling, setEnrolling] = useState(false);
  const isMore = selected.size >= read && total !== undefined && total > read;
  const meant: Meant =
    areAllMeant && isMore ? { leads: filter, number: total } : { leads: [...selected], number: selected.size };
  return (
    <div className={styles.chosen} role="status">
      <span>{t("table.chosen", { count: meant.number, number: count(meant.number) })}</span>
      {isMore && !areAllMeant && (
        <Button look="quiet" onPress={() => setAllMeant(true)}>
          {t("table.choose_all", { total: count(total) })}
        </Button>
      )}
      {mayAssign && (
        <Button look="primary" onPress={() => setAssigning(true)}>
          <UserRoundPen size={14} aria-hidden="true" /> {t("assign.do")}
        </Button>
      )}
      <Button onPress={() => setEnrolling(true)}>
        <Workflow size={14} aria-hidden="true" /> {t("table.enrol")}
      </Button>
      <Button look="quiet" onPress={onNone}>
        {t("table.choose_none")}
      </Button>
      {isEnrolling && (
        <Suspense fallback={null}>
          <EnrolManyDialog
            meant={meant}
            onClose={() => setEnrolling(false)}
            onEnrolled={() => {
              setEnrolling(false);
              onNone();
            }}
          />
        </Suspense>
      )}
      {isAssigning && (
        <AssignManyDialog
          meant={meant}
          onClose={() => setAssigning(false)}
          onAssigned={() => {
            setAssigning(false);
            onNone();
          }}
        />
      )}
    </div>
  );
}
