// The organisation's own limits, within the law's: an admin sets them, everybody sees them.

import { useMutation } from "@tanstack/react-query";
import { type SyntheticEvent, useMemo } from "react";
import { useTranslation } from "react-i18next";
import { answer, api, ifMatch } from "~/api/client";
import { readAgain } from "~/api/query";
import type { CallingSettingsOut, NewCallingSettings } from "~/api/schema";
import { regions } from "~/i18n/regions";
import { useMay } from "~/identity/session";
import { Button } from "~/kit/Button";
import { Checkbox, FieldGroup, NumberField, SelectField, Switch, TextAreaField, TextField } from "~/kit/Field";
import { tell } from "~/kit/notices";
import { Facts } from "~/kit/Panel";
import { SaveProblem } from "~/kit/SaveProblem";
import { wrongField } from "~/kit/states";
import { TokensField } from "~/kit/TokensField";
import { useCopy } from "~/kit/useCopy";
import styles from "./CallingRules.module.css";

const WEEKDAYS = [0, 1, 2, 3, 4, 5, 6] as const;
const NUMBERS = [
  "attempts_per_day",
  "attempts_per_week",
  "calls_per_minute_of_user",
  "calls_per_minute",
  "abroad_calls_per_day",
  "abroad_minutes_per_day",
] as const;
const RECORDING = ["by_law", "announce", "never"] as const;

type Draft = Required<NewCallingSettings>;

function draftOf(settings: CallingSettingsOut): Draft {
  const limits: Partial<CallingSettingsOut> = { ...settings };
  delete limits.version;
  const clock = (at: string | null | undefined) => at?.slice(0, 5) ?? null;
  return { ...(limits as Draft), opens: clock(settings.opens), closes: clock(settings.closes) };
}

export function Limits({ settings }: { settings: CallingSettingsOut }) {
  return useMay("settings:write") ? <Form settings={settings} /> : <Read settings={settings} />;
}

function Read({ settings }: { settings: CallingSettingsOut }) {
  const { t } = useTranslation();
  const limits = draftOf(settings);
  const hours =
    limits.opens || limits.closes ? `${limits.opens ?? ""}–${limits.closes ?? ""}` : t("compliance.by_rules");
  return (
    <Facts
      facts={[
        [t("compliance.countries"), limits.countries.join(", ") || t("compliance.home_only")],
        [t("compliance.hours"), hours],
        ...NUMBERS.map((name) => [t(`compliance.limit.${name}`), String(limits[name])] as const),
        [t("compliance.recording_policy"), t(`compliance.policy.${limits.recording}`)],
      ]}
    />
  );
}

function Form({ settings }: { settings: CallingSettingsOut }) {
  const { t, i18n } = useTranslation();
  const copy = useCopy(settings, draftOf);
  const { draft, change } = copy;
  // eslint-disable-next-line react-hooks/exhaustive-deps -- countries' names change with the language
  const countries = useMemo(() => regions(), [i18n.language]);
  const codes = new Map(countries.map((one) => [one.name, one.code]));
  const names = new Map(countries.map((one) => [one.code, one.name]));
  const weekday = new Intl.DateTimeFormat(i18n.language, { weekday: "short", timeZone: "UTC" });

  const save = useMutation({
    mutationFn: () => {
      const params = { header: ifMatch(copy.base.version) };
      return answer<CallingSettingsOut>(api.PUT("/api/v1/compliance/settings", { params, body: draft }));
    },
    onSuccess: (saved) => {
      copy.settle(saved);
      void readAgain(["/api/v1/compliance", "/api/v1/queue"]);
      tell(t("saved"));
    },
  });

  async function mergeOver(): Promise<void> {
    copy.rebase(await answer<CallingSettingsOut>(api.GET("/api/v1/compliance/settings")));
    save.reset();
  }

  function submit(event: SyntheticEvent): void {
    event.preventDefault();
    save.mutate();
  }

  function tickDay(day: number, isOn: boolean): void {
    const days = isOn ? [...draft.days, day].sort() : draft.days.filter((one) => one !== day);
    change({ days });
  }

  return (
    <form className={styles.stack} onSubmit={submit} noValidate>
      <TokensField
        label={t("compliance.countries")}
        hint={t("compliance.countries_hint")}
        values={draft.countries.map((code) => names.get(code) ?? code)}
        onChange={(chosen) => change({ countries: chosen.map((name) => codes.get(name) ?? name) })}
        suggestions={countries.map((one) => one.name)}
        error={wrongField(save.error, "countries")}
      />
      <div className={styles.pair}>
        <TextField
          label={t("compliance.opens")}
          hint={t("compliance.opens_hint")}
          type="time"
          value={draft.opens ?? ""}
          onChange={(opens) => change({ opens: opens || null })}
          error={wrongField(save.error, "opens")}
        />
        <TextField
          label={t("compliance.closes")}
          type="time"
          value={draft.closes ?? ""}
          onChange={(closes) => change({ closes: closes || null })}
          error={wrongField(save.error, "closes")}
        />
      </div>
      <FieldGroup label={t("compliance.days")}>
        <div className={styles.days}>
          {WEEKDAYS.map((day) => (
            <Checkbox key={day} isSelected={draft.days.includes(day)} onChange={(isOn) => tickDay(day, isOn)}>
              {weekday.format(new Date(Date.UTC(2026, 0, 5 + day)))}
            </Checkbox>
          ))}
        </div>
      </FieldGroup>
      <div className={styles.pair}>
        {NUMBERS.map((name) => (
          <NumberField
            key={name}
            label={t(`compliance.limit.${name}`)}
            value={draft[name]}
            onChange={(value) => change({ [name]: value ?? copy.base[name] })}
            minValue={1}
            error={wrongField(save.error, name)}
          />
        ))}
      </div>
      <Switch
        isSelected={draft.businesses_as_consumers}
        onChange={(businesses_as_consumers) => change({ businesses_as_consumers })}
      >
        {t("compliance.businesses_as_consumers")}
      </Switch>
      <Switch
        isSelected={draft.unknown_are_businesses}
        onChange={(unknown_are_businesses) => change({ unknown_are_businesses })}
      >
        {t("compliance.unknown_are_businesses")}
      </Switch>
      <Switch isSelected={draft.emergency_calls} onChange={(emergency_calls) => change({ emergency_calls })}>
        {t("compliance.emergency_calls")}
      </Switch>
      <SelectField
        label={t("compliance.recording_policy")}
        value={draft.recording}
        onChange={(recording) => change({ recording: recording as Draft["recording"] })}
        choices={RECORDING.map((id) => ({ id, label: t(`compliance.policy.${id}`) }))}
      />
      <TextAreaField
        label={t("compliance.announcement")}
        hint={t("compliance.announcement_hint")}
        value={draft.announcement}
        onChange={(announcement) => change({ announcement })}
        maxLength={500}
        rows={2}
        error={wrongField(save.error, "announcement")}
      />
      <TokensField
        label={t("compliance.own_regions")}
        hint={t("compliance.own_regions_hint")}
        values={draft.own_regions}
        onChange={(chosen) => change({ own_regions: chosen.map((one) => one.toUpperCase()) })}
        error={wrongField(save.error, "own_regions")}
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
