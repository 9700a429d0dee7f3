// Every screen and its address. Screens are loaded when first opened; those of the rep's day, when the browser idles.

import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from "@tanstack/react-router";
import { $api } from "~/api/client";
import { queryClient } from "~/api/query";
import type { EnrolmentState, Me, Stage, TemplateKind } from "~/api/schema";
import { withTexts } from "~/i18n/late";
import { homeOf } from "~/identity/session";
import { Failed } from "~/kit/states";
import { type Period, periodOf } from "~/leads/campaigns/period";
import { isSpan, type Span } from "~/leads/named/period";
import { filterOf, STAGES } from "~/leads/table/filter";
import { type InboxShown, shownOf } from "~/mail/inbox/shown";
import { returnedOf } from "~/oauth/returned";
import { type CallsShown, isCallsShown } from "~/voice/calls/shown";
import { Shell } from "./Shell";
import { Unknown } from "./Unknown";

const root = createRootRoute({ component: Outlet, notFoundComponent: Unknown });

const signIn = createRoute({
  getParentRoute: () => root,
  path: "/sign-in",
  // Only into the workbench itself; said as undefined, as a key that is left out would keep what the address says.
  validateSearch: ({ back }: Record<string, unknown>): { back?: string } => ({
    back: typeof back === "string" && /^\/(?![/\\])/.test(back) ? back : undefined,
  }),
  component: lazyRouteComponent(() => import("~/identity/SignIn"), "SignIn"),
});

const enter = createRoute({
  getParentRoute: () => root,
  path: "/enter",
  component: lazyRouteComponent(() => import("~/identity/Enter"), "Enter"),
});

async function readMe(): Promise<Me> {
  return queryClient.query({ ...$api.queryOptions("get", "/api/v1/me", {}), staleTime: "static" });
}

const signedIn = createRoute({
  getParentRoute: () => root,
  id: "signed-in",
  beforeLoad: async ({ location }) => {
    try {
      await readMe();
    } catch (error) {
      if ((error as { status?: number }).status !== 401) throw error;
      throw redirect({ to: "/sign-in", search: location.href === "/" ? {} : { back: location.href } });
    }
  },
  component: Shell,
  errorComponent: ({ error, reset }) => <Failed error={error} onRetry={reset} />,
});

const home = createRoute({
  getParentRoute: () => signedIn,
  path: "/",
  beforeLoad: async () => {
    throw redirect({ to: homeOf((await readMe()).role), replace: true });
  },
});

const today = createRoute({
  getParentRoute: () => signedIn,
  path: "/today",
  component: lazyRouteComponent(() => import("~/leads/today/Today"), "Today"),
});

const leads = createRoute({
  getParentRoute: () => signedIn,
  path: "/leads",
  validateSearch: filterOf,
  component: lazyRouteComponent(() => import("~/leads/table/LeadTable"), "LeadTable"),
});

const lead = createRoute({
  getParentRoute: () => signedIn,
  path: "/leads/$leadId",
  component: lazyRouteComponent(() => import("~/leads/lead/Lead"), "Lead"),
});

const calls = createRoute({
  getParentRoute: () => signedIn,
  path: "/calls",
  validateSearch: (search: Record<string, unknown>): { show?: CallsShown; dial?: string } => ({
    ...(isCallsShown(search.show) && { show: search.show }),
    ...((typeof search.dial === "string" || typeof search.dial === "number") && { dial: String(search.dial) }),
  }),
  component: lazyRouteComponent(() => import("~/voice/calls/Calls"), "Calls"),
});

const loadInbox = () => import("~/mail/inbox/Inbox");
const inbox = createRoute({
  getParentRoute: () => signedIn,
  path: "/inbox",
  validateSearch: (search: Record<string, unknown>): InboxShown => shownOf(search),
  component: lazyRouteComponent(withTexts(["writing", "inbox"], loadInbox), "Inbox"),
});

const handOffs = createRoute({
  getParentRoute: () => signedIn,
  path: "/hand-offs",
  component: lazyRouteComponent(() => import("~/leads/handoffs/HandOffs"), "HandOffs"),
});

const handOff = createRoute({
  getParentRoute: () => signedIn,
  path: "/hand-offs/$handOffId",
  component: lazyRouteComponent(() => import("~/leads/handoffs/HandOff"), "HandOff"),
});

