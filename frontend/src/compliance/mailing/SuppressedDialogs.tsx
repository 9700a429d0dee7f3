// Putting addresses on the suppression list, one or a file of them, and taking one off with a reason, which is kept.

import { useMutation } from "@tanstack/react-query";
import { useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { answer, api, ifMatch } from "~/api/client";
import { readAgain } from "~/api/query";
import type { ImportedAddressesOut, SuppressedOut } from "~/api/schema";
import styles from "~/compliance/CallingRules.module.css";
import { count } from "~/i18n/numbers";
import { Button } from "~/kit/Button";
import { Dialog } from "~/kit/Dialog";
import { TextField } from "~/kit/Field";
import { tell } from "~/kit/notices";
import { FormProblem, wrongField } from "~/kit/states";

const MOST_SHOWN = 5;
const LONGEST_REASON = 500;

function readListAgain(): void {
  void readAgain(["/api/v1/compliance/mail"]);
}

export function AddDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const [address, setAddress] = useState("");
  const [reason, setReason] = useState("");
  const add = useMutation({
    mutationFn: () =>
      answer<SuppressedOut>(
        api.POST("/api/v1/compliance/mail/suppressions", { body: { address, reason, because: "by_hand" } }),
      ),
    onSuccess: (added) => {
      readListAgain();
      onClose();
      tell(t("mailing.added_told", { address: added.address }));
    },
  });
  return (
    <Dialog
      title={t("mailing.add_title")}
      isOpen
      onClose={onClose}
      onSubmit={() => add.mutate()}
      actions={
        <>
          <Button onPress={onClose}>{t("cancel")}</Button>
          <Button
            look="primary"
            type="submit"
            isPending={add.isPending}
            isDisabled={!address.trim() || !reason.trim()}
          >
            {t("mailing.add")}
          </Button>
        </>
      }
    >
      <TextField
        label={t("mailing.address")}
        value={address}
        onChange={setAddress}
        type="email"
        placeholder="ada@engines.example"
        error={wrongField(add.error, "address")}
        maxLength={254}
        autoFocus
        isRequired
      />
      <Reason value={reason} onChange={setReason} error={add.error} />
      <FormProblem error={add.error} />
    </Dialog>
  );
}

function Reason({
  value,
  onChange,
  error,
  isFirst = false,
}: {
  value: string;
  onChange: (value: string) => void;
  error: unknown;
  isFirst?: boolean;
}) {
  const { t } = useTranslation();
  return (
    <TextField
      label={t("compliance.reason")}
      hint={t("compliance.reason_hint")}
      value={value}
      onChange={onChange}
      error={wrongField(error, "reason")}
      maxLength={LONGEST_REASON}
      autoFocus={isFirst}
      isRequired
    />
  );
}

export function RemoveDialog({ address, onClose }: { address: SuppressedOut; onClose: () => void }) {
  const { t } = useTranslation();
  const [reason, setReason] = useState("");
  const removing = useMutation({
    mutationFn: () => {
      const params = {
        path: { address: address.address },
        query: { reason },
        header: ifMatch(address.version),
      };
      return answer(api.DELETE("/api/v1/compliance/mail/suppressions/{address}", { params }));
    },
    onSuccess: () => {
      readListAgain();
      onClose();
      tell(t("mailing.removed_told", { address: address.address }));
    },
  });
  return (
    <Dialog
      title={t("mailing.remove_of", { address: address.address })}
      isOpen
      onClose={onClose}
      onSubmit={() => removing.mutate()}
      actions={
        <>
          <Button onPress={onClose}>{t("cancel")}</Button>
          <Button look="danger" type="submit" isPending={removing.isPending} isDisabled={!reason.trim()}>
            {t("compliance.remove")}
          </Button>
        </>
      }
    >
      <p>{t("mailing.remove_detail")}</p>
      <Reason value={reason} onChange={setReason} error={removing.error} isFirst />
      <FormProblem error={removing.error} />
    </Dialog>
  );
}

export function ImportDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const fileId = useId();
  const [file, setFile] = useState<File | null>(null);
  const [reason, setReason] = useState("");
  const send = useMutation({
    mutationFn: () =>
      answer<ImportedAddressesOut>(
        api.POST("/api/v1/compliance/mail/suppressions/import", {
          params: { query: { reason } },
          // The file is the body itself, of which the description can only say that it is text.
          body: file as unknown as string,
          bodySerializer: (body: unknown) => body as BodyInit,
          headers: { "Content-Type": "application/octet-stream" },
        }),
      ),
    onSuccess: readListAgain,
  });
  const done = send.data;
  return (
    <Dialog
      title={t("mailing.import_title")}
      isOpen
      onClose={onClose}
      onSubmit={() => (done ? onClose() : send.mutate())}
      actions={
        done ? (
          <Button look="primary" type="submit" autoFocus>
            {t("close")}
          </Button>
        ) : (
          <>
            <Button onPress={onClose}>{t("cancel")}</Button>
            <Button look="primary" type="submit" isPending={send.isPending} isDisabled={!file || !reason.trim()}>
              {t("compliance.import")}
            </Button>
          </>
        )
      }
    >
      {done ? (
        <Imported done={done} />
      ) : (
        <>
          <p>{t("mailing.import_detail")}</p>
          <div>
            <label htmlFor={fileId}>{t("compliance.file")}</label>{" "}
            <input
              id={fileId}
              type="file"
              accept=".csv,.txt,text/plain,text/csv"
              onChange={(event) => setFile(event.target.files?.[0] ?? null)}
            />
          </div>
          <Reason value={reason} onChange={setReason} error={send.error} />
          <FormProblem error={send.error} />
        </>
      )}
    </Dialog>
  );
}

function Imported({ done }: { done: ImportedAddressesOut }) {
  const { t } = useTranslation();
  return (
    <div className={styles.stack} role="status">
      <p>{t("mailing.imported", { read: count(done.read), added: count(done.added) })}</p>
      {done.wrong_lines > 0 && (
        <div>
          <p>{t("mailing.wrong_lines", { lines: count(done.wrong_lines) })}</p>
          <ul className={styles.reasons}>
            {done.wrong.slice(0, MOST_SHOWN).map((one) => (
              <li key={one.line}>
                {t("compliance.wrong_line", { line: one.line, text: one.text })}
                <span className={styles.detail}>{one.reason}</span>
              </li>
            ))}
          </ul>
        </div>
      )}
    </div>
  );
}
