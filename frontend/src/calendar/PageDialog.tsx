// A booking page: what it is called, for how long and where, who can be booked, and how its times may lie.

import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { answer, api, ifMatch } from "~/api/client";
import { readAgain } from "~/api/query";
import type { BookingPageOut, HostOut } from "~/api/schema";
import { useUsers } from "~/identity/session";
import { CampaignField } from "~/intake/CampaignField";
import { Button } from "~/kit/Button";
import { Dialog } from "~/kit/Dialog";
import { Checkbox, FieldGroup, NumberField, TextAreaField, TextField } from "~/kit/Field";
import { tell } from "~/kit/notices";
import { FormProblem, wrongField, wrongWithin } from "~/kit/states";
import styles from "./Calendar.module.css";
import { PAGES } from "./data";
import { draftOf, type NumberName, NUMBERS, pageOf, slugOf } from "./page";

const BOOKABLE = ["rep", "ae", "manager"];

export function PageDialog({
  page,
  isPool,
  onClose,
}: {
  page: BookingPageOut | null;
  isPool: boolean;
  onClose: () => void;
}) {
  const { t } = useTranslation();
  const [draft, setDraft] = useState(() => draftOf(page));
  const change = (changes: Partial<typeof draft>) => setDraft((before) => ({ ...before, ...changes }));
  const slug = draft.slug || slugOf(draft.title);

  const save = useMutation({
    mutationFn: () => {
      const body = { ...pageOf(draft), slug };
      if (!page) {
        const hosts = isPool ? draft.hosts : [];
        return answer(
          api.POST("/api/v1/calendar/pages", { body: { ...body, hosts, is_pool: isPool, is_active: true } }),
        );
      }
      const hosts = isPool ? { hosts: draft.hosts } : {};
      const params = { path: { page_id: page.id }, header: ifMatch(page.version) };
      return answer(api.PATCH("/api/v1/calendar/pages/{page_id}", { params, body: { ...body, ...hosts } }));
    },
    onSuccess: async () => {
      tell(t("saved"));
      onClose();
      await readAgain([PAGES]);
    },
  });
  const wrong = (field: string) => wrongField(save.error, field);
  const isComplete = draft.title.trim() !== "" && draft.campaign_id !== "" && (!isPool || draft.hosts.length > 0);

  return (
    <Dialog
      title={page ? page.title : t(isPool ? "booking.add_pool" : "booking.add")}
      isOpen
      isFirm
      onClose={onClose}
      onSubmit={() => isComplete && !save.isPending && save.mutate()}
      width="wide"
      actions={
        <>
          <Button onPress={onClose}>{t("cancel")}</Button>
          <Button look="primary" type="submit" isPending={save.isPending} isDisabled={!isComplete}>
            {t("save")}
          </Button>
        </>
      }
    >
      <div className={styles.pair}>
        <TextField
          label={t("booking.title")}
          hint={t("booking.title_hint")}
          value={draft.title}
          onChange={(title) => change({ title })}
          error={wrong("title")}
          maxLength={200}
          autoFocus
          isRequired
        />
        <TextField
          label={t("booking.slug")}
          hint={t("booking.slug_hint", { slug: slug || "…" })}
          value={draft.slug}
          onChange={(typed) => change({ slug: typed })}
          error={wrong("slug")}
          maxLength={60}
        />
      </div>
      {isPool && (
        <Hosts
          chosen={draft.hosts}
          onChange={(hosts) => change({ hosts })}
          error={wrongWithin(save.error, "hosts")}
        />
      )}
      <CampaignField
        value={draft.campaign_id}
        onChange={(campaign_id) => change({ campaign_id })}
        error={wrong("campaign_id")}
      />
      <TextField
        label={t("booking.location")}
        hint={t("booking.location_hint")}
        value={draft.location}
        onChange={(location) => change({ location })}
        error={wrong("location")}
        maxLength={500}
      />
      <div className={styles.pair}>
        {(["minutes", "notice_hours"] as const).map((name) => (
          <Numbers key={name} name={name} draft={draft} onChange={change} error={wrong(NUMBERS[name].field)} />
        ))}
      </div>
      <details className={styles.more}>
        <summary>{t("booking.more")}</summary>
        <div className={styles.stack}>
          <div className={styles.pair}>
            {(["step_minutes", "horizon_days", "before_minutes", "after_minutes", "daily_limit"] as const).map(
              (name) => (
                <Numbers
                  key={name}
                  name={name}
                  draft={draft}
                  onChange={change}
                  error={wrong(NUMBERS[name].field)}
                />
              ),
            )}
            <TextField
              label={t("booking.reminders")}
              hint={t("booking.reminders_hint")}
              value={draft.reminders}
              onChange={(reminders) => change({ reminders })}
              error={wrongWithin(save.error, "reminder_minutes")}
            />
          </div>
          <TextAreaField
            label={t("booking.welcome")}
            value={draft.welcome}
            onChange={(welcome) => change({ welcome })}
            error={wrong("welcome")}
            rows={2}
            maxLength={2000}
          />
          <TextAreaField
            label={t("booking.consent")}
            hint={t("booking.consent_hint")}
            value={draft.consent_wording}
            onChange={(consent_wording) => change({ consent_wording })}
            error={wrong("consent_wording")}
            rows={2}
            maxLength={5000}
          />
        </div>
      </details>
      <FormProblem error={save.error} />
    </Dialog>
  );
}

function Numbers({
  name,
  draft,
  onChange,
  error,
}: {
  name: NumberName;
  draft: ReturnType<typeof draftOf>;
  onChange: (changes: Partial<ReturnType<typeof draftOf>>) => void;
  error: string | undefined;
}) {
  const { t } = useTranslation();
  return (
    <NumberField
      label={t(`booking.${name}`)}
      value={draft[name]}
      onChange={(value) => onChange({ [name]: value })}
      minValue={NUMBERS[name].least}
      error={error}
    />
  );
}

function Hosts({
  chosen,
  onChange,
  error,
}: {
  chosen: readonly HostOut[];
  onChange: (hosts: HostOut[]) => void;
  error: string | undefined;
}) {
  const { t } = useTranslation();
  const users = useUsers();
  const bookable = [...users.values()].filter((one) => one.is_active && BOOKABLE.includes(one.role));
  return (
    <FieldGroup label={t("booking.hosts")}>
      {bookable.map((user) => (
        <Checkbox
          key={user.id}
          isSelected={chosen.some((one) => one.user_id === user.id)}
          onChange={(isChosen) =>
            onChange([
              ...chosen.filter((one) => one.user_id !== user.id),
              ...(isChosen ? [{ user_id: user.id, weight: 1 }] : []),
            ])
          }
        >
          {user.name}
        </Checkbox>
      ))}
      <span className={styles.hint}>{t("booking.hosts_hint")}</span>
      {error && <span className={styles.problem}>{error}</span>}
    </FieldGroup>
  );
}
