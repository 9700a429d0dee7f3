// Calling a number that is typed, while no call runs.

import { Phone } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "~/kit/Button";
import { Dialog } from "~/kit/Dialog";
import { TextField } from "~/kit/Field";
import { dial } from "../calling";
import { closeDialler } from "./dialler";
import { Pad } from "./Pad";

export function Dialler({ number }: { number: string }) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState(number);
  return (
    <Dialog
      title={t("dialler.title")}
      isOpen
      onClose={closeDialler}
      onSubmit={() => {
        if (!typed.trim()) return;
        closeDialler();
        void dial({ number: typed.trim(), name: typed.trim() });
      }}
      actions={
        <Button look="primary" type="submit" isDisabled={!typed.trim()}>
          <Phone size={14} aria-hidden="true" /> {t("phone.call")}
        </Button>
      }
    >
      <TextField
        label={t("dialler.number")}
        hint={t("dialler.hint")}
        inputMode="tel"
        value={typed}
        onChange={setTyped}
        maxLength={200}
        autoFocus
      />
      <Pad onPress={(digit) => setTyped((before) => before + digit)} />
    </Dialog>
  );
}
