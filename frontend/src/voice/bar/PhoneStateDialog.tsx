import { useTranslation } from "react-i18next";
import { Button } from "~/kit/Button";
import { Dialog } from "~/kit/Dialog";
import { connectPhone, usePhone } from "../phone/phone";
import { reasonOfState, stateOf } from "../phone/state";

/** Why there is no phone, and what to do about it. */
export function PhoneStateDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const phone = usePhone();
  const state = stateOf(phone);
  const isTaken = state === "taken_over";
  return (
    <Dialog
      title={t(`phone.state.${state}`)}
      isOpen
      onClose={onClose}
      onSubmit={() => {
        onClose();
        void connectPhone();
      }}
      actions={
        <>
          <Button onPress={onClose}>{t("close")}</Button>
          {state !== "telephone_off" && state !== "engine_lost" && state !== "insecure" && (
            <Button look="primary" type="submit" autoFocus>
              {t(isTaken ? "phone.use_here" : "state.retry")}
            </Button>
          )}
        </>
      }
    >
      <p>{t(`phone.why.${state}`)}</p>
      {reasonOfState(phone) && <p>{reasonOfState(phone)}</p>}
    </Dialog>
  );
}
