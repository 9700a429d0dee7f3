// The first step: a file is chosen or dropped. It is read into this tab at once, so that it stays what it was although
// somebody goes on editing it.

import type { TFunction } from "i18next";
import { FileSpreadsheet, Upload } from "lucide-react";
import { useEffect, useState } from "react";
import { DropZone, FileTrigger } from "react-aria-components";
import { useTranslation } from "react-i18next";
import { $api } from "~/api/client";
import type { FileLimits } from "~/api/schema";
import { Button } from "~/kit/Button";
import { FormProblem } from "~/kit/states";
import styles from "./intake.module.css";
import { sizeOf } from "./size";

interface Dropped {
  items: Iterable<{ kind: string; getFile?: () => Promise<File> }>;
}

export function ChooseFile({ onChosen }: { onChosen: (file: File) => void }) {
  const { t } = useTranslation();
  const limits = $api.useQuery("get", "/api/v1/imports/limits", {}, { staleTime: Infinity });
  const [wrong, setWrong] = useState<string | null>(null);
  const [isReading, setReading] = useState(false);
  useStrayDrops();

  async function choose(file: File): Promise<void> {
    const reason = whyNot(file, limits.data, t);
    setWrong(reason);
    if (reason) return;
    setReading(true);
    try {
      onChosen(new File([await file.arrayBuffer()], file.name, { type: file.type }));
    } catch {
      setWrong(t("intake.unreadable", { name: file.name }));
    } finally {
      setReading(false);
    }
  }

  async function drop({ items }: Dropped): Promise<void> {
    const files = [...items].filter((one) => one.kind === "file");
    if (files.length !== 1) {
      setWrong(t(files.length ? "intake.one_file" : "intake.no_file"));
      return;
    }
    const file = await files[0]?.getFile?.();
    if (file) await choose(file);
  }

  return (
    <>
      <DropZone
        aria-label={t("intake.drop")}
        className={styles.drop ?? ""}
        getDropOperation={() => "copy"}
        onDrop={(event) => void drop(event)}
      >
        <FileSpreadsheet size={28} aria-hidden="true" />
        <p className={styles.dropText}>{t("intake.drop")}</p>
        <FileTrigger
          acceptedFileTypes={limits.data?.suffixes ?? [".csv", ".xlsx"]}
          onSelect={(files) => files?.[0] && void choose(files[0])}
        >
          <Button look="primary" autoFocus>
            <Upload size={14} aria-hidden="true" /> {t("intake.choose")}
          </Button>
        </FileTrigger>
        {limits.data && (
          <p className={styles.faint}>{t("intake.limits", { size: sizeOf(limits.data.largest_bytes) })}</p>
        )}
      </DropZone>
      <p role="status" className={styles.faint}>
        {isReading && t("state.loading")}
      </p>
      {wrong && (
        <p className={styles.problem} role="alert">
          {wrong}
        </p>
      )}
      <FormProblem error={limits.error} />
    </>
  );
}

function whyNot(file: File, limits: FileLimits | undefined, t: TFunction): string | null {
  if (file.size === 0) return t("intake.empty_file", { name: file.name });
  if (limits && file.size > limits.largest_bytes) {
    return t("intake.too_large", {
      name: file.name,
      size: sizeOf(file.size),
      limit: sizeOf(limits.largest_bytes),
    });
  }
  return null;
}

/** A file that is dropped beside the place for it must not take this page's place in the browser. */
function useStrayDrops(): void {
  useEffect(() => {
    const stop = (event: DragEvent) => event.preventDefault();
    window.addEventListener("dragover", stop);
    window.addEventListener("drop", stop);
    return () => {
      window.removeEventListener("dragover", stop);
      window.removeEventListener("drop", stop);
    };
  }, []);
}
