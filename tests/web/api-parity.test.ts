import { expect, test } from "vitest";
import { routes } from "#core/routes.ts";
import { openSite } from "./site.ts";

const { api } = routes;

/** What pages send, and how programs say the same; a sentence instead says why no program needs it. */
const same: Readonly<Record<string, string>> = {
  [routes.signOut.pattern]: "A token is put away, not signed out.",
  [routes.signIn.pattern]: "Opens a session for a browser.",
  [routes.passkeySignIn.pattern]: "Opens a session for a browser.",
  [routes.passkeys.pattern]: "A browser makes a passkey, and only it can.",
  [routes.removePasskey.pattern]: `DELETE ${api.passkey.pattern}`,
  [routes.anotherDevice.pattern]: "Opens a session for a browser.",
  [routes.linkAccount.pattern]: "Only whoever signed in themselves links an account.",
  [routes.confirmAccount.pattern]: "Only whoever signed in themselves says that an account is theirs.",
  [routes.leaveAccount.pattern]: "Only whoever signed in themselves links an account.",
  [routes.startRun.pattern]: `POST ${api.startRun.pattern}`,
  [routes.cancelRuns.pattern]: `POST ${api.control.cancel.pattern}`,
  [routes.deleteRuns.pattern]: `DELETE ${api.run.pattern}`,
  [routes.clone.pattern]: `POST ${api.clone.pattern}`,
  [routes.startOver.pattern]: `POST ${api.startOver.pattern}`,
  [routes.input.pattern]: `POST ${api.modify.pattern}`,
  [routes.deleteRun.pattern]: `DELETE ${api.run.pattern}`,
  [routes.keepAnswers.pattern]: `POST ${api.keepAnswers.pattern}`,
  [routes.keepWorkflow.pattern]: `POST ${api.keepWorkflow.pattern}`,
  [routes.keepList.pattern]: `POST ${api.kept.pattern}`,
  [routes.startKept.pattern]: `POST ${api.startKept.pattern}`,
  [routes.removeKept.pattern]: `DELETE ${api.oneKept.pattern}`,
  [routes.deleteExport.pattern]: `DELETE ${api.export.pattern}`,
  [routes.deleteExports.pattern]: `DELETE ${api.export.pattern}`,
  [routes.shareRun.pattern]: `POST ${api.shareRun.pattern}`,
  [routes.revokeShare.pattern]: `DELETE ${api.share.pattern}`,
  [routes.retention.pattern]: `PUT ${api.retention.pattern}`,
  [routes.nodes.pattern]: `POST ${api.nodes.pattern}`,
  [routes.cleaning.pattern]: `POST ${api.cleaning.pattern}`,
  [routes.chat.pattern]: `POST ${api.chat.pattern}`,
  [routes.connections.pattern]: `POST ${api.connections.pattern}`,
  [routes.connection.pattern]: `PUT ${api.connection.pattern}`,
  [routes.testConnection.pattern]: `POST ${api.testConnection.pattern}`,
  [routes.acceptOffer.pattern]: `POST ${api.acceptOffer.pattern}`,
  [routes.removeConnection.pattern]: `DELETE ${api.connection.pattern}`,
  [routes.scripts.pattern]: `POST ${api.scripts.pattern}`,
  [routes.script.pattern]: `PUT ${api.script.pattern}`,
  [routes.removeScript.pattern]: `DELETE ${api.script.pattern}`,
  [routes.bots.pattern]: `POST ${api.bots.pattern}`,
  [routes.workflowAccess.pattern]: `PUT ${api.workflowAccess.pattern}`,
  [routes.connectionAccess.pattern]: `PUT ${api.connectionAccess.pattern}`,
  [routes.removeApp.pattern]: `DELETE ${api.oneApp.pattern}`,
  [routes.bringBackApp.pattern]: `POST ${api.bringBackApp.pattern}`,
  [routes.endSession.pattern]: `DELETE ${api.session.pattern}`,
  [routes.endSessions.pattern]: `DELETE ${api.sessions.pattern}`,
  [routes.tokens.pattern]: `POST ${api.tokens.pattern}`,
  [routes.removeToken.pattern]: `DELETE ${api.token.pattern}`,
  [routes.people.pattern]: `POST ${api.people.pattern}`,
  [routes.person.pattern]: `PUT ${api.person.pattern}`,
  [routes.inviteAgain.pattern]: `POST ${api.inviteAgain.pattern}`,
  [routes.removePerson.pattern]: `DELETE ${api.person.pattern}`,
  [routes.schedules.pattern]: `POST ${api.schedules.pattern}`,
  [routes.pauseSchedules.pattern]: `POST ${api.pauseSchedules.pattern}`,
  [routes.resumeSchedules.pattern]: `POST ${api.resumeSchedules.pattern}`,
  [routes.schedule.pattern]: `PUT ${api.schedule.pattern}`,
  [routes.renewSecret.pattern]: `POST ${api.renewSecret.pattern}`,
  [routes.tryHook.pattern]: `POST ${api.tryHook.pattern}`,
  [routes.notifications.pattern]: `PUT ${api.notifications.pattern}`,
  [routes.newChannel.pattern]: `POST ${api.channels.pattern}`,
  [routes.channel.pattern]: `PUT ${api.channel.pattern}`,
  [routes.testChannel.pattern]: `POST ${api.testChannel.pattern}`,
  [routes.removeChannel.pattern]: `DELETE ${api.channel.pattern}`,
  [routes.retryDelivery.pattern]: `POST ${api.retryDelivery.pattern}`,
  [routes.bell.pattern]: `PUT ${api.bell.pattern}`,
  [routes.decide.pattern]: `POST ${api.step.answer.pattern}`,
  [routes.oauth.authorize.pattern]: "Only whoever signed in themselves lets an agent in.",
  [routes.oauth.register.pattern]: "Is for programs already.",
  [routes.oauth.token.pattern]: "Is for programs already.",
  [routes.oauth.revoke.pattern]: "Is for programs already.",
  [routes.decideNow.pattern]: "Is for programs already.",
  [routes.hook.pattern]: "Is for programs already.",
  ...Object.fromEntries(
    Object.entries(routes.scheduled).map(([verb, { pattern }]) => [
      pattern,
      `POST ${api.scheduled[verb as keyof typeof api.scheduled].pattern}`,
    ]),
  ),
  [routes.retryItems.pattern]: `POST ${api.retryItems.pattern}`,
  [routes.skipItem.pattern]: `POST ${api.skipItem.pattern}`,
  ...Object.fromEntries(
    Object.entries(routes.control).map(([verb, { pattern }]) => [
      pattern,
      `POST ${api.control[verb as keyof typeof api.control].pattern}`,
    ]),
  ),
  ...Object.fromEntries(
    Object.entries(routes.step).map(([verb, { pattern }]) => [
      pattern,
      `POST ${api.step[verb as keyof typeof api.step].pattern}`,
    ]),
  ),
};

test("programs can do everything that the pages can", async () => {
  const site = await openSite();
  const mounted = site.app.routes.filter(({ method }) => method !== "GET" && method !== "ALL");
  await site.close();
  const asked = new Set(mounted.map(({ method, path }) => `${method} ${path}`));
  const pages = [...new Set(mounted.map(({ path }) => path))].filter(
    (path) => path !== "/*" && !/^\/(api|apps\/:slug|mcp)/.test(path),
  );
  expect(pages.filter((path) => same[path] === undefined)).toEqual([]);
  for (const said of Object.values(same)) if (/^[A-Z]+ \//.test(said)) expect([...asked]).toContain(said);
});
