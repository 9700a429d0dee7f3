// How the phone stands, in the head of every screen: ready, off, or what is wrong and what to do about it.

import { Phone, PhoneOff, TriangleAlert } from "lucide-react";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { useMe } from "~/identity/session";
import { Button } from "~/kit/Button";
import { Menu } from "~/kit/Menu";
import { useShortcuts } from "~/shell/keys";
import { connectPhone, disconnectPhone, phone as presentPhone, startPhone, usePhone } from "../phone/phone";
import { type PhoneState, stateOf } from "../phone/state";
import { openDialler } from "./dialler";
import styles from "./PhoneButton.module.css";
import { PhoneStateDialog } from "./PhoneStateDialog";

/** States that pass by themselves: they are shown, and explain nothing. */
const CALM: ReadonlySet<PhoneState> = new Set(["off", "asking", "connecting", "ready"]);

export function PhoneButton({ signedOut }: { signedOut: () => void }) {
  const { t } = useTranslation();
  const me = useMe();
  const phone = usePhone();
  const [isExplaining, setExplaining] = useState(false);
  useEffect(() => startPhone(me.id, signedOut), [me.id, signedOut]);
  const state = stateOf(phone);
  const isOff = state === "off";

  async function connect(): Promise<void> {
    await connectPhone();
    setExplaining(!CALM.has(stateOf(presentPhone())));
  }

  const group = t("phone.keys");
  useShortcuts([
    ...(state === "ready" || state === "connecting" || state === "asking"
      ? []
      : [{ keys: "p", label: t("phone.connect"), group, run: () => void connect() }]),
    ...(phone.call ? [] : [{ keys: "d", label: t("dialler.title"), group, run: () => openDialler() }]),
  ]);

  if (isOff) {
    return (
      <Button keys="p" onPress={() => void connect()}>
        <PhoneOff size={16} aria-hidden="true" /> <span className={styles.word}>{t("phone.connect")}</span>
      </Button>
    );
  }
  return (
    <span role="status" className={styles.status}>
      {CALM.has(state) ? (
        <Menu
          label={t("phone.title")}
          choices={[
            { id: "dial", label: t("dialler.title"), run: () => openDialler() },
            { id: "off", label: t("phone.disconnect"), run: disconnectPhone },
          ]}
        >
          <Button look="quiet">
            <Phone size={16} aria-hidden="true" className={state === "ready" ? (styles.ready ?? "") : ""} />
            <span className={styles.word}>{t(`phone.state.${state}`)}</span>
          </Button>
        </Menu>
      ) : (
        <Button look="quiet" onPress={() => setExplaining(true)}>
          <span className={styles.trouble}>
            <TriangleAlert size={14} aria-hidden="true" />
            <span className={styles.word}>{t(`phone.state.${state}`)}</span>
          </span>
        </Button>
      )}
      {isExplaining && !CALM.has(state) && (
        <PhoneStateDialog onClose={() => setExplaining(false)} onRetry={() => void connect()} />
      )}
    </span>
  );
}
