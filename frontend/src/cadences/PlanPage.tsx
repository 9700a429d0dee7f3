// The plan of a cadence, as it is being written: steps, one of them in full, the cadence's own settings, and when a
// real lead would be touched. What is typed stays, also when the window is closed, until it is saved or discarded.

import { useMutation } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { $api, answer, api, ifMatch, Problem } from "~/api/client";
import { queryClient } from "~/api/query";
import type { CadenceOut, StepKind } from "~/api/schema";
import { useMay } from "~/identity/session";
import { Button } from "~/kit/Button";
import { tell, tellProblem } from "~/kit/notices";
import { SaveProblem } from "~/kit/SaveProblem";
import { useCopy } from "~/kit/useCopy";
import { useShortcuts } from "~/shell/keys";
import styles from "./cadences.module.css";
import { readCadencesAgain } from "./data";
import { blankStep, type Draft, draftOf, type StepDraft, withoutStep, writtenSteps } from "./draft";
import { Frame, OfCadence } from "./Frame";
import { KINDS } from "./kinds";
import { Settings } from "./Settings";
import { StepEditor } from "./StepEditor";
import { Steps } from "./Steps";
import { Timeline } from "./Timeline";

const MOST_TEMPLATES = 200;

export function PlanPage() {
  return (
    <OfCadence from="/signed-in/cadences/$cadenceId">
      {(cadence) => <Editor key={cadence.id} cadence={cadence} />}
    </OfCadence>
  );
}

/** Names of the templates that a cadence may use, by id. */
function useTemplates(): ReadonlyMap<string, string> {
  const query = { kind: "email" as const, limit: MOST_TEMPLATES };
  const { data } = $api.useQuery("get", "/api/v1/mail/templates", { params: { query } });
  return useMemo(
    () => new Map(data?.items.filter((one) => one.is_shared).map((one) => [one.id, one.name])),
    [data],
  );
}

