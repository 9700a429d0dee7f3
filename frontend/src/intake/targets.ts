// What a value that comes in may be, by name.

import { useTranslation } from "react-i18next";
import type { Target } from "~/api/schema";

/** All of them; the API's own list is held against this one when types are checked. */
const EVERY: Record<Target, true> = {
  first_name: true,
  last_name: true,
  full_name: true,
  email: true,
  phone: true,
  mobile: true,
  company: true,
  website: true,
  title: true,
  street: true,
  city: true,
  postal_code: true,
  region: true,
  country: true,
  born_on: true,
  external_id: true,
  industry: true,
  employees: true,
  language: true,
  do_not_call: true,
  do_not_email: true,
  time_zone: true,
  responded_at: true,
  source: true,
  content: true,
  is_mql: true,
  mql_at: true,
  owner: true,
  attribute: true,
  ignore: true,
};

export const TARGETS = Object.keys(EVERY) as readonly Target[];

/** The name of a field; that of a custom attribute is its own. */
export function useTargetName(): (field: string) => string {
  const { t } = useTranslation();
  return (field) => (field in EVERY ? t(`target.${field as Target}`) : field.replaceAll("_", " "));
}
