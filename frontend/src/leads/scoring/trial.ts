// What a model would make of the newest leads: asked once what is typed has rested, nothing is written.

import { $api } from "~/api/client";
import type { NewModel } from "~/api/schema";
import { useSettled } from "~/kit/useSettled";
import { type EditedModel, writeModel } from "./draft";

/** Against so many of the newest leads. */
export const TRIED = 1000;

export function useTrial(model: EditedModel) {
  const body = useSettled(JSON.stringify({ ...writeModel(model), leads: TRIED }));
  return $api.useQuery(
    "post",
    "/api/v1/scoring-model/preview",
    { body: JSON.parse(body) as NewModel & { leads: number } },
    { placeholderData: (before) => before, retry: false, staleTime: 60_000 },
  );
}
