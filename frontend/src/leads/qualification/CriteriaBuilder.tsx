// The criteria builder: questions with their answers, points and what qualifies out, beside what reps will see.
//
// What is typed is kept in this browser until it is saved. What somebody else saves meanwhile is merged question by
// question; a published edition is shown and never changes.

import { useMutation } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { ArrowLeft, Plus } from "lucide-react";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { $api, answer, api, ifMatch, Problem } from "~/api/client";
import { queryClient, readAgain } from "~/api/query";
import type { CriteriaOut } from "~/api/schema";
import { useMay } from "~/identity/session";
import { Button } from "~/kit/Button";
import { NumberField } from "~/kit/Field";
import { tell } from "~/kit/notices";
import { moved } from "~/kit/OrderButtons";
import { Panel, Screen } from "~/kit/Panel";
import { Failed, FormProblem, Shown, wrongField } from "~/kit/states";
import { useShortcuts } from "~/shell/keys";
import styles from "./CriteriaBuilder.module.css";
import { CriteriaStatusBadge } from "./CriteriaStatusBadge";
import {
  type EditedCriteria,
  type EditedQuestion,
  faultsByQuestion,
  isSame,
  keysOf,
  merge,
  newQuestion,
  readCriteria,
  writeCriteria,
} from "./draft";
import { Preview } from "./Preview";
import { PublishDialog } from "./PublishDialog";
import { QuestionEditor } from "./QuestionEditor";
import { useKept } from "./useKept";

export function CriteriaBuilder() {
  const { criteriaId } = useParams({ from: "/signed-in/manager/criteria/$criteriaId" });
  const params = { path: { criteria_id: criteriaId } };
  const found = $api.useQuery("get", "/api/v1/criteria/{criteria_id}", { params });
  const mayWrite = useMay("criteria:write");
  if (found.error && !found.data) return <Failed error={found.error} onRetry={() => void found.refetch()} />;
  return (
    <Shown query={found} rows={8}>
      {(criteria) =>
        criteria.status === "draft" && mayWrite ? (
          <Editor key={criteria.id} saved={criteria} />
        ) : (
          <Agreed key={criteria.id} criteria={criteria} />
        )
      }
    </Shown>
  );
}

function Title({ criteria }: { criteria: CriteriaOut }) {
  const { t } = useTranslation();
  return (
    <span className={styles.title}>
      {t("qualification.edition", { name: criteria.name, edition: criteria.edition })}
      <CriteriaStatusBadge status={criteria.status} />
    </span>
  );
}

function Back() {
  const { t } = useTranslation();
  return (
    <Link to="/manager/criteria" className={styles.back}>
      <ArrowLeft size={14} aria-hidden="true" /> {t("criteria.all")}
    </Link>
  );
}

/** An edition that does not change any more, or that one may not change. */
function Agreed({ criteria }: { criteria: CriteriaOut }) {
  const { t } = useTranslation();
  const edited = useMemo(() => readCriteria(criteria), [criteria]);
  return (
    <Screen
      title={<Title criteria={criteria} />}
      detail={criteria.agreed_with ? t("criteria.agreed_with_whom", { whom: criteria.agreed_with }) : undefined}
      actions={<Back />}
    >
      <Preview criteria={edited} />
    </Screen>
  );
}