const accounts = createRoute({
  getParentRoute: () => signedIn,
  path: "/accounts",
  validateSearch: (search: Record<string, unknown>): { list?: string; span?: Span } => ({
    ...(typeof search.list === "string" && search.list !== "" && { list: search.list }),
    ...(isSpan(search.span) && { span: search.span }),
  }),
  component: lazyRouteComponent(() => import("~/leads/named/Accounts"), "Accounts"),
});

const oneAccount = createRoute({
  getParentRoute: () => signedIn,
  path: "/accounts/$accountId",
  component: lazyRouteComponent(() => import("~/people/account/Account"), "Account"),
});

const person = createRoute({
  getParentRoute: () => signedIn,
  path: "/people/$personId",
  component: lazyRouteComponent(() => import("~/people/person/Person"), "Person"),
});

const people = [accounts, oneAccount, person];

const allCampaigns = createRoute({
  getParentRoute: () => signedIn,
  path: "/campaigns",
  validateSearch: (search: Record<string, unknown>): Period => periodOf(search),
  component: lazyRouteComponent(() => import("~/leads/campaigns/Campaigns"), "Campaigns"),
});

const campaign = createRoute({
  getParentRoute: () => signedIn,
  path: "/campaigns/$campaignId",
  validateSearch: (search: Record<string, unknown>): Period => periodOf(search),
  component: lazyRouteComponent(() => import("~/leads/campaigns/Campaign"), "Campaign"),
});

const campaignLeads = createRoute({
  getParentRoute: () => campaign,
  path: "/",
  validateSearch: ({ stage }: Record<string, unknown>): { stage?: Stage } => {
    const found = STAGES.find((one) => one === stage);
    return found ? { stage: found } : {};
  },
  component: lazyRouteComponent(() => import("~/leads/campaigns/CampaignLeads"), "CampaignLeads"),
});

const campaignResponses = createRoute({
  getParentRoute: () => campaign,
  path: "/responses",
  component: lazyRouteComponent(() => import("~/leads/campaigns/CampaignResponses"), "CampaignResponses"),
});

const campaignImports = createRoute({
  getParentRoute: () => campaign,
  path: "/imports",
  component: lazyRouteComponent(() => import("~/intake/CampaignImports"), "CampaignImports"),
});

const importAnywhere = createRoute({
  getParentRoute: () => signedIn,
  path: "/campaigns/import",
  component: lazyRouteComponent(() => import("~/intake/ImportWizard"), "ImportAnywhere"),
});

const importInto = createRoute({
  getParentRoute: () => signedIn,
  path: "/campaigns/$campaignId/import",
  component: lazyRouteComponent(() => import("~/intake/ImportWizard"), "ImportInto"),
});

const importRun = createRoute({
  getParentRoute: () => signedIn,
  path: "/campaigns/$campaignId/imports/$importId",
  component: lazyRouteComponent(() => import("~/intake/ImportRun"), "ImportRun"),
});

const campaigns = [
  allCampaigns,
  campaign.addChildren([campaignLeads, campaignResponses, campaignImports]),
  importAnywhere,
  importInto,
  importRun,
];

const STATES: readonly EnrolmentState[] = ["active", "paused", "attention", "finished"];

const allCadences = createRoute({
  getParentRoute: () => signedIn,
  path: "/cadences",
  component: lazyRouteComponent(
    withTexts(["cadences"], () => import("~/cadences/Cadences")),
    "Cadences",
  ),
});

const cadence = createRoute({
  getParentRoute: () => signedIn,
  path: "/cadences/$cadenceId",
  component: lazyRouteComponent(
    withTexts(["cadences"], () => import("~/cadences/PlanPage")),
    "PlanPage",
  ),
});

const cadencePeople = createRoute({
  getParentRoute: () => signedIn,
  path: "/cadences/$cadenceId/people",
  validateSearch: ({ state }: Record<string, unknown>): { state?: EnrolmentState } => {
    const found = STATES.find((one) => one === state);
    return found ? { state: found } : {};
  },
  component: lazyRouteComponent(
    withTexts(["cadences"], () => import("~/cadences/People")),
    "People",
  ),
});