function Editor({ cadence }: { cadence: CadenceOut }) {
  const { t } = useTranslation();
  const mayWrite = useMay("cadences:write");
  const templates = useTemplates();
  const copy = useCopy<CadenceOut, Draft>(cadence, draftOf, `cadence.${cadence.id}`);
  const { draft, change, isChanged } = copy;
  const [at, setAt] = useState<string | null>(draft.steps[0]?.key ?? null);
  const place = draft.steps.findIndex((one) => one.key === at);
  const shown = draft.steps[place];

  function settle(saved: CadenceOut): void {
    copy.settle(saved);
    const params = { path: { cadence_id: saved.id } };
    queryClient.setQueryData(
      $api.queryOptions("get", "/api/v1/cadences/{cadence_id}", { params }).queryKey,
      saved,
    );
    void readCadencesAgain();
  }
  function sent() {
    const { steps, ends_on, ...plain } = draft;
    return { ...plain, draft: { steps: writtenSteps(steps), ends_on } };
  }
  function patch(body: object, version: number): Promise<CadenceOut> {
    const params = { path: { cadence_id: cadence.id }, header: ifMatch(version) };
    return answer<CadenceOut>(api.PATCH("/api/v1/cadences/{cadence_id}", { params, body }));
  }
  const save = useMutation({
    mutationFn: () => patch(sent(), copy.base.version),
    onSuccess: (saved) => {
      settle(saved);
      tell(t("saved"));
    },
  });
  const publish = useMutation({
    mutationFn: async () => {
      const saved = isChanged ? await patch(sent(), copy.base.version) : copy.base;
      if (isChanged) settle(saved);
      const params = { path: { cadence_id: cadence.id } };
      const body = { version: saved.version };
      return answer<CadenceOut>(api.POST("/api/v1/cadences/{cadence_id}/publish", { params, body }));
    },
    onSuccess: (published) => {
      settle(published);
      tell(t("cadences.published", { number: published.edition }));
    },
  });

  async function archive(isArchived: boolean, version: number): Promise<void> {
    try {
      const changed = await patch({ is_archived: isArchived }, version);
      settle(changed);
      tell(t(isArchived ? "cadences.archived_told" : "cadences.restored_told", { name: changed.name }), () => {
        void archive(!isArchived, changed.version);
      });
    } catch (error) {
      tellProblem(error, t("state.unreachable"));
    }
  }
  async function mergeOver(): Promise<void> {
    const params = { path: { cadence_id: cadence.id } };
    copy.rebase(await answer<CadenceOut>(api.GET("/api/v1/cadences/{cadence_id}", { params })));
    save.reset();
    publish.reset();
  }

  function add(kind: StepKind): void {
    const step = blankStep(draft.steps, kind);
    const after = place < 0 ? draft.steps.length : place + 1;
    change({ steps: [...draft.steps.slice(0, after), step, ...draft.steps.slice(after)] });
    setAt(step.key);
  }
  function remove(key: string): void {
    const gone = draft.steps.findIndex((one) => one.key === key);
    const steps = withoutStep(draft.steps, key);
    change({ steps });
    if (key === at) setAt(steps[Math.min(gone, steps.length - 1)]?.key ?? null);
  }
  function changeStep(key: string, changes: Partial<StepDraft>): void {
    change({ steps: draft.steps.map((one) => (one.key === key ? { ...one, ...changes } : one)) });
  }

  const isPublishable = (isChanged || cadence.is_changed) && !cadence.is_archived && draft.steps.length > 0;
  const group = t("cadences.title");
  useShortcuts(
    mayWrite
      ? [
          {
            keys: "$mod+s",
            label: t("save"),
            group,
            isEverywhere: true,
            run: (event) => {
              event.preventDefault();
              if (isChanged) save.mutate();
            },
          },
          ...KINDS.map((kind, number) => ({
            keys: String(number + 1),
            label: `${t("cadences.add_step")}: ${t(`cadences.kind.${kind}`)}`,
            group,
            run: () => add(kind),
          })),
        ]
      : [],
  );

  const error = publish.error ?? save.error;
  const faults = faultsOf(error);
  return (
    <Frame
      cadence={cadence}
      detail={isChanged ? t("cadences.unsaved") : undefined}
      actions={
        mayWrite && (
          <>
            <Button onPress={() => void archive(!cadence.is_archived, copy.base.version)} isDisabled={isChanged}>
              {t(cadence.is_archived ? "cadences.restore" : "cadences.archive")}
            </Button>
            {isChanged && <Button onPress={copy.discard}>{t("cadences.discard")}</Button>}
            <Button keys="$mod+s" onPress={() => save.mutate()} isPending={save.isPending} isDisabled={!isChanged}>
              {t("save")}
            </Button>
            <Button
              look="primary"
              onPress={() => publish.mutate()}
              isPending={publish.isPending}
              isDisabled={!isPublishable}
            >
              {t("cadences.publish")}
            </Button>
          </>
        )
      }
    >
      <SaveProblem error={error} onMerge={() => void mergeOver()} />
      {!mayWrite && <p className={styles.hint}>{t("cadences.read_only")}</p>}
      <div className={styles.columns}>
        <div className={styles.column}>
          <Steps
            steps={draft.steps}
            at={at}
            templates={templates}
            faults={byStep(faults)}
            isDisabled={!mayWrite}
            onShow={setAt}
            onAdd={add}
            onRemove={remove}
            onChange={(steps) => change({ steps })}
          />
          <Settings draft={draft} error={error} isDisabled={!mayWrite} onChange={change} />
        </div>
        <div className={styles.column}>
          {shown && (
            <StepEditor
              key={shown.key}
              step={shown}
              number={place + 1}
              steps={draft.steps}
              templates={templates}
              errorOf={(field) => faults.get(`${place + 1}.${field}`)}
              isDisabled={!mayWrite}
              onChange={(changes) => changeStep(shown.key, changes)}
            />
          )}
          <Timeline cadenceId={cadence.id} steps={draft.steps} endsOn={draft.ends_on} />
        </div>
      </div>
    </Frame>
  );
}

/** What the server finds wrong with steps, by `2.template_id`. */
function faultsOf(error: unknown): ReadonlyMap<string, string> {
  const fields = error instanceof Problem ? error.fields : [];
  const found = fields.map(({ field, reason }) => {
    const named = /steps\.(\d+)\.(.+)$/.exec(field.replace(/\[(\d+)\]/g, ".$1"));
    return named ? ([`${named[1]}.${named[2]}`, reason] as const) : null;
  });
  return new Map(found.filter((one) => one !== null));
}

function byStep(faults: ReadonlyMap<string, string>): ReadonlyMap<number, string> {
  return new Map([...faults].map(([field, reason]) => [Number(field.split(".")[0]), reason]));
}
