// The scoring model: what makes a lead good and keen, changed and tried on recent leads before it is put in force.
//
// What is changed is kept in this browser until it is put in force or discarded; what somebody else puts in force
// meanwhile is told, and nothing typed is lost.

import { Plus } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { $api, answer, api, Problem } from "~/api/client";
import type { ModelOut, RuleKind } from "~/api/schema";
import { useMay } from "~/identity/session";
import { Button } from "~/kit/Button";
import { NumberField } from "~/kit/Field";
import { tell } from "~/kit/notices";
import { Panel, Screen } from "~/kit/Panel";
import { Empty, NotAllowed, Shown, wrongField } from "~/kit/states";
import { useCopy } from "~/kit/useCopy";
import { ManagerTabs } from "~/leads/ManagerTabs";
import { type EditedRule, newRule, placeOf, readModel } from "./draft";
import { PublishDialog } from "./PublishDialog";
import { RuleEditor } from "./RuleEditor";
import styles from "./Scoring.module.css";
import { Trial } from "./Trial";
import { useTrial } from "./trial";

export function Scoring() {
  return useMay("campaigns:write") ? <Page /> : <NotAllowed />;
}

function Page() {
  const { t } = useTranslation();
  const model = $api.useQuery("get", "/api/v1/scoring-model", {});
  if (model.data) return <Builder model={model.data} />;
  return (
    <Screen title={t("scoring.title")} detail={t("scoring.detail")}>
      <ManagerTabs />
      <Shown query={model} rows={8}>
        {() => null}
      </Shown>
    </Screen>
  );
}

const KINDS: readonly RuleKind[] = ["fit", "engagement"];

function Builder({ model }: { model: ModelOut }) {
  const { t } = useTranslation();
  const copy = useCopy(model, readModel, "scoring");
  const { draft, change, isChanged } = copy;
  const [openId, setOpenId] = useState<string | null>(null);
  const [isPublishing, setPublishing] = useState(false);
  const tried = useTrial(draft);
  const error: unknown = tried.error;
  const isStale = isChanged && model.version !== copy.base.version;
  const isWrong = error instanceof Problem && error.status === 422;
  const wrong = isWrong ? error.fields : [];

  async function mergeOver(): Promise<void> {
    copy.rebase(await answer<ModelOut>(api.GET("/api/v1/scoring-model", {})));
    setOpenId(null);
  }

  function put(rule: EditedRule): void {
    change({ rules: draft.rules.map((one) => (one.id === rule.id ? rule : one)) });
  }

  function add(kind: RuleKind): void {
    const added = newRule(kind);
    change({ rules: [...draft.rules, added] });
    setOpenId(added.id);
  }

  function remove(rule: EditedRule): void {
    const before = draft.rules;
    change({ rules: before.filter((one) => one.id !== rule.id) });
    tell(t("routing.removed", { name: rule.name }), () => change({ rules: before }));
  }

  function discard(): void {
    const before = draft;
    copy.discard();
    setOpenId(null);
    tell(t("scoring.discarded"), () => change(before));
  }

  return (
    <Screen
      title={t("scoring.title")}
      detail={isChanged ? t("scoring.unsaved") : t("scoring.detail")}
      actions={
        <>
          {isChanged && <Button onPress={discard}>{t("hours.discard")}</Button>}
          <Button look="primary" onPress={() => setPublishing(true)} isDisabled={!isChanged || isStale || isWrong}>
            {t("scoring.publish")}
          </Button>
        </>
      }
    >
      <ManagerTabs />
      {isStale && (
        <div className={styles.stale} role="alert">
          <p>{t("scoring.stale")}</p>
          <Button onPress={() => void mergeOver()}>{t("merge.over")}</Button>
        </div>
      )}
      <div className={styles.columns}>
        <div className={styles.column}>
          <Panel title={t("scoring.when_mql")}>
            <div className={styles.numbers}>
              <NumberField
                label={t("scoring.threshold")}
                hint={t("scoring.threshold_hint")}
                value={draft.threshold}
                onChange={(threshold) => change({ threshold })}
                minValue={1}
                maxValue={100}
                error={wrongField(error, "mql_threshold")}
                isRequired
              />
              <NumberField
                label={t("scoring.half_life")}
                hint={t("scoring.half_life_hint")}
                value={draft.halfLife}
                onChange={(halfLife) => change({ halfLife })}
                minValue={0.1}
                maxValue={3650}
                error={wrongField(error, "half_life_days")}
                isRequired
              />
            </div>
          </Panel>
          {KINDS.map((kind) => {
            const rules = draft.rules.filter((one) => one.kind === kind);
            return (
              <Panel
                key={kind}
                title={t(`scoring.kinds.${kind}`)}
                isFlush
                actions={
                  <Button onPress={() => add(kind)}>
                    <Plus size={14} aria-hidden="true" /> {t(`scoring.add.${kind}`)}
                  </Button>
                }
              >
                <p className={styles.about}>{t(`scoring.about.${kind}`)}</p>
                {rules.length === 0 && <Empty title={t("scoring.no_rules")} />}
                <ul>
                  {rules.map((one) => {
                    const place = draft.rules.indexOf(one);
                    return (
                      <RuleEditor
                        key={`${copy.base.version} ${one.id}`}
                        rule={one}
                        place={place}
                        wrong={wrong.filter(({ field }) => placeOf(field) === place)}
                        isOpen={openId === one.id}
                        onOpen={(isOpen) => setOpenId(isOpen ? one.id : null)}
                        onChange={put}
                        onRemove={() => remove(one)}
                      />
                    );
                  })}
                </ul>
              </Panel>
            );
          })}
        </div>
        <Trial tried={tried} inForce={copy.base} isChanged={isChanged} />
      </div>
      {isPublishing && (
        <PublishDialog
          model={draft}
          base={copy.base}
          tried={tried.data}
          onClose={() => setPublishing(false)}
          onPublished={(now) => {
            copy.settle(now);
            setOpenId(null);
          }}
        />
      )}
    </Screen>
  );
}
