import { useMutation } from "@tanstack/react-query";
import { useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { answer, api } from "~/api/client";
import { readAgain } from "~/api/query";
import type { DncImportedOut, ImportMode } from "~/api/schema";
import { count } from "~/i18n/numbers";
import { Button } from "~/kit/Button";
import { Dialog } from "~/kit/Dialog";
import { NumberField, SelectField, TextField } from "~/kit/Field";
import { FormProblem, wrongField } from "~/kit/states";
import styles from "./CallingRules.module.css";
import { ReasonField } from "./ReasonField";
import { WrongLines } from "./WrongLines";

const MODES: readonly ImportMode[] = ["replace", "add", "remove"];
const REGISTRY_DAYS = 31;

/** Sends a file of numbers: more for the own list, or a registry's list. */
export function ImportDialog({ isOwn, onClose }: { isOwn: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  const fileId = useId();
  const [file, setFile] = useState<File | null>(null);
  const [name, setName] = useState("");
  const [reason, setReason] = useState("");
  const [mode, setMode] = useState<ImportMode>("replace");
  const [days, setDays] = useState<number | null>(REGISTRY_DAYS);

  const send = useMutation({
    mutationFn: () => {
      // The file is the body itself, of which the description can only say that it is text.
      const sent = {
        body: file as unknown as string,
        bodySerializer: (body: unknown) => body as BodyInit,
        headers: { "Content-Type": "application/octet-stream" },
      };
      const query = { name, mode, ...(days !== null && { days }) };
      return answer<DncImportedOut>(
        isOwn
          ? api.POST("/api/v1/compliance/do-not-call/import", { params: { query: { reason } }, ...sent })
          : api.POST("/api/v1/compliance/do-not-call/lists", { params: { query }, ...sent }),
      );
    },
    onSuccess: () => void readAgain(["/api/v1/compliance", "/api/v1/queue"]),
  });

  const done = send.data;
  return (
    <Dialog
      title={isOwn ? t("compliance.import_own") : t("compliance.import_list")}
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
            <Button
              look="primary"
              type="submit"
              isPending={send.isPending}
              isDisabled={!file || !(isOwn ? reason : name).trim()}
            >
              {t("compliance.import")}
            </Button>
          </>
        )
      }
    >
      {done ? (
        <Result done={done} />
      ) : (
        <>
          <p>{t("compliance.import_detail")}</p>
          <div>
            <label htmlFor={fileId}>{t("compliance.file")}</label>{" "}
            <input
              id={fileId}
              type="file"
              accept=".csv,.txt,text/plain,text/csv"
              onChange={(event) => setFile(event.target.files?.[0] ?? null)}
            />
          </div>
          {isOwn ? (
            <ReasonField value={reason} onChange={setReason} error={send.error} />
          ) : (
            <>
              <TextField
                label={t("compliance.list_name")}
                hint={t("compliance.list_name_hint")}
                value={name}
                onChange={setName}
                error={wrongField(send.error, "name")}
                maxLength={100}
                isRequired
              />
              <SelectField
                label={t("compliance.mode")}
                value={mode}
                onChange={(chosen) => setMode(chosen as ImportMode)}
                choices={MODES.map((id) => ({ id, label: t(`compliance.modes.${id}`) }))}
              />
              <NumberField
                label={t("compliance.holds_days")}
                hint={t("compliance.holds_days_hint")}
                value={days}
                onChange={setDays}
                minValue={1}
                maxValue={3660}
                error={wrongField(send.error, "days")}
              />
            </>
          )}
          <FormProblem error={send.error} />
        </>
      )}
    </Dialog>
  );
}

function Result({ done }: { done: DncImportedOut }) {
  const { t } = useTranslation();
  return (
    <div className={styles.stack} role="status">
      <p>
        {t("compliance.imported", {
          read: count(done.read),
          added: count(done.added),
          removed: count(done.removed),
        })}
      </p>
      <WrongLines
        title={t("compliance.wrong_lines", { lines: count(done.wrong_lines) })}
        count={done.wrong_lines}
        lines={done.wrong}
      />
    </div>
  );
}
