// Connecting a calendar: a CalDAV server, which is read and written, or a feed, which is read alone.

import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { answer, api } from "~/api/client";
import { readAgain } from "~/api/query";
import type { ConnectionOut, SourceKind } from "~/api/schema";
import { Button } from "~/kit/Button";
import { Dialog } from "~/kit/Dialog";
import { SelectField, TextField } from "~/kit/Field";
import { FormProblem, wrongField } from "~/kit/states";
import styles from "./Calendar.module.css";
import { CALENDARS } from "./data";

const KINDS: readonly SourceKind[] = ["caldav", "ics"];

export function ConnectDialog({
  onClose,
  onConnected,
}: {
  onClose: () => void;
  onConnected: (connection: ConnectionOut) => void;
}) {
  const { t } = useTranslation();
  const [kind, setKind] = useState<SourceKind>("caldav");
  const [address, setAddress] = useState("");
  const [name, setName] = useState("");
  const [username, setUsername] = useState("");
  const [password, setPassword] = useState("");
  const isServer = kind === "caldav";
  const isComplete = address.trim() !== "" && (!isServer || (username.trim() !== "" && password !== ""));

  const connect = useMutation({
    mutationFn: () => {
      const login = isServer ? { username, password } : { username: "", password: "" };
      const body = { kind, address, name: name || null, collection: "", ...login };
      return answer<ConnectionOut>(api.POST("/api/v1/calendar/connections", { body }));
    },
    onSuccess: async (connection) => {
      onClose();
      onConnected(connection);
      await readAgain([CALENDARS]);
    },
  });

  return (
    <Dialog
      title={t("calendar.connect")}
      isOpen
      onClose={onClose}
      onSubmit={() => isComplete && !connect.isPending && connect.mutate()}
      actions={
        <>
          <Button onPress={onClose}>{t("cancel")}</Button>
          <Button look="primary" type="submit" isPending={connect.isPending} isDisabled={!isComplete}>
            {t("calendar.connect_do")}
          </Button>
        </>
      }
    >
      <SelectField
        label={t("calendar.how")}
        value={kind}
        onChange={(chosen) => setKind(chosen as SourceKind)}
        choices={KINDS.map((one) => ({ id: one, label: t(`calendar.kind_long.${one}`) }))}
      />
      <TextField
        label={t("calendar.address")}
        hint={t(isServer ? "calendar.address_hint" : "calendar.feed_hint")}
        type="url"
        value={address}
        onChange={setAddress}
        error={wrongField(connect.error, "address")}
        autoFocus
        isRequired
      />
      {isServer && (
        <div className={styles.pair}>
          <TextField
            label={t("calendar.username")}
            autoComplete="off"
            value={username}
            onChange={setUsername}
            error={wrongField(connect.error, "username")}
            isRequired
          />
          <TextField
            label={t("calendar.password")}
            type="password"
            autoComplete="new-password"
            value={password}
            onChange={setPassword}
            error={wrongField(connect.error, "password")}
            isRequired
          />
        </div>
      )}
      <TextField
        label={t("calendar.name")}
        value={name}
        onChange={setName}
        error={wrongField(connect.error, "name")}
        maxLength={100}
      />
      <FormProblem error={connect.error} />
    </Dialog>
  );
}
