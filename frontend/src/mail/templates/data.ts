// Templates on the server: what is read, and what is done from more than one place.

import { useTranslation } from "react-i18next";
import { $api, answer, api, ifMatch } from "~/api/client";
import { readAgain } from "~/api/query";
import type { MailVariableOut, TemplateKind, TemplateOut } from "~/api/schema";
import texts from "~/i18n/late/en/mail.json";
import { tell, tellProblem } from "~/kit/notices";

const MOST_SNIPPETS = 200;

export function readTemplatesAgain(): Promise<void> {
  return readAgain(["/api/v1/mail/templates"]);
}

/** All that templates may name. */
export function useVariables(): readonly MailVariableOut[] {
  return $api.useQuery("get", "/api/v1/mail/variables", {}, { staleTime: Infinity }).data?.items ?? [];
}

/** The snippets that one sees. */
export function useSnippets(): readonly TemplateOut[] {
  const query = { kind: "snippet" as const, limit: MOST_SNIPPETS };
  return $api.useQuery("get", "/api/v1/mail/templates", { params: { query } }).data?.items ?? [];
}

/** `Job title`, of `person.title`; the name itself where that is not written down. */
export function useVariableTexts(): (name: string) => string {
  const { t } = useTranslation();
  const known: Record<string, Record<string, string>> = texts.mail.variable;
  // The keys are looked up in the texts first, so that what is asked for is there.
  const told = t as (key: string) => string;
  return (name) => {
    const [group = "", field = ""] = name.split(".");
    return known[group]?.[field] ? told(`mail.variable.${name}`) : name;
  };
}

/** Put a template out of use or bring it back; either can be undone. */
export function useArchiving(): (one: TemplateOut, isArchived: boolean) => Promise<void> {
  const { t } = useTranslation();
  async function put(one: TemplateOut, isArchived: boolean): Promise<TemplateOut> {
    const params = { path: { template_id: one.id }, header: ifMatch(one.version) };
    const body = { is_archived: isArchived };
    const changed = await answer<TemplateOut>(api.PATCH("/api/v1/mail/templates/{template_id}", { params, body }));
    void readTemplatesAgain();
    return changed;
  }
  return async (one, isArchived) => {
    try {
      const changed = await put(one, isArchived);
      tell(t(isArchived ? "mail.archived_told" : "mail.restored_told", { name: one.name }), () => {
        put(changed, !isArchived).catch((error: unknown) => tellProblem(error, t("state.unreachable")));
      });
    } catch (error) {
      void readTemplatesAgain();
      tellProblem(error, t("state.unreachable"));
    }
  };
}

/** How a template uses a snippet. */
export function rendering(snippet: Pick<TemplateOut, "name">): string {
  return `{% render "${snippet.name}" %}`;
}

export const KINDS: readonly TemplateKind[] = ["email", "snippet"];
