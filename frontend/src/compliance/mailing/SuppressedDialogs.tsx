// Putting addresses on the suppression list, one or a file of them, and taking one off with a reason, which is kept.

import { useMutation } from "@tanstack/react-query";
import { useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { answer, api, ifMatch } from "~/api/client";
import { readAgain } from "~/api/query";
import type { ImportedAddressesOut, SuppressedOut } from "~/api/schema";
import styles from "~/compliance/CallingRules.module.css";
import { ReasonField } from "~/compliance/ReasonField";
import { RemoveDialog } from "~/compliance/RemoveDialogs";
import { WrongLines } from "~/compliance/WrongLines";
import { count } from "~/i18n/numbers";
import { Button } from "~/kit/Button";
import { Dialog } from "~/kit/Dialog";
import { TextField } from "~/kit/Field";
import { tell } from "~/kit/notices";
import { FormProblem, wrongField } from "~/kit/states";

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
      <ReasonField value={reason} onChange={setReason} error={add.error} />
      <FormProblem error={add.error} />
    </Dialog>
  );
}

export function RemoveAddressDialog({ address, onClose }: { address: SuppressedOut; onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <RemoveDialog
      title={t("mailing.remove_of", { address: address.address })}
      detail={t("mailing.remove_detail")}
      done={t("mailing.removed_told", { address: address.address })}
      onClose={onClose}
      remove={(reason) => {
        const params = {
          path: { address: address.address },
          query: { reason },
          header: ifMatch(address.version),
        };
        return answer(api.DELETE("/api/v1/compliance/mail/suppressions/{address}", { params }));
      }}
    />
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
          <ReasonField value={reason} onChange={setReason} error={send.error} />
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
      <WrongLines
        title={t("mailing.wrong_lines", { lines: count(done.wrong_lines) })}
        count={done.wrong_lines}
        lines={done.wrong}
      />
    </div>
  );
}
