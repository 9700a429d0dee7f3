// Calling a number that is typed, or a colleague by their extension, while no call runs.

import { Phone } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useMe, useUsers } from "~/identity/session";
import { Button } from "~/kit/Button";
import { Dialog } from "~/kit/Dialog";
import { TextField } from "~/kit/Field";
import { dial } from "../calling";
import { useExtensions } from "../trunks/data";
import { closeDialler } from "./dialler";
import styles from "./Dialler.module.css";
import { Pad } from "./Pad";

export function Dialler({ number }: { number: string }) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState(number);
  const wanted = typed.trim();
  const colleague = useColleagueAt(wanted);
  return (
    <Dialog
      title={t("dialler.title")}
      isOpen
      onClose={closeDialler}
      onSubmit={() => {
        if (!wanted) return;
        closeDialler();
        void dial({ number: wanted, name: colleague ?? wanted });
      }}
      actions={
        <Button look="primary" type="submit" isDisabled={!wanted}>
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
      <p role="status" className={styles.colleague}>
        {colleague && t("dialler.extension", { number: wanted, name: colleague })}
      </p>
      <Pad onPress={(digit) => setTyped((before) => before + digit)} />
    </Dialog>
  );
}

/** The name of the colleague who has this extension. */
function useColleagueAt(extension: string): string | undefined {
  const me = useMe();
  const users = useUsers();
  const extensions = useExtensions();
  const found = extensions.data?.find((one) => one.number === extension && one.user_id !== me.id);
  return found && users.get(found.user_id)?.name;
}
