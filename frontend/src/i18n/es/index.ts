import campaigns from "./campaigns.json";
import common from "./common.json";
import compliance from "./compliance.json";
import events from "./events.json";
import goals from "./goals.json";
import identity from "./identity.json";
import intake from "./intake.json";
import leads from "./leads.json";
import manager from "./manager.json";
import people from "./people.json";
import phone from "./phone.json";
import scoring from "./scoring.json";
import settings from "./settings.json";
import table from "./table.json";
import telephony from "./telephony.json";
import timeline from "./timeline.json";
import webhooks from "./webhooks.json";

/** Every text in Spanish. */
export default {
  ...campaigns,
  ...common,
  ...compliance,
  ...events,
  ...goals,
  ...identity,
  ...intake,
  ...leads,
  ...manager,
  ...people,
  ...phone,
  ...scoring,
  ...settings,
  ...table,
  ...telephony,
  ...timeline,
  ...webhooks,
};
