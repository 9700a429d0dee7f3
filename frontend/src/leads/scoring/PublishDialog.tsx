// Putting a model in force, with what it would do; the one before can be put in force again.

import { useMutation } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { answer, api, ifMatch } from "~/api/client";
import { readAgain } from "~/api/query";
import type { ModelOut, NewModel, RescoringOut } from "~/api/schema";
import { count } from "~/i18n/numbers";
import { Button } from "~/kit/Button";
import { Dialog } from "~/kit/Dialog";
import { tell, tellProblem } from "~/kit/notices";
import { FormProblem } from "~/kit/states";
import { type EditedModel, readModel, writeModel } from "./draft";

async function putInForce(model: NewModel, version: number): Promise<ModelOut> {
  const params = { header: ifMatch(version) };
  return answer(api.PUT("/api/v1/scoring-model", { params, body: model }));
}

export function PublishDialog({
  model,
  base,
  tried,
  onClose,
  onPublished,
}: {
  model: EditedModel;
  base: ModelOut;
  onClose: () => void;
  /** What it would do, once that is known. */
  tried: RescoringOut | undefined;
  onPublished: (model: ModelOut) => void;
}) {
  const { t } = useTranslation();

  async function takeBack(now: ModelOut): Promise<void> {
    const again = await putInForce(writeModel(readModel(base)), now.version);
    onPublished(again);
    await readAgain(["/api/v1/scoring-model"]);
  }

  const publish = useMutation({
    mutationFn: () => putInForce(writeModel(model), base.version),
    onSuccess: (now) => {
      onPublished(now);
      void readAgain(["/api/v1/scoring-model"]);
      onClose();
      tell(t("scoring.published", { version: now.version }), () => {
        takeBack(now).catch((error: unknown) => tellProblem(error, t("state.unreachable")));
      });
    },
    onError: () => void readAgain(["/api/v1/scoring-model"]),
  });

  return (
    <Dialog
      title={t("scoring.publish_title")}
      isOpen
      onClose={onClose}
      onSubmit={() => publish.mutate()}
      actions={
        <>
          <Button onPress={onClose}>{t("cancel")}</Button>
          <Button look="primary" type="submit" isPending={publish.isPending} autoFocus>
            {t("scoring.publish")}
          </Button>
        </>
      }
    >
      <p>{t("scoring.publish_detail")}</p>
      {tried && (
        <p>
          {t("scoring.publish_effect", {
            count: tried.tried,
            number: count(tried.tried),
            before: count(tried.mqls_before),
            after: count(tried.mqls_after),
          })}
        </p>
      )}
      <FormProblem error={publish.error} />
    </Dialog>
  );
}
