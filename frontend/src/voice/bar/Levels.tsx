// How loud both sides are, so that one sees that one is heard.

import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { streams, usePhone } from "../phone/phone";
import { type Meter, meterOf } from "../phone/sound";
import styles from "./PhoneBar.module.css";

const EVERY_MS = 100;
const SILENCE = { own: 0, theirs: 0 };

export function Levels({ isMuted }: { isMuted: boolean }) {
  const { t } = useTranslation();
  const { isConnected } = usePhone();
  const [measured, setMeasured] = useState(SILENCE);
  const levels = isConnected ? measured : SILENCE;
  useEffect(() => {
    const { microphone, remote } = streams();
    if (!isConnected || !microphone || !remote) return;
    const [own, theirs]: readonly [Meter, Meter] = [meterOf(microphone), meterOf(remote)];
    const timer = setInterval(() => setMeasured({ own: own.level(), theirs: theirs.level() }), EVERY_MS);
    return () => {
      clearInterval(timer);
      own.close();
      theirs.close();
    };
  }, [isConnected]);
  return (
    <span className={styles.levels}>
      <Level label={t("phone.level_own")} level={isMuted ? 0 : levels.own} />
      <Level label={t("phone.level_theirs")} level={levels.theirs} />
    </span>
  );
}

function Level({ label, level }: { label: string; level: number }) {
  const percent = Math.round(level * 100);
  return (
    <span className={styles.level}>
      <span aria-hidden="true">{label}</span>
      <span
        role="meter"
        aria-label={label}
        aria-valuenow={percent}
        aria-valuemin={0}
        aria-valuemax={100}
        className={styles.track}
      >
        <span style={{ width: `${percent}%` }} />
      </span>
    </span>
  );
}
