// One's connected calendars: how they stand, and to connect, check or disconnect one.

import { useMutation } from "@tanstack/react-query";
import { CalendarPlus, CircleAlert, CircleCheck, Plus } from "lucide-react";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { answer, api, ifMatch } from "~/api/client";
import { readAgain } from "~/api/query";
import type { ConnectionChecked, ConnectionOut } from "~/api/schema";
import { relative } from "~/i18n/time";
import { useMe } from "~/identity/session";
import { Button } from "~/kit/Button";
import { ConfirmDialog } from "~/kit/ConfirmDialog";
import { Dialog } from "~/kit/Dialog";
import { SelectField } from "~/kit/Field";
import { tell } from "~/kit/notices";
import { Badge, Panel } from "~/kit/Panel";
import { Empty, FormProblem, Shown } from "~/kit/states";
import { SignInAgain, SignInButtons } from "~/oauth/SignInButtons";
import styles from "./Calendar.module.css";
import { ConnectDialog } from "./ConnectDialog";
import { Row, Rows } from "./Rows";
import { CALENDARS, useCalendarsOf, useCheck } from "./data";

const TONES = { ok: "ok", waiting: "neutral", refusing: "danger" } as const;

export function Connections() {
  const { t } = useTranslation();
  const me = useMe();
  const list = useCalendarsOf(me.id);
  const [isAdding, setAdding] = useState(false);
  const [checking, setChecking] = useState<ConnectionOut | null>(null);
  const [removing, setRemoving] = useState<ConnectionOut | null>(null);
  return (
    <Panel
      title={t("calendar.connected")}
      isFlush
      actions={
        <Button look="primary" onPress={() => setAdding(true)}>
          <Plus size={14} aria-hidden="true" /> {t("calendar.connect")}
        </Button>
      }
    >
      <Shown query={list} rows={2}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty title={t("calendar.none")} icon={<CalendarPlus size={22} aria-hidden="true" />}>
              {t("calendar.none_detail")}
            </Empty>
          ) : (
            <Rows label={t("calendar.connected")}>
              {items.map((one) => (
                <Row
                  key={one.id}
                  state={<Badge tone={TONES[one.state]}>{t(`calendar.state.${one.state}`)}</Badge>}
                  actions={
                    <>
                      {one.sign_in?.lapsed_at && (
                        <SignInAgain
                          purpose="calendar"
                          provider={one.sign_in.provider}
                          title={one.sign_in.title}
                          account={one.username}
                        />
                      )}
                      <Button onPress={() => setChecking(one)}>{t("calendar.check")}</Button>
                      <Button look="danger" onPress={() => setRemoving(one)}>
                        {t("calendar.remove")}
                      </Button>
                    </>
                  }
                >
                  <b>{one.name}</b>
                  <span className={styles.detail}>
                    {[
                      t(`calendar.kind.${one.kind}`),
                      one.takes_meetings && t("calendar.takes"),
                      one.synced_at && t("calendar.read", { when: relative(one.synced_at) }),
                    ]
                      .filter(Boolean)
                      .join(" · ")}
                  </span>
                  {one.problem && <span className={styles.problem}>{one.problem}</span>}
                </Row>
              ))}
            </Rows>
          )
        }
      </Shown>
      <div className={styles.ways}>
        <SignInButtons purpose="calendar" />
      </div>
      {isAdding && <ConnectDialog onClose={() => setAdding(false)} onConnected={setChecking} />}
      {checking && <CheckDialog connection={checking} onClose={() => setChecking(null)} />}
      {removing && <Removing connection={removing} onClose={() => setRemoving(null)} />}
    </Panel>
  );
}

/** Tries the calendar at once, tells what was found, and lets another one of the server's be chosen. */
function CheckDialog({ connection, onClose }: { connection: ConnectionOut; onClose: () => void }) {
  const { t } = useTranslation();
  const check = useCheck(connection.id);
  const { mutate, data } = check;
  useEffect(() => mutate(), [mutate]);
  const choose = useMutation({
    mutationFn: (collection: string) => {
      const header = ifMatch(data?.connection.version ?? connection.version);
      const params = { path: { connection_id: connection.id }, header };
      const body = { collection };
      return answer(api.PATCH("/api/v1/calendar/connections/{connection_id}", { params, body }));
    },
    onSuccess: () => mutate(),
  });
  const choices = data?.calendars.map((one) => ({ id: one.collection, label: one.name })) ?? [];
  return (
    <Dialog
      title={t("calendar.check_title", { name: connection.name })}
      isOpen
      onClose={onClose}
      actions={<Button onPress={onClose}>{t("close")}</Button>}
    >
      <div role="status" className={styles.stack}>
        {check.isPending && <p>{t("calendar.checking")}</p>}
        {!check.isPending && data && <Found found={data} />}
      </div>
      {choices.length > 1 && (
        <SelectField
          label={t("calendar.which")}
          value={data?.connection.collection ?? ""}
          onChange={(collection) => choose.mutate(collection)}
          choices={choices}
        />
      )}
      <FormProblem error={check.error ?? choose.error} />
    </Dialog>
  );
}

function Found({ found }: { found: ConnectionChecked }) {
  const { t } = useTranslation();
  return found.problem ? (
    <p className={`${styles.found} ${styles.wrong}`}>
      <CircleAlert size={16} aria-hidden="true" /> {found.problem}
    </p>
  ) : (
    <p className={`${styles.found} ${styles.well}`}>
      <CircleCheck size={16} aria-hidden="true" /> {t("calendar.well", { count: found.busy_times ?? 0 })}
    </p>
  );
}

function Removing({ connection, onClose }: { connection: ConnectionOut; onClose: () => void }) {
  const { t } = useTranslation();
  const remove = useMutation({
    mutationFn: () => {
      const params = { path: { connection_id: connection.id }, header: ifMatch(connection.version) };
      return answer(api.DELETE("/api/v1/calendar/connections/{connection_id}", { params }));
    },
    onSuccess: async () => {
      tell(t("calendar.removed"));
      onClose();
      await readAgain([CALENDARS]);
    },
  });
  return (
    <ConfirmDialog
      title={t("calendar.remove_title", { name: connection.name })}
      detail={t("calendar.remove_detail")}
      action={t("calendar.remove")}
      error={remove.error}
      isPending={remove.isPending}
      onClose={onClose}
      onConfirm={() => remove.mutate()}
    />
  );
}
