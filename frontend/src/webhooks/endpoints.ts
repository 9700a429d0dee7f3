// What is done with an endpoint from more than one place.

import { useTranslation } from "react-i18next";
import { answer, api, ifMatch } from "~/api/client";
import { readAgain } from "~/api/query";
import type { EndpointOut } from "~/api/schema";
import { EVERYTHING } from "~/identity/tokens/scopes";
import { useKindTexts } from "~/identity/events/kinds";
import { tell, tellProblem } from "~/kit/notices";

/** `crm.example`, of its address; all of it when that is not understood. */
export function hostOf(endpoint: Pick<EndpointOut, "url">): string {
  try {
    return new URL(endpoint.url).host;
  } catch {
    return endpoint.url;
  }
}

/** The kinds that an endpoint is told of, in words. */
export function useKindsTold(): (endpoint: Pick<EndpointOut, "kinds">) => string {
  const { t } = useTranslation();
  const texts = useKindTexts();
  return ({ kinds }) => {
    if (kinds.includes(EVERYTHING)) return t("webhooks.every_short");
    const told = kinds.map((kind) =>
      kind.endsWith(".*") ? t("events.all_about", { family: texts.family(kind.slice(0, -2)) }) : texts.kind(kind),
    );
    return told.join(" · ");
  };
}

/** Pause an endpoint or make it active again; either can be undone. */
export function useActivity(): (endpoint: EndpointOut, isActive: boolean) => Promise<void> {
  const { t } = useTranslation();
  async function put(endpoint: EndpointOut, isActive: boolean): Promise<EndpointOut> {
    const params = { path: { endpoint_id: endpoint.id }, header: ifMatch(endpoint.version) };
    const body = { is_active: isActive };
    const changed = await answer<EndpointOut>(api.PATCH("/api/v1/webhooks/{endpoint_id}", { params, body }));
    void readAgain(["/api/v1/webhooks"]);
    return changed;
  }
  return async (endpoint, isActive) => {
    try {
      const changed = await put(endpoint, isActive);
      tell(t(isActive ? "webhooks.active_told" : "webhooks.paused_told"), () => {
        put(changed, !isActive).catch((error: unknown) => tellProblem(error, t("state.unreachable")));
      });
    } catch (error) {
      void readAgain(["/api/v1/webhooks"]);
      tellProblem(error, t("state.unreachable"));
    }
  };
}
