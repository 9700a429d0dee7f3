// Handing off in the running call: AEs whose phones are free are rung, all at once or one after another, while the rep
// goes on talking. Who takes it whispers with the rep first; where nobody does, a meeting is booked.

import { useMutation } from "@tanstack/react-query";
import { CalendarDays, CircleCheck, PhoneCall } from "lucide-react";
import { useEffect, useEffectEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { $api } from "~/api/client";
import type { CallNow, OptionOut, PersonOut } from "~/api/schema";
import { useMe } from "~/identity/session";
import { Button } from "~/kit/Button";
import { Dialog } from "~/kit/Dialog";
import { Checkbox } from "~/kit/Field";
import { tell } from "~/kit/notices";
import { Badge } from "~/kit/Panel";
import { FormProblem } from "~/kit/states";
import { bring, drop } from "~/voice/calling";
import { othersOf } from "~/voice/phone/controls";
import { showCall } from "~/voice/phone/phone";
import styles from "./HandOffDialog.module.css";

interface Props {
  call: CallNow;
  person: PersonOut;
  options: readonly OptionOut[];
  onClose: () => void;
  /** Book a meeting instead; `isUnanswered`: because nobody took it. */
  onBook: (isUnanswered: boolean) => void;
}

export function LiveHandOff({ call, person, options, onClose, onBook }: Props) {
  const { t } = useTranslation();
  const me = useMe();
  const telephone = $api.useQuery("get", "/api/v1/telephone", {}, { refetchInterval: 3_000 });
  const free = new Set(telephone.data?.phones.filter((one) => one.state === "free").map((one) => one.user_id));
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  const [inOrder, setInOrder] = useState(false);
  const chosen = options.map((one) => one.user.id).filter((id) => free.has(id) && !left.has(id));
  const aes = othersOf(call, me.id);
  const ringing = aes.filter((one) => one.state !== "up");
  const isThere = aes.find((one) => one.state === "up");
  const isRinging = call.bringing === "hand_off" && ringing.length > 0;
  const [hasRung, setRung] = useState(false);
  if (isRinging && !hasRung) setRung(true);

  const ring = useMutation({
    mutationFn: () => bring(call.id, { purpose: "hand_off", user_ids: chosen, number: null, in_order: inOrder }),
    onSuccess: showCall,
  });

  const goOn = useEffectEvent(() => {
    if (isThere) {
      tell(t("live.there", { ae: isThere.name ?? "" }));
      onClose();
    } else if (hasRung && !isRinging && aes.length === 0) onBook(true);
  });
  useEffect(() => goOn(), [call, hasRung]);

  return (
    <Dialog
      title={t("hand_off.title", { name: person.full_name ?? "" })}
      isOpen
      onClose={onClose}
      onSubmit={() => {
        if (!isRinging && chosen.length > 0 && !ring.isPending) ring.mutate();
      }}
      actions={
        isRinging ? (
          <Button onPress={() => void drop(call.id, null)}>{t("live.stop")}</Button>
        ) : (
          <>
            <Button onPress={() => onBook(false)}>
              <CalendarDays size={14} aria-hidden="true" /> {t("live.book")}
            </Button>
            <Button
              look="primary"
              type="submit"
              isDisabled={chosen.length === 0}
              isPending={ring.isPending}
              autoFocus
            >
              <PhoneCall size={14} aria-hidden="true" /> {t("live.ring", { count: chosen.length })}
            </Button>
          </>
        )
      }
    >
      {isRinging ? (
        <div role="status">
          <p>{t("live.ringing")}</p>
          <ul className={styles.rung}>
            {ringing.map((one) => (
              <li key={one.id}>
                <PhoneCall size={14} aria-hidden="true" /> {one.name}
              </li>
            ))}
          </ul>
        </div>
      ) : (
        <>
          <p>{t("live.detail")}</p>
          <fieldset className={styles.choices}>
            <legend>{t("hand_off.to")}</legend>
            {options.map((one) => (
              <Checkbox
                key={one.user.id}
                isSelected={chosen.includes(one.user.id)}
                isDisabled={!free.has(one.user.id)}
                onChange={(isChosen) => setLeft(without(left, one.user.id, !isChosen))}
              >
                <span>
                  {one.user.name}{" "}
                  {one.is_chosen && (
                    <Badge tone="accent">
                      <CircleCheck size={12} aria-hidden="true" /> {t("hand_off.chosen")}
                    </Badge>
                  )}{" "}
                  {free.has(one.user.id) ? (
                    <Badge tone="ok">{t("live.free")}</Badge>
                  ) : (
                    <Badge>{t("live.no_phone")}</Badge>
                  )}
                </span>
              </Checkbox>
            ))}
          </fieldset>
          <Checkbox isSelected={inOrder} onChange={setInOrder}>
            {t("live.in_order")}
          </Checkbox>
        </>
      )}
      <FormProblem error={ring.error} />
    </Dialog>
  );
}

function without(left: ReadonlySet<string>, id: string, isLeft: boolean): ReadonlySet<string> {
  const after = new Set(left);
  if (isLeft) after.add(id);
  else after.delete(id);
  return after;
}
