// Notices at the foot of the screen: what was just done, with a way to undo it where there is one.

import { X } from "lucide-react";
import {
  Button as AriaButton,
  Text,
  UNSTABLE_Toast as Toast,
  UNSTABLE_ToastContent as ToastContent,
  UNSTABLE_ToastQueue as ToastQueue,
  UNSTABLE_ToastRegion as ToastRegion,
} from "react-aria-components";
import { useTranslation } from "react-i18next";
import { OFFLINE, Problem } from "~/api/client";
import { useShortcuts } from "~/shell/keys";
import { Button } from "./Button";
import styles from "./notices.module.css";

interface Notice {
  text: string;
  isProblem?: boolean;
  undo?: () => void;
}

const SHOWN_MS = 7_000;

const queue = new ToastQueue<Notice>({ maxVisibleToasts: 3 });

/** Say what was done; `undo` takes it back. */
export function tell(text: string, undo?: () => void): void {
  queue.add(undo ? { text, undo } : { text }, { timeout: SHOWN_MS });
}

/** Say what went wrong; stays until it is closed. */
export function tellProblem(error: unknown, otherwise: string): void {
  const text = error instanceof Problem && error.code !== OFFLINE ? error.message : otherwise;
  queue.add({ text, isProblem: true });
}

function undoLatest(): void {
  const latest = queue.visibleToasts.find((one) => one.content.undo);
  if (!latest) return;
  queue.close(latest.key);
  latest.content.undo?.();
}

export function Notices() {
  const { t } = useTranslation();
  useShortcuts([{ keys: "z", label: t("keys.undo"), group: t("keys.everywhere"), run: undoLatest }]);
  return (
    <ToastRegion queue={queue} className={styles.region ?? ""} aria-label={t("notices")}>
      {({ toast }) => (
        <Toast toast={toast} className={`${styles.notice} ${toast.content.isProblem ? styles.problem : ""}`}>
          <ToastContent className={styles.content ?? ""}>
            <Text slot="title">{toast.content.text}</Text>
          </ToastContent>
          {toast.content.undo && (
            <Button
              look="quiet"
              keys="z"
              onPress={() => {
                queue.close(toast.key);
                toast.content.undo?.();
              }}
            >
              {t("undo")}
            </Button>
          )}
          <AriaButton slot="close" aria-label={t("close")} className={styles.close ?? ""}>
            <X size={14} aria-hidden="true" />
          </AriaButton>
        </Toast>
      )}
    </ToastRegion>
  );
}
