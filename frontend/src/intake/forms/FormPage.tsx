// One form: what it asks, what it says, where it stands, and what was answered.
//
// The present version is followed until something is changed here; from then on what somebody else saves is merged in
// and what was typed stays.

import { useMutation } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { ExternalLink } from "lucide-react";
import { useTranslation } from "react-i18next";
import { $api, answer, api, ifMatch } from "~/api/client";
import { queryClient, readAgain } from "~/api/query";
import type { FormOut } from "~/api/schema";
import { useMay } from "~/identity/session";
import { SettingsTabs } from "~/identity/SettingsTabs";
import { Arrivals } from "~/intake/Arrivals";
import { CampaignField } from "~/intake/CampaignField";
import { DoorBadge } from "~/intake/DoorBadge";
import styles from "~/intake/doors.module.css";
import { useSwitch } from "~/intake/useDoor";
import { Button } from "~/kit/Button";
import { CopyField } from "~/kit/CopyField";
import { TextAreaField, TextField } from "~/kit/Field";
import { tell } from "~/kit/notices";
import { Panel, Screen } from "~/kit/Panel";
import { SaveProblem } from "~/kit/SaveProblem";
import { NotAllowed, Shown, wrongField, wrongWithin } from "~/kit/states";
import { TokensField } from "~/kit/TokensField";
import { useCopy } from "~/kit/useCopy";
import { useShortcuts } from "~/shell/keys";
import { readForm, writeForm } from "./draft";
import { Questions } from "./Questions";

export function FormPage() {
  const { formId } = useParams({ from: "/signed-in/settings/forms/$formId" });
  return useMay("intake:write") ? <Page key={formId} id={formId} /> : <NotAllowed />;
}

function Page({ id }: { id: string }) {
  const form = $api.useQuery("get", "/api/v1/forms/{form_id}", { params: { path: { form_id: id } } });
  return (
    <Shown query={form} rows={8}>
      {(found) => <Found form={found} />}
    </Shown>
  );
}

function Found({ form }: { form: FormOut }) {
  const { t } = useTranslation();
  const copy = useCopy(form, readForm, `form.${form.id}`);
  const { draft, change, isChanged } = copy;
  const params = { path: { form_id: form.id } };

  const turn = useSwitch<FormOut>("/api/v1/forms", (one, is_active) =>
    answer(
      api.PATCH("/api/v1/forms/{form_id}", {
        params: { ...params, header: ifMatch(one.version) },
        body: { is_active },
      }),
    ),
  );
  const save = useMutation({
    mutationFn: () =>
      answer<FormOut>(
        api.PATCH("/api/v1/forms/{form_id}", {
          params: { ...params, header: ifMatch(copy.base.version) },
          body: writeForm(draft),
        }),
      ),
    onSuccess: (saved) => {
      copy.settle(saved);
      queryClient.setQueryData($api.queryOptions("get", "/api/v1/forms/{form_id}", { params }).queryKey, saved);
      void readAgain(["/api/v1/forms"]);
      tell(t("saved"));
    },
  });

  async function mergeOver(): Promise<void> {
    copy.rebase(await answer<FormOut>(api.GET("/api/v1/forms/{form_id}", { params })));
    save.reset();
  }

  useShortcuts([
    {
      keys: "$mod+s",
      label: t("save"),
      group: t("settings.forms"),
      isEverywhere: true,
      run: () => isChanged && save.mutate(),
    },
  ]);

  return (
    <Screen
      title={
        <span className={styles.title}>
          {form.name} <DoorBadge isActive={form.is_active} />
        </span>
      }
      detail={isChanged ? t("doors.unsaved") : <Link to="/settings/forms">{t("forms.all")}</Link>}
      actions={
        <>
          <Button onPress={() => void turn(form)} isDisabled={isChanged}>
            {t(form.is_active ? "doors.close" : "doors.reopen")}
          </Button>
          {isChanged && <Button onPress={copy.discard}>{t("hours.discard")}</Button>}
          <Button
            look="primary"
            keys="$mod+s"
            onPress={() => save.mutate()}
            isPending={save.isPending}
            isDisabled={!isChanged}
          >
            {t("save")}
          </Button>
        </>
      }
    >
      <SettingsTabs />
      <SaveProblem error={save.error} onMerge={() => void mergeOver()} />
      <div className={styles.columns}>
        <div className={styles.column}>
          <Questions
            questions={draft.questions}
            onChange={(questions) => change({ questions })}
            error={wrongWithin(save.error, "fields")}
          />
          <Panel title={t("forms.says")}>
            <div className={styles.stack}>
              <TextField
                label={t("doors.name")}
                hint={t("forms.name_hint")}
                value={draft.name}
                onChange={(name) => change({ name })}
                error={wrongField(save.error, "name")}
                maxLength={200}
                isRequired
              />
              <CampaignField
                value={draft.campaignId}
                onChange={(campaignId) => change({ campaignId })}
                error={wrongField(save.error, "campaign_id")}
              />
              <TextAreaField
                label={t("forms.consent")}
                hint={t("forms.consent_hint")}
                value={draft.consent}
                onChange={(consent) => change({ consent })}
                error={wrongField(save.error, "consent_wording")}
                maxLength={5000}
              />
              <TextAreaField
                label={t("forms.thanks")}
                value={draft.thanks}
                onChange={(thanks) => change({ thanks })}
                error={wrongField(save.error, "thanks")}
                rows={2}
                maxLength={5000}
              />
              <TokensField
                label={t("forms.origins")}
                hint={t("forms.origins_hint")}
                values={draft.origins}
                onChange={(origins) => change({ origins })}
                error={wrongWithin(save.error, "allowed_origins")}
                placeholder="https://www.your.example"
              />
            </div>
          </Panel>
        </div>
        <div className={styles.column}>
          <Panel
            title={t("forms.where")}
            actions={
              form.is_active && (
                <a href={form.address} target="_blank" rel="noreferrer">
                  {t("forms.see")} <ExternalLink size={13} aria-hidden="true" />
                </a>
              )
            }
          >
            <div className={styles.stack}>
              <CopyField label={t("forms.address")} text={form.address} />
              <CopyField label={t("forms.snippet")} text={form.snippet} hint={t("forms.snippet_hint")} />
              {isChanged && <p className={styles.hint}>{t("forms.see_hint")}</p>}
              {!form.is_active && <p className={styles.hint}>{t("forms.closed_hint")}</p>}
            </div>
          </Panel>
          <Arrivals sourceId={form.id} hint={t("forms.nothing_hint")} />
        </div>
      </div>
    </Screen>
  );
}