const cadenceNumbers = createRoute({
  getParentRoute: () => signedIn,
  path: "/cadences/$cadenceId/numbers",
  component: lazyRouteComponent(
    withTexts(["cadences"], () => import("~/cadences/NumbersPage")),
    "NumbersPage",
  ),
});

const cadences = [allCadences, cadence, cadencePeople, cadenceNumbers];

const scoreboard = createRoute({
  getParentRoute: () => signedIn,
  path: "/scoreboard",
  component: lazyRouteComponent(() => import("~/goals/Scoreboard"), "Scoreboard"),
});

const account = createRoute({
  getParentRoute: () => signedIn,
  path: "/settings/me",
  component: lazyRouteComponent(() => import("~/identity/OwnSettings"), "OwnSettings"),
});

const users = createRoute({
  getParentRoute: () => signedIn,
  path: "/settings/users",
  component: lazyRouteComponent(() => import("~/identity/Users"), "Users"),
});

const teams = createRoute({
  getParentRoute: () => signedIn,
  path: "/settings/teams",
  component: lazyRouteComponent(() => import("~/identity/teams/Teams"), "Teams"),
});

const team = createRoute({
  getParentRoute: () => signedIn,
  path: "/settings/teams/$teamId",
  component: lazyRouteComponent(() => import("~/identity/teams/Team"), "Team"),
});

const organisation = createRoute({
  getParentRoute: () => signedIn,
  path: "/settings/organisation",
  component: lazyRouteComponent(() => import("~/identity/Organisation"), "Organisation"),
});

const absences = createRoute({
  getParentRoute: () => signedIn,
  path: "/settings/absences",
  component: lazyRouteComponent(() => import("~/identity/absences/Absences"), "Absences"),
});

const calling = createRoute({
  getParentRoute: () => signedIn,
  path: "/settings/calling",
  component: lazyRouteComponent(() => import("~/compliance/CallingRules"), "CallingRules"),
});

const mailing = createRoute({
  getParentRoute: () => signedIn,
  path: "/settings/mailing",
  component: lazyRouteComponent(
    withTexts(["mailing"], () => import("~/compliance/mailing/MailingRules")),
    "MailingRules",
  ),
});

const tokens = createRoute({
  getParentRoute: () => signedIn,
  path: "/settings/tokens",
  component: lazyRouteComponent(() => import("~/identity/tokens/Tokens"), "Tokens"),
});

const events = createRoute({
  getParentRoute: () => signedIn,
  path: "/settings/events",
  validateSearch: (search: Record<string, unknown>): { kind?: string; subject?: string } => ({
    ...(typeof search.kind === "string" && search.kind && { kind: search.kind }),
    ...(typeof search.subject === "string" && search.subject && { subject: search.subject }),
  }),
  component: lazyRouteComponent(() => import("~/identity/events/Events"), "Events"),
});

const forms = createRoute({
  getParentRoute: () => signedIn,
  path: "/settings/forms",
  component: lazyRouteComponent(() => import("~/intake/forms/Forms"), "Forms"),
});

const form = createRoute({
  getParentRoute: () => signedIn,
  path: "/settings/forms/$formId",
  component: lazyRouteComponent(() => import("~/intake/forms/FormPage"), "FormPage"),
});

const hooks = createRoute({
  getParentRoute: () => signedIn,
  path: "/settings/hooks",
  component: lazyRouteComponent(() => import("~/intake/hooks/Hooks"), "Hooks"),
});

const hook = createRoute({
  getParentRoute: () => signedIn,
  path: "/settings/hooks/$hookId",
  component: lazyRouteComponent(() => import("~/intake/hooks/HookPage"), "HookPage"),
});

const webhooks = createRoute({
  getParentRoute: () => signedIn,
  path: "/settings/webhooks",
  component: lazyRouteComponent(() => import("~/webhooks/Webhooks"), "Webhooks"),
});

const webhook = createRoute({
  getParentRoute: () => signedIn,
  path: "/settings/webhooks/$webhookId",
  component: lazyRouteComponent(() => import("~/webhooks/Webhook"), "Webhook"),
});

const telephony = createRoute({
  getParentRoute: () => signedIn,
  path: "/settings/telephony",
  component: lazyRouteComponent(() => import("~/voice/trunks/Telephony"), "Telephony"),
});

