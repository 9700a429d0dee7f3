import { useTranslation } from "react-i18next";
import { Problem } from "~/api/client";
import { Button } from "./Button";
import { FormProblem } from "./states";

/** What went wrong with saving; when somebody else was quicker, a way to take theirs as the base and save over it. */
export function SaveProblem({ error, onMerge }: { error: unknown; onMerge: () => void }) {
  const { t } = useTranslation();
  const isStale = error instanceof Problem && error.status === 412;
  return (
    <>
      <FormProblem error={error} />
      {isStale && (
        <div>
          <Button onPress={onMerge}>{t("merge.over")}</Button>
        </div>
      )}
    </>
  );
}
