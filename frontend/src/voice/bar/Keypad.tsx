// The keypad in a call: while it is open, digits that are typed go to the other side, not to the screen below.

import { useEffect, useEffectEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { Button, Kbd } from "~/kit/Button";
import { press } from "../calling";
import { digitsOf } from "../phone/controls";
import styles from "./PhoneBar.module.css";
import { Pad } from "./Pad";

export function Keypad({ callId, onClose }: { callId: string; onClose: () => void }) {
  const { t } = useTranslation();
  const [sent, setSent] = useState("");

  function send(digit: string): void {
    setSent((before) => before + digit);
    void press(callId, digit);
  }

  const hear = useEffectEvent((event: KeyboardEvent) => {
    const isTyped = event.target instanceof Element && event.target.closest("input, textarea, select");
    if (isTyped || event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === "Escape") onClose();
    else if (digitsOf(event.key) === event.key && event.key.length === 1) send(event.key);
    else return;
    event.preventDefault();
    event.stopImmediatePropagation();
  });
  useEffect(() => {
    const listen = (event: KeyboardEvent) => hear(event);
    window.addEventListener("keydown", listen, { capture: true });
    return () => window.removeEventListener("keydown", listen, { capture: true });
  }, []);

  return (
    <div role="group" aria-label={t("phone.do.press")} className={styles.keypad}>
      <p className={styles.sent} aria-live="polite">
        {sent || <span className={styles.faint}>{t("keypad.hint")}</span>}
      </p>
      <Pad onPress={send} />
      <Button look="quiet" onPress={onClose}>
        {t("close")} <Kbd keys="Esc" />
      </Button>
    </div>
  );
}
