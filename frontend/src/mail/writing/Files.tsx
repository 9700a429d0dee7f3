// The files that go with a mail: chosen or dropped, sent in at once, taken away again.

import { useMutation } from "@tanstack/react-query";
import { Paperclip, X } from "lucide-react";
import { useRef } from "react";
import { DropZone, FileTrigger } from "react-aria-components";
import { useTranslation } from "react-i18next";
import { decimal } from "~/i18n/numbers";
import { Button, IconButton } from "~/kit/Button";
import { FormProblem } from "~/kit/states";
import { attach } from "./data";
import type { FileOfDraft } from "./draft";
import styles from "./Writing.module.css";

/** `0.4 MB`. */
function sizeOf(bytes: number): string {
  return bytes < 100_000 ? `${decimal(bytes / 1_000, 0)} kB` : `${decimal(bytes / 1_000_000)} MB`;
}

export function Files({
  files,
  onChange,
}: {
  files: readonly FileOfDraft[];
  onChange: (change: (files: readonly FileOfDraft[]) => readonly FileOfDraft[]) => void;
}) {
  const { t } = useTranslation();
  const list = useRef<HTMLUListElement>(null);
  const sendIn = useMutation({
    mutationFn: async (chosen: readonly File[]) => {
      for (const file of chosen) {
        const { id, name, size } = await attach(file);
        onChange((before) => [...before, { id, name, size }]);
      }
    },
  });
  return (
    <DropZone
      className={styles.files ?? ""}
      aria-label={t("writing.drop")}
      onDrop={({ items }) => {
        void Promise.all(items.filter((one) => one.kind === "file").map((one) => one.getFile())).then((dropped) =>
          sendIn.mutate(dropped),
        );
      }}
    >
      {files.length > 0 && (
        <ul ref={list} aria-label={t("writing.files")}>
          {files.map((one) => (
            <li key={one.id}>
              <span className={styles.file}>{one.name}</span>
              <span className={styles.hint}>{sizeOf(one.size)}</span>
              <IconButton
                label={t("writing.detach", { name: one.name })}
                onPress={() => onChange((before) => before.filter(({ id }) => id !== one.id))}
              >
                <X size={14} aria-hidden="true" />
              </IconButton>
            </li>
          ))}
        </ul>
      )}
      <FormProblem error={sendIn.error} />
      <FileTrigger allowsMultiple onSelect={(chosen) => chosen && sendIn.mutate([...chosen])}>
        <Button look="quiet" isPending={sendIn.isPending}>
          <Paperclip size={14} aria-hidden="true" />
          {sendIn.isPending
            ? t("writing.attaching", { name: sendIn.variables.at(-1)?.name ?? "" })
            : t("writing.attach")}
        </Button>
      </FileTrigger>
    </DropZone>
  );
}
