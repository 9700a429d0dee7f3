// The criteria agreed with sales: the edition in force, those being written, those that were.

import { useMutation } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { ListChecks, Plus } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { $api, answer, api, ifMatch } from "~/api/client";
import { readAgain } from "~/api/query";
import type { CriteriaOut } from "~/api/schema";
import { day } from "~/i18n/time";
import { useMay } from "~/identity/session";
import { Button } from "~/kit/Button";
import { tell, tellProblem } from "~/kit/notices";
import { Panel, Screen } from "~/kit/Panel";
import { Empty, Shown } from "~/kit/states";
import { ManagerTabs } from "~/leads/ManagerTabs";
import styles from "./CriteriaList.module.css";
import { CriteriaStatusBadge } from "./CriteriaStatusBadge";
import { NewCriteriaDialog } from "./NewCriteriaDialog";

export function CriteriaList() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const mayWrite = useMay("criteria:write");
  const [isNew, setNew] = useState(false);
  const found = $api.useQuery("get", "/api/v1/criteria", { params: { query: { limit: 200 } } });

  function open(criteria: CriteriaOut): void {
    void navigate({ to: "/manager/criteria/$criteriaId", params: { criteriaId: criteria.id } });
  }

  function draftOf({ name, questions, minimum_points, framework }: CriteriaOut): Promise<CriteriaOut> {
    const body = { name, questions, minimum_points, framework, agreed_with: "" };
    return answer(api.POST("/api/v1/criteria", { body }));
  }

  const copy = useMutation({
    mutationFn: draftOf,
    onSuccess: (made) => {
      void readAgain(["/api/v1/criteria"]);
      open(made);
    },
    onError: (error) => tellProblem(error, t("state.unreachable")),
  });

  async function discard(criteria: CriteriaOut): Promise<void> {
    try {
      const params = { path: { criteria_id: criteria.id }, header: ifMatch(criteria.version) };
      const gone = await answer<CriteriaOut>(api.DELETE("/api/v1/criteria/{criteria_id}", { params }));
      tell(t("criteria.discarded", { name: criteria.name }), () => {
        draftOf(gone)
          .then(() => readAgain(["/api/v1/criteria"]))
          .catch((error: unknown) => tellProblem(error, t("state.unreachable")));
      });
    } catch (error) {
      tellProblem(error, t("state.unreachable"));
    }
    await readAgain(["/api/v1/criteria"]);
  }

  return (
    <Screen
      title={t("criteria.title")}
      detail={t("criteria.detail")}
      actions={
        mayWrite && (
          <Button look="primary" onPress={() => setNew(true)}>
            <Plus size={14} aria-hidden="true" /> {t("criteria.add")}
          </Button>
        )
      }
    >
      <ManagerTabs />
      <Panel label={t("criteria.title")} isFlush>
        <Shown query={found} rows={5}>
          {({ items }) =>
            items.length === 0 ? (
              <Empty title={t("criteria.none")} icon={<ListChecks size={22} aria-hidden="true" />}>
                {t("criteria.none_detail")}
              </Empty>
            ) : (
              <ul>
                {items.map((one) => (
                  <Row
                    key={one.id}
                    criteria={one}
                    hasDraft={items.some((other) => other.name === one.name && other.status === "draft")}
                    mayWrite={mayWrite}
                    isCopying={copy.isPending}
                    onCopy={() => copy.mutate(one)}
                    onDiscard={() => void discard(one)}
                  />
                ))}
              </ul>
            )
          }
        </Shown>
      </Panel>
      {isNew && <NewCriteriaDialog onClose={() => setNew(false)} onMade={open} />}
    </Screen>
  );
}

function Row({
  criteria,
  hasDraft,
  mayWrite,
  isCopying,
  onCopy,
  onDiscard,
}: {
  criteria: CriteriaOut;
  hasDraft: boolean;
  mayWrite: boolean;
  isCopying: boolean;
  onCopy: () => void;
  onDiscard: () => void;
}) {
  const { t } = useTranslation();
  const name = t("qualification.edition", { name: criteria.name, edition: criteria.edition });
  const isDraft = criteria.status === "draft";
  return (
    <li className={styles.row}>
      <Link to="/manager/criteria/$criteriaId" params={{ criteriaId: criteria.id }} className={styles.name}>
        <b>{name}</b>
        <span className={styles.detail}>
          {t("criteria.questions", { count: criteria.questions.length })}
          {criteria.minimum_points > 0 && ` · ${t("criteria.minimum_of", { points: criteria.minimum_points })}`}
        </span>
      </Link>
      <span>
        <CriteriaStatusBadge status={criteria.status} />
      </span>
      <span className={styles.detail}>
        {criteria.agreed_with && t("criteria.agreed_with_whom", { whom: criteria.agreed_with })}
      </span>
      <span className={styles.detail}>{day(criteria.published_at ?? criteria.created_at)}</span>
      <span className={styles.actions}>
        {mayWrite && isDraft && (
          <Button look="quiet" onPress={onDiscard} aria-label={t("criteria.discard_named", { name })}>
            {t("criteria.discard")}
          </Button>
        )}
        {mayWrite && !isDraft && !hasDraft && (
          <Button
            look="quiet"
            onPress={onCopy}
            isPending={isCopying}
            aria-label={t("criteria.next_edition_of", { name })}
          >
            {t("criteria.next_edition")}
          </Button>
        )}
      </span>
    </li>
  );
}
