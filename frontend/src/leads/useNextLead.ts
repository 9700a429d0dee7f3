// "Next lead": claim the best one and show it. What its screen needs is read before it is asked for, so that the next
// lead is on screen as soon as the claim is answered.

import { useMutation } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useCallback } from "react";
import { useTranslation } from "react-i18next";
import { $api, answer, api } from "~/api/client";
import { queryClient, readAgain } from "~/api/query";
import type { NextOut } from "~/api/schema";
import { tell, tellProblem } from "~/kit/notices";
import { timelineQuery } from "~/leads/timeline/Timeline";
import { arrive } from "~/voice/power";

/** What the lead screen reads of one lead and its person. */
export function leadQueries(leadId: string) {
  const lead = { params: { path: { lead_id: leadId } } };
  return {
    lead: $api.queryOptions("get", "/api/v1/leads/{lead_id}", lead),
    responses: $api.queryOptions("get", "/api/v1/leads/{lead_id}/responses", lead),
    qualification: $api.queryOptions("get", "/api/v1/leads/{lead_id}/qualification", lead, { retry: false }),
    promises: $api.queryOptions("get", "/api/v1/leads/{lead_id}/promises", lead),
  };
}

export function personQueries(personId: string) {
  return {
    person: $api.queryOptions("get", "/api/v1/persons/{person_id}", { params: { path: { person_id: personId } } }),
  };
}

/** Read what the screen of this lead will need. */
export async function readAhead(leadId: string, personId: string): Promise<void> {
  const wanted = [...Object.values(leadQueries(leadId)), ...Object.values(personQueries(personId))];
  const timeline = queryClient.infiniteQuery(timelineQuery(personId));
  await Promise.allSettled([...wanted.map((one) => queryClient.query(one as never)), timeline]);
}

/** Read ahead for whoever is next in the queue besides this lead. */
export async function readNextAhead(besides?: string): Promise<void> {
  const queue = await answer(api.GET("/api/v1/queue", { params: { query: { limit: 2 } } }));
  const next = queue.items.find((one) => one.lead.id !== besides);
  if (next) await readAhead(next.lead.id, next.lead.person_id);
}

/** Claim the next best lead and go there. */
export function useNextLead(): { next: () => void; isPending: boolean } {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const claim = useMutation({
    mutationFn: () => answer<NextOut>(api.POST("/api/v1/queue/next", { body: {} })),
    onSuccess: ({ item }) => {
      void readAgain(["/api/v1/queue"]);
      if (!item) {
        tell(t("today.nothing_due"));
        void navigate({ to: "/today" });
        return;
      }
      queryClient.setQueryData(leadQueries(item.lead.id).lead.queryKey, item.lead);
      arrive(item.lead.id);
      void navigate({ to: "/leads/$leadId", params: { leadId: item.lead.id } });
    },
    onError: (error) => tellProblem(error, t("state.unreachable")),
  });
  const { mutate, isPending } = claim;
  const next = useCallback(() => {
    if (!isPending) mutate();
  }, [mutate, isPending]);
  return { next, isPending };
}
