import { useState } from "react";
import { useTranslation } from "react-i18next";
import { moment, OWN_ZONE, zoneName } from "~/i18n/time";
import { Button, Kbd } from "~/kit/Button";
import { TextField } from "~/kit/Field";
import styles from "./LaterChoices.module.css";
import { useDigits } from "~/shell/keys";
import { inZone, laterThan } from "./moments";

/** When, in one keystroke: the usual moments by digits, or one of one's own; told in the person's zone. */
export function LaterChoices({ zone, onChosen }: { zone: string; onChosen: (at: string) => void }) {
  const { t } = useTranslation();
  const [own, setOwn] = useState("");
  const [choices] = useState(() => laterThan(new Date(), zone));

  useDigits((place) => {
    const chosen = choices[place];
    if (chosen) onChosen(chosen.at.toISOString());
  });

  function chooseOwn(): void {
    const [year, month, day, hour, minute] = own.split(/\D/).map(Number);
    if (year && month && day) onChosen(inZone(year, month, day, hour ?? 0, minute ?? 0, zone).toISOString());
  }

  return (
    <div className={styles.choices}>
      {choices.map((one, place) => (
        <button
          key={one.id}
          type="button"
          className={styles.choice}
          autoFocus={place === 0}
          onClick={() => onChosen(one.at.toISOString())}
        >
          <Kbd keys={String(place + 1)} />
          <span>{t(`later.${one.id}`)}</span>
          <span className={styles.when}>
            {moment(one.at, zone)} {zoneName(zone)}
          </span>
        </button>
      ))}
      <div className={styles.own}>
        <TextField
          label={t("later.own", { zone: zoneName(zone) })}
          hint={zone === OWN_ZONE ? undefined : t("later.theirs")}
          type="datetime-local"
          value={own}
          onChange={setOwn}
        />
        <Button onPress={chooseOwn} isDisabled={!own}>
          {t("later.choose")}
        </Button>
      </div>
    </div>
  );
}
