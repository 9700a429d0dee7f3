// What a form asks, in its order: questions are added from what is usual or by a name of one's own.

import { Plus } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import styles from "~/intake/doors.module.css";
import { useTargetName } from "~/intake/targets";
import { Button } from "~/kit/Button";
import { Menu } from "~/kit/Menu";
import { tell } from "~/kit/notices";
import { moved } from "~/kit/OrderButtons";
import { Panel } from "~/kit/Panel";
import { Empty } from "~/kit/states";
import { type EditedQuestion, newQuestion, USUAL } from "./draft";
import { QuestionRow } from "./QuestionRow";

export function Questions({
  questions,
  onChange,
  error,
}: {
  questions: readonly EditedQuestion[];
  onChange: (questions: readonly EditedQuestion[]) => void;
  error: string | undefined;
}) {
  const { t } = useTranslation();
  const nameOf = useTargetName();
  const [openId, setOpenId] = useState<string | null>(null);
  const isAsked = (field: string) => questions.some((one) => one.field === field);

  function add(field: string, label: string): void {
    const added = newQuestion(field, label);
    onChange([...questions, added]);
    setOpenId(added.id);
  }

  function remove(question: EditedQuestion): void {
    const before = questions;
    onChange(questions.filter((one) => one.id !== question.id));
    tell(t("criteria.question_removed"), () => onChange(before));
  }

  return (
    <Panel
      title={t("forms.questions")}
      isFlush
      actions={
        <Menu
          label={t("forms.add_question")}
          choices={[
            ...USUAL.filter(({ field }) => !isAsked(field)).map(({ field }) => ({
              id: field,
              label: nameOf(field),
              run: () => add(field, nameOf(field)),
            })),
            { id: "own", label: t("forms.own_question"), run: () => add("", "") },
          ]}
        >
          <Button>
            <Plus size={14} aria-hidden="true" /> {t("forms.add_question")}
          </Button>
        </Menu>
      }
    >
      {questions.length === 0 && <Empty title={t("forms.no_questions")}>{t("forms.no_questions_detail")}</Empty>}
      <ol>
        {questions.map((one, place) => (
          <QuestionRow
            key={one.id}
            question={one}
            place={place}
            count={questions.length}
            isOpen={openId === one.id}
            onOpen={(isOpen) => setOpenId(isOpen ? one.id : null)}
            onChange={(after) => onChange(questions.with(place, after))}
            onMove={(from, to) => onChange(moved(questions, from, to))}
            onRemove={() => remove(one)}
          />
        ))}
      </ol>
      {error && <p className={styles.wrong}>{error}</p>}
    </Panel>
  );
}
