import common from "./common.json";
import goals from "./goals.json";
import identity from "./identity.json";
import leads from "./leads.json";
import people from "./people.json";

/** Every text in English. */
export default { ...common, ...goals, ...identity, ...leads, ...people };
