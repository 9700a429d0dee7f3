import { useTranslation } from "react-i18next";
import { Button } from "~/kit/Button";
import { Dialog } from "~/kit/Dialog";
import { usePhone } from "../phone/phone";
import { type PhoneState, reasonOfState, stateOf } from "../phone/state";

/** What trying again from this window does not mend. */
const BEYOND_US: ReadonlySet<PhoneState> = new Set(["telephone_off", "engine_lost", "insecure"]);

/** Why there is no phone, and what to do about it. */
export function PhoneStateDialog({ onClose, onRetry }: { onClose: () => void; onRetry: () => void }) {
  const { t } = useTranslation();
  const phone = usePhone();
  const state = stateOf(phone);
  const isTaken = state === "taken_over";
  const canRetry = !BEYOND_US.has(state);
  return (
    <Dialog
      title={t(`phone.state.${state}`)}
      isOpen
      onClose={onClose}
      onSubmit={canRetry ? onRetry : onClose}
      actions={
        <>
          <Button onPress={onClose}>{t("close")}</Button>
          {canRetry && (
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
