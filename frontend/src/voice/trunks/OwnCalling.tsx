// How one calls oneself: which number is shown, and how long one's phone rings.

import { useMutation } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { $api, answer, api, ifMatch } from "~/api/client";
import type { CallingOut } from "~/api/schema";
import { Button } from "~/kit/Button";
import { NumberField, SelectField } from "~/kit/Field";
import { tell } from "~/kit/notices";
import { Panel } from "~/kit/Panel";
import { SaveProblem } from "~/kit/SaveProblem";
import { Shown, wrongField } from "~/kit/states";
import { useCopy } from "~/kit/useCopy";
import { readTelephonyAgain, useNumbers } from "./data";
import styles from "./Telephony.module.css";

const NONE = "none";
const PREFERENCES: readonly CallingOut["caller_preference"][] = ["organisation", "local", "fixed"];
const DEFAULT_RING = 25;

type Draft = Pick<CallingOut, "caller_preference" | "number_id" | "ring_seconds">;

export function OwnCalling() {
  const { t } = useTranslation();
  const calling = $api.useQuery("get", "/api/v1/calling-settings/me", {});
  return (
    <Panel title={t("calling.title")}>
      <Shown query={calling}>{(found) => <Form present={found} />}</Shown>
    </Panel>
  );
}

function Form({ present }: { present: CallingOut }) {
  const { t } = useTranslation();
  const numbers = useNumbers();
  const copy = useCopy<CallingOut, Draft>(present, ({ caller_preference, number_id, ring_seconds }) => ({
    caller_preference,
    number_id,
    ring_seconds,
  }));
  const { draft, change } = copy;
  const save = useMutation({
    mutationFn: () => {
      const params = { header: ifMatch(copy.base.version) };
      return answer<CallingOut>(api.PATCH("/api/v1/calling-settings/me", { params, body: draft }));
    },
    onSuccess: (saved) => {
      copy.settle(saved);
      void readTelephonyAgain();
      tell(t("saved"));
    },
  });

  async function mergeOver(): Promise<void> {
    copy.rebase(await answer<CallingOut>(api.GET("/api/v1/calling-settings/me")));
    save.reset();
  }

  return (
    <form
      className={styles.stack}
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate();
      }}
    >
      <SelectField
        label={t("calling.preference")}
        hint={t(`calling.${draft.caller_preference}_detail`)}
        value={draft.caller_preference}
        onChange={(chosen) => change({ caller_preference: chosen as Draft["caller_preference"] })}
        choices={PREFERENCES.map((id) => ({ id, label: t(`calling.${id}`), detail: t(`calling.${id}_detail`) }))}
      />
      <SelectField
        label={t("calling.number")}
        hint={t("calling.number_hint")}
        value={draft.number_id ?? NONE}
        onChange={(chosen) => change({ number_id: chosen === NONE ? null : chosen })}
        choices={[
          { id: NONE, label: t("telephony.no_number") },
          ...(numbers.data ?? []).map(({ id, number, label }) => ({ id, label: number, detail: label })),
        ]}
        error={wrongField(save.error, "number_id")}
      />
      <NumberField
        label={t("calling.ring_seconds")}
        hint={t("calling.ring_hint")}
        value={draft.ring_seconds}
        onChange={(seconds) => change({ ring_seconds: seconds ?? DEFAULT_RING })}
        error={wrongField(save.error, "ring_seconds")}
        minValue={5}
        maxValue={120}
      />
      <SaveProblem error={save.error} onMerge={() => void mergeOver()} />
      <div>
        <Button type="submit" isPending={save.isPending} isDisabled={!copy.isChanged}>
          {t("save")}
        </Button>
      </div>
    </form>
  );
}
