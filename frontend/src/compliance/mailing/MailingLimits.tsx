// The organisation's own limits and wishes for mail: an admin sets them, everybody sees them.

import { useMutation } from "@tanstack/react-query";
import { type SyntheticEvent } from "react";
import { useTranslation } from "react-i18next";
import { answer, api, ifMatch } from "~/api/client";
import { readAgain } from "~/api/query";
import type { MailingSettingsOut, NewMailingSettings } from "~/api/schema";
import styles from "~/compliance/CallingRules.module.css";
import { useMay } from "~/identity/session";
import { Button } from "~/kit/Button";
import { Checkbox, FieldGroup, NumberField, SelectField, Switch, TextAreaField, TextField } from "~/kit/Field";
import { tell } from "~/kit/notices";
import { Facts } from "~/kit/Panel";
import { SaveProblem } from "~/kit/SaveProblem";
import { wrongField } from "~/kit/states";
import { TokensField } from "~/kit/TokensField";
import { type Copy, useCopy } from "~/kit/useCopy";

const WEEKDAYS = [0, 1, 2, 3, 4, 5, 6] as const;
const LANGUAGES = ["en", "es", "de", "fr", "it", "nl", "pt"] as const satisfies readonly Draft["language"][];
const NUMBERS = [
  { name: "mails_per_day", hint: "mails_per_day_hint", least: 1 },
  { name: "spacing_seconds", hint: "spacing_hint", least: 0 },
  { name: "mails_per_domain_per_hour", hint: "domain_hint", least: 1 },
] as const;
const FLAGS = [
  "ramps_up",
  "skips_holidays",
  "holds_manual",
  "has_footer",
  "tracks_opens",
  "tracks_clicks",
] as const;

type Draft = Required<NewMailingSettings>;
type Part = { copy: Copy<MailingSettingsOut, Draft>; error: unknown };

function draftOf(settings: MailingSettingsOut): Draft {
  const limits: Partial<MailingSettingsOut> = { ...settings };
  delete limits.version;
  return limits as Draft;
}

export function MailingLimits({ settings }: { settings: MailingSettingsOut }) {
  return useMay("settings:write") ? <Form settings={settings} /> : <Read settings={settings} />;
}

function useWeekday(): (day: number) => string {
  const { i18n } = useTranslation();
  const weekday = new Intl.DateTimeFormat(i18n.language, { weekday: "short", timeZone: "UTC" });
  return (day) => weekday.format(new Date(Date.UTC(2026, 0, 5 + day)));
}

function Read({ settings }: { settings: MailingSettingsOut }) {
  const { t } = useTranslation();
  const nameOf = useWeekday();
  const limits = draftOf(settings);
  return (
    <Facts
      facts={[
        ...NUMBERS.map(({ name }) => [t(`mailing.${name}`), String(limits[name])] as const),
        [t("mailing.hours"), `${limits.opens}–${limits.closes}, ${limits.days.map(nameOf).join(", ")}`],
        ...FLAGS.map((name) => [t(`mailing.${name}`), t(limits[name] ? "mailing.on" : "mailing.off")] as const),
        [t("mailing.postal_address"), limits.postal_address],
      ]}
    />
  );
}

function Form({ settings }: { settings: MailingSettingsOut }) {
  const { t } = useTranslation();
  const copy = useCopy(settings, draftOf);
  const save = useMutation({
    mutationFn: () => {
      const params = { header: ifMatch(copy.base.version) };
      return answer<MailingSettingsOut>(api.PUT("/api/v1/compliance/mail/settings", { params, body: copy.draft }));
    },
    onSuccess: (saved) => {
      copy.settle(saved);
      void readAgain(["/api/v1/compliance/mail", "/api/v1/mail"]);
      tell(t("saved"));
    },
  });

  async function mergeOver(): Promise<void> {
    copy.rebase(await answer<MailingSettingsOut>(api.GET("/api/v1/compliance/mail/settings")));
    save.reset();
  }

  function submit(event: SyntheticEvent): void {
    event.preventDefault();
    save.mutate();
  }

  const part: Part = { copy, error: save.error };
  return (
    <form className={styles.stack} onSubmit={submit} noValidate>
      <Amounts {...part} />
      <Hours {...part} />
      <Footer {...part} />
      <Tracking {...part} />
      <TokensField
        label={t("mailing.dkim_selectors")}
        hint={t("mailing.dkim_hint")}
        values={copy.draft.dkim_selectors}
        onChange={(dkim_selectors) => copy.change({ dkim_selectors })}
        error={wrongField(save.error, "dkim_selectors")}
      />
      <SaveProblem error={save.error} onMerge={() => void mergeOver()} />
      <div className={styles.days}>
        <Button look="primary" type="submit" isPending={save.isPending} isDisabled={!copy.isChanged}>
          {t("save")}
        </Button>
        {copy.isChanged && (
          <Button
            onPress={() => {
              copy.discard();
              save.reset();
            }}
          >
            {t("hours.discard")}
          </Button>
        )}
      </div>
    </form>
  );
}

