import common from "./common.json";
import goals from "./goals.json";
import identity from "./identity.json";
import leads from "./leads.json";
import manager from "./manager.json";
import people from "./people.json";
import table from "./table.json";

/** Every text in Spanish. */
export default {
  ...common,
  ...goals,
  ...identity,
  ...leads,
  ...manager,
  ...people,
  ...table,
};
