// One template: what it says, in which variants, and what becomes of it for a lead.
//
// The present version is followed until something is changed here; from then on what somebody else saves is merged in
// and what was typed stays, also when the window is closed.

import { useMutation } from "@tanstack/react-query";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { $api, answer, api, ifMatch } from "~/api/client";
import { queryClient } from "~/api/query";
import type { TemplateKind, TemplateOut } from "~/api/schema";
import { withTexts } from "~/i18n/late";
import { useMay } from "~/identity/session";
import { SettingsTabs } from "~/identity/SettingsTabs";
import { Button } from "~/kit/Button";
import { Switch, TextField } from "~/kit/Field";
import { tell } from "~/kit/notices";
import { Badge, Panel, Screen } from "~/kit/Panel";
import { SaveProblem } from "~/kit/SaveProblem";
import { NotAllowed, Shown, wrongField } from "~/kit/states";
import { useCopy } from "~/kit/useCopy";
import { useShortcuts } from "~/shell/keys";
import { readTemplatesAgain, useArchiving } from "./data";
import { type Draft, draftOf, isComplete, NEW, type Present, written } from "./draft";
import { Preview } from "./Preview";
import styles from "./TemplatePage.module.css";
import { Variants } from "./Variants";

const loadResults = withTexts(["results"], () => import("~/mail/results/Results"));
const Results = lazy(async () => ({ default: (await loadResults()).Results }));

export function TemplatePage() {
  const { templateId } = useParams({ from: "/signed-in/settings/templates/$templateId" });
  return useMay("templates:read") ? <Existing key={templateId} id={templateId} /> : <NotAllowed />;
}

export function NewTemplate() {
  const { kind } = useSearch({ from: "/signed-in/settings/templates/new" });
  return useMay("templates:write") ? <Editor key={kind} kind={kind} template={null} /> : <NotAllowed />;
}

function Existing({ id }: { id: string }) {
  const params = { path: { template_id: id } };
  const template = $api.useQuery("get", "/api/v1/mail/templates/{template_id}", { params });
  return (
    <Shown query={template} rows={8}>
      {(found) => <Editor kind={found.kind} template={found} />}
    </Shown>
  );
}

