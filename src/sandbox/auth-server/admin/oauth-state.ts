import type { Ctid } from '../../identity/index.ts'
import type { PortalApplication } from './application-control.ts'
import type { SandboxAuth } from './sandbox-auth.ts'

// A page shows no more; the whole log is served by itself.
const most = 100

/**
 * Everything there is to see of the authorization server, in one answer, for a page that asks again and again. It holds
 * the passwords that people type on the sign-in page, but no client secrets and no tokens: those are asked for one by one.
 */
export function oauthState(auth: SandboxAuth, people: readonly Ctid[]) {
  const requests = auth.requests.list()
  return {
    applications: auth.applications.list().map(withoutSecret),
    people: people.map(({ userId, username, password, accountIds }) => ({
      ...{ userId, username, password, accountIds },
    })),
    grants: auth.grants.list(),
    behaviour: auth.behaviour.current,
    initialBehaviour: auth.behaviour.initial,
    faults: auth.faults.list(),
    requestCount: requests.length,
    requests: requests.slice(-most),
    findings: auth.requests.findings().slice(-most),
  }
}

function withoutSecret({ clientSecret: _, ...shown }: PortalApplication) {
  return shown
}