const loadMailbox = withTexts(["mailing", "oauth", "mailboxes"], () => import("~/mail/mailboxes/Mailbox"));

const mailbox = createRoute({
  getParentRoute: () => signedIn,
  path: "/settings/mailbox",
  component: lazyRouteComponent(loadMailbox, "MyMailbox"),
});

const oneMailbox = createRoute({
  getParentRoute: () => signedIn,
  path: "/settings/mailbox/$mailboxId",
  component: lazyRouteComponent(loadMailbox, "OneMailbox"),
});

const calendar = createRoute({
  getParentRoute: () => signedIn,
  path: "/settings/calendar",
  component: lazyRouteComponent(
    withTexts(["oauth", "calendar"], () => import("~/calendar/Calendar")),
    "Calendar",
  ),
});

const backFromProvider = createRoute({
  getParentRoute: () => signedIn,
  path: "/settings/signed-in",
  validateSearch: returnedOf,
  component: lazyRouteComponent(
    withTexts(["oauth"], () => import("~/oauth/SignedIn")),
    "SignedIn",
  ),
});

const templates = createRoute({
  getParentRoute: () => signedIn,
  path: "/settings/templates",
  component: lazyRouteComponent(
    withTexts(["mail"], () => import("~/mail/templates/Templates")),
    "Templates",
  ),
});

const newTemplate = createRoute({
  getParentRoute: () => signedIn,
  path: "/settings/templates/new",
  validateSearch: ({ kind }: Record<string, unknown>): { kind: TemplateKind } => ({
    kind: kind === "snippet" ? kind : "email",
  }),
  component: lazyRouteComponent(
    withTexts(["mail"], () => import("~/mail/templates/TemplatePage")),
    "NewTemplate",
  ),
});

const template = createRoute({
  getParentRoute: () => signedIn,
  path: "/settings/templates/$templateId",
  component: lazyRouteComponent(
    withTexts(["mail"], () => import("~/mail/templates/TemplatePage")),
    "TemplatePage",
  ),
});

const slaBoard = createRoute({
  getParentRoute: () => signedIn,
  path: "/manager",
  component: lazyRouteComponent(() => import("~/leads/sla/SlaBoard"), "SlaBoard"),
});

const routing = createRoute({
  getParentRoute: () => signedIn,
  path: "/manager/routing",
  component: lazyRouteComponent(() => import("~/leads/routing/Routing"), "Routing"),
});

const criteria = createRoute({
  getParentRoute: () => signedIn,
  path: "/manager/criteria",
  component: lazyRouteComponent(() => import("~/leads/qualification/CriteriaList"), "CriteriaList"),
});

const criteriaBuilder = createRoute({
  getParentRoute: () => signedIn,
  path: "/manager/criteria/$criteriaId",
  component: lazyRouteComponent(() => import("~/leads/qualification/CriteriaBuilder"), "CriteriaBuilder"),
});

const scoring = createRoute({
  getParentRoute: () => signedIn,
  path: "/manager/scoring",
  component: lazyRouteComponent(() => import("~/leads/scoring/Scoring"), "Scoring"),
});

const goals = createRoute({
  getParentRoute: () => signedIn,
  path: "/manager/goals",
  component: lazyRouteComponent(() => import("~/goals/Goals"), "Goals"),
});

const manager = [slaBoard, routing, criteria, criteriaBuilder, scoring, goals];
const mail = [calendar, backFromProvider, mailbox, oneMailbox, templates, newTemplate, template];
const doors = [forms, form, hooks, hook];
const settings = [
  teams,
  team,
  organisation,
  absences,
  calling,
  mailing,
  telephony,
  tokens,
  events,
  webhooks,
  webhook,
  ...mail,
  ...doors,
];

export const router = createRouter({
  routeTree: root.addChildren([
    signIn,
    enter,
    signedIn.addChildren([
      home,
      today,
      leads,
      lead,
      calls,
      inbox,
      handOffs,
      handOff,
      scoreboard,
      account,
      users,
      ...settings,
      ...manager,
      ...people,
      ...campaigns,
      ...cadences,
    ]),
  ]),
  defaultPreload: "intent",
  scrollRestoration: true,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