function Editor({ kind, template }: { kind: TemplateKind; template: TemplateOut | null }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const archive = useArchiving();
  const mayWrite = useMay("templates:write");
  const mayShare = useMay("templates:share");
  const [at, setAt] = useState(0);
  const copy = useCopy<Present, Draft>(template ?? NEW, draftOf, `template.${template?.id ?? kind}`);
  const { draft, change, isChanged } = copy;
  const mayChange = template?.may_change ?? mayWrite;
  const isSavable = isChanged && mayChange && isComplete(kind, draft);
  const place = Math.min(at, draft.variants.length - 1);
  const shown = draft.variants[place];

  const save = useMutation({
    mutationFn: () => {
      const body = { ...draft, variants: written(draft.variants) };
      if (!template) return answer<TemplateOut>(api.POST("/api/v1/mail/templates", { body: { ...body, kind } }));
      const params = { path: { template_id: template.id }, header: ifMatch(copy.base.version) };
      return answer<TemplateOut>(api.PATCH("/api/v1/mail/templates/{template_id}", { params, body }));
    },
    onSuccess: (saved) => {
      void readTemplatesAgain();
      tell(t("saved"));
      if (!template) {
        copy.discard();
        void navigate({ to: "/settings/templates/$templateId", params: { templateId: saved.id }, replace: true });
        return;
      }
      copy.settle(saved);
      const params = { path: { template_id: saved.id } };
      queryClient.setQueryData(
        $api.queryOptions("get", "/api/v1/mail/templates/{template_id}", { params }).queryKey,
        saved,
      );
    },
  });
  const duplicate = useMutation({
    mutationFn: () => {
      const name = t("mail.copy_of", { name: draft.name });
      const variants = written(draft.variants.map((one) => ({ ...one, id: null })));
      return answer<TemplateOut>(
        api.POST("/api/v1/mail/templates", {
          body: { kind, name, folder: draft.folder, is_shared: false, variants },
        }),
      );
    },
    onSuccess: (made) => {
      void readTemplatesAgain();
      tell(t("mail.copied", { name: made.name }));
      void navigate({ to: "/settings/templates/$templateId", params: { templateId: made.id } });
    },
  });

  async function mergeOver(): Promise<void> {
    if (!template) return;
    const params = { path: { template_id: template.id } };
    copy.rebase(await answer<TemplateOut>(api.GET("/api/v1/mail/templates/{template_id}", { params })));
    save.reset();
  }

  useShortcuts([
    {
      keys: "$mod+s",
      label: t("save"),
      group: t("settings.templates"),
      isEverywhere: true,
      run: (event) => {
        event.preventDefault();
        if (isSavable) save.mutate();
      },
    },
  ]);

  return (
    <Screen
      title={
        <span className={styles.title}>
          {template?.name ?? t(`mail.new.${kind}`)}
          {template && <Badge tone={kind === "email" ? "accent" : "info"}>{t(`mail.kind_of.${kind}`)}</Badge>}
          {template?.is_archived && <Badge>{t("mail.archived")}</Badge>}
        </span>
      }
      detail={isChanged ? t("doors.unsaved") : <Link to="/settings/templates">{t("mail.all")}</Link>}
      actions={
        <>
          {template && mayWrite && (
            <Button onPress={() => duplicate.mutate()} isPending={duplicate.isPending} isDisabled={isChanged}>
              {t("mail.copy")}
            </Button>
          )}
          {template && mayChange && (
            <Button onPress={() => void archive(template, !template.is_archived)} isDisabled={isChanged}>
              {t(template.is_archived ? "mail.restore" : "mail.archive")}
            </Button>
          )}
          {isChanged && <Button onPress={copy.discard}>{t("hours.discard")}</Button>}
          {mayChange && (
            <Button
              look="primary"
              keys="$mod+s"
              onPress={() => save.mutate()}
              isPending={save.isPending}
              isDisabled={!isSavable}
            >
              {t("save")}
            </Button>
          )}
        </>
      }
    >
      <SettingsTabs />
      <SaveProblem error={save.error ?? duplicate.error} onMerge={() => void mergeOver()} />
      {template && !mayChange && <p className={styles.hint}>{t("mail.read_only")}</p>}
      <div className={styles.columns}>
        <div className={styles.column}>
          <Panel title={t("mail.what")}>
            <div className={styles.stack}>
              <div className={styles.pair}>
                <TextField
                  label={t("mail.name")}
                  hint={kind === "snippet" ? t("mail.snippet_name_hint") : undefined}
                  value={draft.name}
                  onChange={(name) => change({ name })}
                  error={wrongField(save.error, "name")}
                  maxLength={100}
                  autoFocus={!template}
                  isDisabled={!mayChange}
                  isRequired
                />
                <TextField
                  label={t("mail.folder")}
                  hint={t("mail.folder_hint")}
                  value={draft.folder}
                  onChange={(folder) => change({ folder })}
                  error={wrongField(save.error, "folder")}
                  maxLength={60}
                  isDisabled={!mayChange}
                />
              </div>
              {mayShare && (
                <Switch isSelected={draft.is_shared} onChange={(is_shared) => change({ is_shared })}>
                  {t("mail.share")}
                </Switch>
              )}
            </div>
          </Panel>
          <Variants
            kind={kind}
            variants={draft.variants}
            at={place}
            onShow={setAt}
            onChange={(variants) => change({ variants })}
            error={save.error}
            isDisabled={!mayChange}
          />
        </div>
        <div className={styles.column}>
          {shown && <Preview kind={kind} subject={shown.subject} body={shown.body} isShared={draft.is_shared} />}
          {template && kind === "email" && (
            <Suspense fallback={null}>
              <Results templateId={template.id} />
            </Suspense>
          )}
        </div>
      </div>
    </Screen>
  );
}
