// The organisation itself: its name, zone, country, and when it works.

import { useMutation } from "@tanstack/react-query";
import { type SyntheticEvent, useMemo } from "react";
import { useTranslation } from "react-i18next";
import { $api, answer, api, ifMatch } from "~/api/client";
import { readAgain } from "~/api/query";
import type { OrganisationOut } from "~/api/schema";
import { regions } from "~/i18n/regions";
import { Button } from "~/kit/Button";
import { ComboField } from "~/kit/ComboField";
import { TextField } from "~/kit/Field";
import { tell } from "~/kit/notices";
import { Facts, Panel, Screen } from "~/kit/Panel";
import { SaveProblem } from "~/kit/SaveProblem";
import { NotAllowed, Shown, wrongField } from "~/kit/states";
import { useCopy } from "~/kit/useCopy";
import { ZoneField } from "~/kit/ZoneField";
import { OrganisationHours } from "./hours/HoursPanel";
import styles from "./Organisation.module.css";
import { SettingsTabs } from "./SettingsTabs";
import { useMay } from "./session";

export function Organisation() {
  return useMay("settings:write") ? <Page /> : <NotAllowed />;
}

function Page() {
  const { t } = useTranslation();
  const organisation = $api.useQuery("get", "/api/v1/organisation", {});
  return (
    <Screen title={t("settings.title")}>
      <SettingsTabs />
      <div className={styles.columns}>
        <Panel title={t("organisation.title")}>
          <Shown query={organisation} rows={4}>
            {(found) => <Form organisation={found} />}
          </Shown>
        </Panel>
        <OrganisationHours />
      </div>
    </Screen>
  );
}

function draftOf(organisation: OrganisationOut): { name: string; zone: string; region: string } {
  return { name: organisation.name, zone: organisation.time_zone, region: organisation.region };
}

function Form({ organisation }: { organisation: OrganisationOut }) {
  const { t, i18n } = useTranslation();
  const copy = useCopy(organisation, draftOf);
  const { draft, change } = copy;
  // eslint-disable-next-line react-hooks/exhaustive-deps -- countries' names change with the language
  const countries = useMemo(() => regions(), [i18n.language]);

  const save = useMutation({
    mutationFn: () => {
      const body = { name: draft.name, time_zone: draft.zone, region: draft.region };
      const params = { header: ifMatch(copy.base.version) };
      return answer<OrganisationOut>(api.PATCH("/api/v1/organisation", { params, body }));
    },
    onSuccess: (saved) => {
      copy.settle(saved);
      void readAgain(["/api/v1/organisation"]);
      tell(t("saved"));
    },
  });

  async function mergeOver(): Promise<void> {
    copy.rebase(await answer<OrganisationOut>(api.GET("/api/v1/organisation")));
    save.reset();
  }

  function submit(event: SyntheticEvent): void {
    event.preventDefault();
    save.mutate();
  }

  return (
    <form className={styles.stack} onSubmit={submit} noValidate>
      <TextField
        label={t("organisation.name")}
        value={draft.name}
        onChange={(name) => change({ name })}
        error={wrongField(save.error, "name")}
        maxLength={200}
        isRequired
      />
      <ZoneField
        label={t("organisation.zone")}
        hint={t("organisation.zone_hint")}
        value={draft.zone}
        onChange={(zone) => change({ zone })}
        error={wrongField(save.error, "time_zone")}
        isRequired
      />
      <ComboField
        label={t("organisation.region")}
        hint={t("organisation.region_hint")}
        value={draft.region}
        onChange={(region) => change({ region })}
        choices={countries.map((one) => ({ id: one.code, label: one.name }))}
        error={wrongField(save.error, "region")}
        isRequired
      />
      <Facts facts={[[t("organisation.slug"), organisation.slug]]} />
      <SaveProblem error={save.error} onMerge={() => void mergeOver()} />
      <div className={styles.foot}>
        <Button look="primary" type="submit" isPending={save.isPending} isDisabled={!copy.isChanged}>
          {t("save")}
        </Button>
        {copy.isChanged && (
          <Button
            onPress={() => {
              copy.discard();
              save.reset();
            }}
          >
            {t("hours.discard")}
          </Button>
        )}
      </div>
    </form>
  );
}
