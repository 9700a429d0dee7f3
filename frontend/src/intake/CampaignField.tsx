import { useTranslation } from "react-i18next";
import { ComboField } from "~/kit/ComboField";
import { useCampaigns } from "~/leads/useCampaigns";

/** The campaign that what comes in responds to. */
export function CampaignField({
  value,
  onChange,
  error,
}: {
  value: string;
  onChange: (campaignId: string) => void;
  error?: string | undefined;
}) {
  const { t } = useTranslation();
  const campaigns = useCampaigns();
  return (
    <ComboField
      label={t("doors.campaign")}
      hint={t("doors.campaign_hint")}
      value={value}
      onChange={onChange}
      choices={[...campaigns.values()].map((one) => ({ id: one.id, label: one.name }))}
      error={error}
      isRequired
    />
  );
}
