// A branch in words.

import type { TFunction } from "i18next";
import type { Disposition, Stage } from "~/api/schema";
import type { BranchDraft, StepDraft } from "./draft";

/** `not: a mail was opened: step 4`. */
export function conditionTold(t: TFunction, branch: BranchDraft, steps: readonly StepDraft[]): string {
  const values =
    branch.on === "disposition"
      ? branch.values.map((one) => t(`disposition.${one as Disposition}`))
      : branch.on === "stage"
        ? branch.values.map((one) => t(`stage.${one as Stage}`))
        : branch.on === "score"
          ? [String(branch.at_least ?? 0)]
          : [];
  const holds = [t(`cadences.branch_on.${branch.on}`), values.join(", ")].filter(Boolean).join(" ");
  const condition = branch.is_not ? t("cadences.not", { condition: holds }) : holds;
  const place = steps.findIndex((one) => one.key === branch.goes_to);
  return place < 0
    ? t("cadences.branch_told_end", { condition })
    : t("cadences.branch_told_step", { condition, number: place + 1 });
}
