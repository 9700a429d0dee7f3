// What was merged into a record, or which record absorbed it; a merge can be undone.

import { useMutation } from "@tanstack/react-query";
import { Undo2 } from "lucide-react";
import { useTranslation } from "react-i18next";
import { $api, answer, api } from "~/api/client";
import { readAgain } from "~/api/query";
import type { MergeOut, RecordKind } from "~/api/schema";
import { percent } from "~/i18n/numbers";
import { moment, relative } from "~/i18n/time";
import { useMay } from "~/identity/session";
import { Button } from "~/kit/Button";
import { tell, tellProblem } from "~/kit/notices";
import { Badge, Panel } from "~/kit/Panel";
import { useActor } from "./useActor";
import styles from "./record.module.css";

/** Nothing is shown for a record that was never merged. */
export function Merges({ kind, recordId }: { kind: RecordKind; recordId: string }) {
  const { t } = useTranslation();
  const found = $api.useQuery("get", "/api/v1/merges", {
    params: { query: { kind, record_id: recordId, limit: 50 } },
  });
  const items = found.data?.items ?? [];
  if (items.length === 0) return null;
  return (
    <Panel title={t("merges.title")} isFlush>
      <ul className={styles.rows}>
        {items.map((one) => (
          <Merge key={one.id} merge={one} />
        ))}
      </ul>
    </Panel>
  );
}

function Merge({ merge }: { merge: MergeOut }) {
  const { t } = useTranslation();
  const actor = useActor();
  const mayUndo = useMay(merge.kind === "person" ? "people:write" : "accounts:write");
  const undo = useMutation({
    mutationFn: () =>
      answer<MergeOut>(api.POST("/api/v1/merges/{merge_id}/undo", { params: { path: { merge_id: merge.id } } })),
    onSuccess: async () => {
      await readAgain(["/api/v1/merges", "/api/v1/persons", "/api/v1/accounts", "/api/v1/leads"]);
      tell(t("merges.undone"));
    },
    onError: (error) => tellProblem(error, t("state.unreachable")),
  });
  const reasons = merge.explanation.map((one) => one.note).filter(Boolean);
  return (
    <li>
      <span className={styles.who}>
        <span>
          {t("merges.by", { who: actor(merge.merged_by) })}{" "}
          <time className={styles.faint} dateTime={merge.merged_at} title={moment(merge.merged_at)}>
            {relative(merge.merged_at)}
          </time>
        </span>
        <span className={styles.detail}>
          {merge.explanation.length > 0 && t("merges.alike", { share: percent(merge.score) })}
          {reasons.length > 0 && `: ${reasons.join("; ")}`}
        </span>
      </span>
      {merge.undone_at ? (
        <Badge>{t("merges.is_undone", { who: actor(merge.undone_by ?? "") })}</Badge>
      ) : (
        mayUndo && (
          <Button look="quiet" onPress={() => undo.mutate()} isPending={undo.isPending}>
            <Undo2 size={14} aria-hidden="true" /> {t("merges.undo")}
          </Button>
        )
      )}
    </li>
  );
}
