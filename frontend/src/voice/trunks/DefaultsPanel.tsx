import { useMutation } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { $api, answer, api, ifMatch } from "~/api/client";
import type { OrganisationCallingOut } from "~/api/schema";
import { Button } from "~/kit/Button";
import { SelectField } from "~/kit/Field";
import { tell } from "~/kit/notices";
import { Panel } from "~/kit/Panel";
import { SaveProblem } from "~/kit/SaveProblem";
import { Shown } from "~/kit/states";
import { useCopy } from "~/kit/useCopy";
import { readTelephonyAgain, useNumbers, useTrunks } from "./data";
import styles from "./Telephony.module.css";

const NONE = "none";
type Draft = Omit<OrganisationCallingOut, "version">;

/** What holds for all who call. */
export function DefaultsPanel() {
  const { t } = useTranslation();
  const calling = $api.useQuery("get", "/api/v1/calling-settings/organisation", {});
  return (
    <Panel title={t("telephony.defaults")}>
      <Shown query={calling}>{(found) => <Form present={found} />}</Shown>
    </Panel>
  );
}

function Form({ present }: { present: OrganisationCallingOut }) {
  const { t } = useTranslation();
  const numbers = useNumbers();
  const trunks = useTrunks();
  const copy = useCopy<OrganisationCallingOut, Draft>(present, ({ default_number_id, emergency_trunk_id }) => ({
    default_number_id,
    emergency_trunk_id,
  }));
  const { draft, change } = copy;
  const save = useMutation({
    mutationFn: () => {
      const params = { header: ifMatch(copy.base.version) };
      return answer<OrganisationCallingOut>(
        api.PATCH("/api/v1/calling-settings/organisation", { params, body: draft }),
      );
    },
    onSuccess: (saved) => {
      copy.settle(saved);
      void readTelephonyAgain();
      tell(t("saved"));
    },
  });

  async function mergeOver(): Promise<void> {
    copy.rebase(await answer<OrganisationCallingOut>(api.GET("/api/v1/calling-settings/organisation")));
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
        label={t("telephony.default_number")}
        hint={t("telephony.default_number_hint")}
        value={draft.default_number_id ?? NONE}
        onChange={(chosen) => change({ default_number_id: chosen === NONE ? null : chosen })}
        choices={[
          { id: NONE, label: t("telephony.no_number") },
          ...(numbers.data ?? []).map(({ id, number, label }) => ({ id, label: number, detail: label })),
        ]}
      />
      <SelectField
        label={t("telephony.emergency")}
        hint={t("telephony.emergency_hint")}
        value={draft.emergency_trunk_id ?? NONE}
        onChange={(chosen) => change({ emergency_trunk_id: chosen === NONE ? null : chosen })}
        choices={[
          { id: NONE, label: t("telephony.emergency_refused") },
          ...(trunks.data ?? []).map(({ id, name }) => ({ id, label: name })),
        ]}
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
