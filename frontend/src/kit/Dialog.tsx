// Dialogs: one question or one form, above the screen; Escape closes, what was focused before is focused again.

import { X } from "lucide-react";
import type { ReactNode, SyntheticEvent } from "react";
import { Dialog as AriaDialog, Button, Heading, Modal, ModalOverlay } from "react-aria-components";
import { useTranslation } from "react-i18next";
import styles from "./Dialog.module.css";

export interface DialogProps {
  title: string;
  isOpen: boolean;
  onClose: () => void;
  children: ReactNode;
  /** The buttons at its foot; with `onSubmit` one of them is of type submit. */
  actions?: ReactNode;
  onSubmit?: () => void;
  width?: "narrow" | "wide";
  /** Comes in from the side and leaves the screen behind it readable. */
  isSheet?: boolean;
  /** Not closed by a click beside it. */
  isFirm?: boolean;
}

export function Dialog({
  title,
  isOpen,
  onClose,
  children,
  actions,
  onSubmit,
  width = "narrow",
  isSheet,
  isFirm = false,
}: DialogProps) {
  const { t } = useTranslation();
  function submit(event: SyntheticEvent): void {
    event.preventDefault();
    onSubmit?.();
  }
  const body = (
    <>
      <div className={styles.body}>{children}</div>
      {actions && <div className={styles.actions}>{actions}</div>}
    </>
  );
  return (
    <ModalOverlay
      isOpen={isOpen}
      onOpenChange={(open) => !open && onClose()}
      isDismissable={!isFirm}
      className={isSheet ? (styles.side ?? "") : (styles.overlay ?? "")}
    >
      <Modal className={`${styles.modal} ${isSheet ? styles.sheet : styles[width]}`}>
        <AriaDialog className={styles.dialog ?? ""}>
          <div className={styles.head}>
            <Heading slot="title" className={styles.title ?? ""}>
              {title}
            </Heading>
            <Button aria-label={t("close")} onPress={onClose} className={styles.close ?? ""}>
              <X size={16} aria-hidden="true" />
            </Button>
          </div>
          {onSubmit ? (
            <form onSubmit={submit} className={styles.form} noValidate>
              {body}
            </form>
          ) : (
            body
          )}
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  );
}