function Amounts({ copy, error }: Part) {
  const { t } = useTranslation();
  return (
    <FieldGroup label={t("mailing.mails")}>
      <div className={styles.group}>
        <div className={styles.pair}>
          {NUMBERS.map(({ name, hint, least }) => (
            <NumberField
              key={name}
              label={t(`mailing.${name}`)}
              hint={t(`mailing.${hint}`)}
              value={copy.draft[name]}
              onChange={(value) => copy.change({ [name]: value ?? copy.base[name] })}
              minValue={least}
              error={wrongField(error, name)}
            />
          ))}
        </div>
        <Flag name="ramps_up" copy={copy} />
      </div>
    </FieldGroup>
  );
}

function Flag({ name, copy }: { name: (typeof FLAGS)[number]; copy: Part["copy"] }) {
  const { t } = useTranslation();
  return (
    <Switch isSelected={copy.draft[name]} onChange={(isOn) => copy.change({ [name]: isOn })}>
      {t(`mailing.${name}`)}
    </Switch>
  );
}

function Hours({ copy, error }: Part) {
  const { t } = useTranslation();
  const nameOf = useWeekday();
  const { draft, change } = copy;

  function tickDay(day: number, isOn: boolean): void {
    change({ days: isOn ? [...draft.days, day].sort() : draft.days.filter((one) => one !== day) });
  }

  return (
    <FieldGroup label={t("mailing.hours")}>
      <div className={styles.group}>
        <div className={styles.pair}>
          <TextField
            label={t("mailing.opens")}
            hint={t("mailing.clock_hint")}
            type="time"
            value={draft.opens}
            onChange={(opens) => change({ opens })}
            error={wrongField(error, "opens")}
          />
          <TextField
            label={t("mailing.closes")}
            type="time"
            value={draft.closes}
            onChange={(closes) => change({ closes })}
            error={wrongField(error, "closes")}
          />
        </div>
        <FieldGroup label={t("mailing.days")}>
          <div className={styles.days}>
            {WEEKDAYS.map((day) => (
              <Checkbox key={day} isSelected={draft.days.includes(day)} onChange={(isOn) => tickDay(day, isOn)}>
                {nameOf(day)}
              </Checkbox>
            ))}
          </div>
        </FieldGroup>
        <Flag name="skips_holidays" copy={copy} />
        <Flag name="holds_manual" copy={copy} />
      </div>
    </FieldGroup>
  );
}

function Footer({ copy, error }: Part) {
  const { t, i18n } = useTranslation();
  const { draft, change } = copy;
  const names = new Intl.DisplayNames(i18n.language, { type: "language" });
  return (
    <FieldGroup label={t("mailing.way_out")}>
      <div className={styles.group}>
        <Flag name="has_footer" copy={copy} />
        <TextAreaField
          label={t("mailing.footer")}
          hint={t("mailing.footer_hint")}
          value={draft.footer}
          onChange={(footer) => change({ footer })}
          maxLength={1000}
          rows={2}
          error={wrongField(error, "footer")}
        />
        <TextField
          label={t("mailing.postal_address")}
          hint={t("mailing.postal_hint")}
          value={draft.postal_address}
          onChange={(postal_address) => change({ postal_address })}
          maxLength={300}
          error={wrongField(error, "postal_address")}
        />
        <SelectField
          label={t("mailing.language")}
          value={draft.language}
          onChange={(language) => change({ language: language as Draft["language"] })}
          choices={LANGUAGES.map((id) => ({ id, label: names.of(id) ?? id }))}
        />
      </div>
    </FieldGroup>
  );
}

function Tracking({ copy }: Part) {
  const { t } = useTranslation();
  return (
    <FieldGroup label={t("mailing.tracking")}>
      <div className={styles.group}>
        <Flag name="tracks_opens" copy={copy} />
        <Flag name="tracks_clicks" copy={copy} />
        <span className={styles.detail}>{t("mailing.tracking_hint")}</span>
      </div>
    </FieldGroup>
  );
}
