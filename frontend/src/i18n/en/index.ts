import common from "./common.json";
import events from "./events.json";
import goals from "./goals.json";
import identity from "./identity.json";
import leads from "./leads.json";
import settings from "./settings.json";
import webhooks from "./webhooks.json";

/** Every text in English. */
export default { ...common, ...goals, ...identity, ...leads, ...settings, ...events, ...webhooks };