function Editor({ saved }: { saved: CriteriaOut }) {
  const { t } = useTranslation();
  const kept = useKept(saved);
  const [base, setBase] = useState(kept.base);
  const [mine, setMine] = useState<EditedCriteria>(kept.criteria);
  const [openId, setOpenId] = useState<string | null>(null);
  const [isPublishing, setPublishing] = useState(false);
  const isChanged = !isSame(mine, readCriteria(base));
  const isBehind = saved.version !== base.version;

  // Nothing typed here: what somebody else saved is simply shown.
  if (isBehind && !isChanged) {
    setBase(saved);
    setMine(readCriteria(saved));
  }

  function change(after: EditedCriteria): void {
    setMine(after);
    kept.keep(base, after);
  }

  function changeQuestions(questions: EditedQuestion[]): void {
    change({ ...mine, questions });
  }

  const params = { path: { criteria_id: saved.id } };
  const save = useMutation({
    mutationFn: () =>
      answer<CriteriaOut>(
        api.PUT("/api/v1/criteria/{criteria_id}", {
          params: { ...params, header: ifMatch(base.version) },
          body: writeCriteria(mine),
        }),
      ),
    onSuccess: (now) => {
      // The questions keep their places on screen; new ones learn the keys they were saved under.
      const keys = keysOf(mine.questions);
      setMine({ ...mine, questions: mine.questions.map((one, n) => ({ ...one, key: keys[n] ?? one.key })) });
      setBase(now);
      kept.forget();
      queryClient.setQueryData(
        $api.queryOptions("get", "/api/v1/criteria/{criteria_id}", { params }).queryKey,
        now,
      );
      void readAgain(["/api/v1/criteria"]);
      tell(t("saved"));
    },
  });
  const isStale = isBehind || (save.error instanceof Problem && save.error.status === 412);

  async function mergeIn(): Promise<void> {
    const theirs = await answer<CriteriaOut>(api.GET("/api/v1/criteria/{criteria_id}", { params }));
    const { criteria, both } = merge(base, mine, theirs);
    save.reset();
    setBase(theirs);
    setMine(criteria);
    kept.keep(theirs, criteria);
    tell(both.length > 0 ? t("criteria.merged_both", { what: both.join(", ") }) : t("criteria.merged"));
  }

  async function takeTheirs(): Promise<void> {
    const theirs = await answer<CriteriaOut>(api.GET("/api/v1/criteria/{criteria_id}", { params }));
    const [before, typed] = [base, mine];
    save.reset();
    setBase(theirs);
    setMine(readCriteria(theirs));
    kept.forget();
    tell(t("criteria.taken"), () => {
      setBase(before);
      setMine(typed);
      kept.keep(before, typed);
    });
  }

  function add(): void {
    const added = newQuestion();
    changeQuestions([...mine.questions, added]);
    setOpenId(added.id);
  }

  function remove(question: EditedQuestion): void {
    const before = mine;
    changeQuestions(mine.questions.filter((one) => one.id !== question.id));
    tell(t("criteria.question_removed"), () => change(before));
  }

  useShortcuts([
    {
      keys: "$mod+s",
      label: t("save"),
      group: t("manager.criteria"),
      isEverywhere: true,
      run: () => save.mutate(),
    },
  ]);

  const faults = faultsByQuestion(save.error instanceof Problem ? save.error.fields : [], mine.questions);
  return (
    <Screen
      title={<Title criteria={saved} />}
      detail={isChanged ? t("criteria.unsaved") : t("criteria.draft_detail")}
      actions={
        <>
          <Back />
          <Button onPress={() => save.mutate()} isDisabled={!isChanged} isPending={save.isPending} keys="$mod+s">
            {t("save")}
          </Button>
          <Button look="primary" onPress={() => setPublishing(true)} isDisabled={isChanged || isStale}>
            {t("criteria.publish")}
          </Button>
        </>
      }
    >
      {isStale && isChanged && (
        <div className={styles.stale} role="alert">
          <p>{t("criteria.stale")}</p>
          <Button onPress={() => void mergeIn()}>{t("criteria.merge")}</Button>
          <Button look="quiet" onPress={() => void takeTheirs()}>
            {t("criteria.take_theirs")}
          </Button>
        </div>
      )}
      {!isStale && <FormProblem error={save.error} />}
      <div className={styles.columns}>
        <Panel title={t("criteria.questions_title")} isFlush>
          <ol>
            {mine.questions.map((one, place) => (
              <QuestionEditor
                key={one.id}
                question={one}
                place={place}
                count={mine.questions.length}
                isOpen={openId === one.id}
                faults={faults.get(one.id) ?? []}
                onOpen={(isOpen) => setOpenId(isOpen ? one.id : null)}
                onChange={(after) => changeQuestions(mine.questions.with(place, after))}
                onMove={(from, to) => changeQuestions(moved(mine.questions, from, to))}
                onRemove={() => remove(one)}
              />
            ))}
          </ol>
          <div className={styles.foot}>
            <Button onPress={add}>
              <Plus size={14} aria-hidden="true" /> {t("criteria.add_question")}
            </Button>
            <NumberField
              label={t("criteria.minimum_points")}
              hint={t("criteria.minimum_hint")}
              value={mine.minimumPoints}
              onChange={(minimumPoints) => change({ ...mine, minimumPoints })}
              minValue={0}
              error={wrongField(save.error, "minimum_points")}
            />
          </div>
        </Panel>
        <Preview criteria={mine} />
      </div>
      {isPublishing && <PublishDialog criteria={base} onClose={() => setPublishing(false)} />}
    </Screen>
  );
}
