// Cadences on the server: what is read again, and what is asked of enrolments from more than one place.

import { useMutation } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { $api, answer, api } from "~/api/client";
import { readAgain } from "~/api/query";
import type { CadenceRowOut, EnrolmentOut, EnrolmentWish } from "~/api/schema";
import { tell, tellProblem } from "~/kit/notices";

const MOST = 200;

export function readCadencesAgain(): Promise<void> {
  return readAgain([
    "/api/v1/cadences",
    "/api/v1/cadence-runs",
    "/api/v1/enrolments",
    "/api/v1/leads/{lead_id}",
    "/api/v1/queue",
  ]);
}

/** The cadences that somebody can be enrolled in. */
export function usePublished(): readonly CadenceRowOut[] | undefined {
  const found = $api.useQuery("get", "/api/v1/cadences", { params: { query: { limit: MOST } } });
  return found.data?.items.filter((one) => one.edition > 0);
}

/** Pause, resume, skip, finish or try again; what is done is told, and so is what went wrong. */
export function useWishing() {
  const { t } = useTranslation();
  return useMutation({
    mutationFn: ({ id, wish }: { id: string; wish: EnrolmentWish }) => ask(id, wish),
    onSuccess: (_, { wish }) => tell(t(`cadences.wished.${wish}`)),
    onError: (error) => tellProblem(error, t("state.unreachable")),
    onSettled: () => readCadencesAgain(),
  });
}

function ask(id: string, wish: EnrolmentWish): Promise<EnrolmentOut> {
  const params = { path: { enrolment_id: id } };
  switch (wish) {
    case "pause":
      return answer<EnrolmentOut>(api.POST("/api/v1/enrolments/{enrolment_id}/pause", { params }));
    case "resume":
      return answer<EnrolmentOut>(api.POST("/api/v1/enrolments/{enrolment_id}/resume", { params }));
    case "skip":
      return answer<EnrolmentOut>(api.POST("/api/v1/enrolments/{enrolment_id}/skip", { params }));
    case "finish":
      return answer<EnrolmentOut>(api.POST("/api/v1/enrolments/{enrolment_id}/finish", { params }));
    case "try_again":
      return answer<EnrolmentOut>(api.POST("/api/v1/enrolments/{enrolment_id}/try-again", { params }));
  }
}
