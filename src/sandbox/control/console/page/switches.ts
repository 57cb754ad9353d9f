import type { AuthBehaviour } from '../../../auth-server/index.ts'

/** What a switch is called on the page, and what it decides. */
export interface SwitchWords {
  readonly label: string
  readonly hint: string
  /** Words for positions that say too little by themselves, by their JSON. */
  readonly texts?: Readonly<Record<string, string>>
}

type Group = Readonly<Partial<Record<keyof AuthBehaviour, SwitchWords>>>

/**
 * The switches of the authorization server in the groups of the page. Error codes of one's own are not among them: they
 * are set over HTTP.
 */
export const switchGroups = {
  'Consent page and redirect': {
    echoState: { label: 'state comes back', hint: 'Whether the redirect carries it.' },
    denial: {
      label: 'After a denial',
      hint: 'Back to the application, or a page that leads nowhere.',
    },
    authorizeErrors: {
      label: 'Errors are shown',
      hint: 'Where a wrong scope or response type is told.',
    },
    responseType: { label: 'response_type', hint: 'Whether it has to be there.' },
    redirectUriMatch: {
      label: 'Redirect URIs match',
      hint: 'Every character, or all but the port of loopback.',
    },
    pkce: { label: 'PKCE', hint: 'Whether the verifier is held against the challenge.' },
    issuerInRedirect: { label: 'iss in the redirect', hint: 'RFC 9207.' },
  },
  'Token endpoint': {
    tokenRequests: { label: 'Requests may come as', hint: 'At least one.' },
    clientAuthentication: {
      label: 'Client id and secret',
      hint: 'Parameters only, or HTTP Basic too.',
    },
    failureStatus: { label: 'Status of a refusal', hint: 'rfc6749 is 401 or 400.' },
    errorStyle: { label: 'A refusal is written', hint: 'Which fields, or a page of HTML.' },
    successErrorFields: { label: 'A success says of errors', hint: 'Fields that are null.' },
    fieldCase: { label: 'Spelling of tokens', hint: 'accessToken, access_token, or both.' },
    metadata: { label: 'Metadata', hint: 'RFC 8414, below /.well-known.' },
  },
  'Lifetimes and ends': {
    tokenLifetimeSeconds: { label: 'Access token lives', hint: 'Seconds; of tokens from now on.' },
    codeLifetimeSeconds: { label: 'Code lives', hint: 'Seconds.' },
    refreshRotation: { label: 'A refresh gives', hint: 'A new refresh token, the same, or none.' },
    refreshGraceSeconds: {
      label: 'Grace for a spent one',
      hint: 'Seconds in which it gets its pair again.',
    },
    oldAccessTokenSeconds: { label: 'Old access token lives on', hint: 'Seconds after a refresh.' },
    reconsentInvalidates: {
      label: 'A new consent ends',
      hint: 'Of the same person and application.',
      texts: { true: 'older grants', false: 'nothing', '"refresh-token"': 'older refresh tokens' },
    },
    codeReplayRevokes: { label: 'A code used twice ends its tokens', hint: 'RFC 6749, 4.1.2.' },
    refreshReplayRevokes: {
      label: 'A spent refresh token ends the grant',
      hint: 'RFC 9700, 4.14.2.',
    },
  },
} as const satisfies Readonly<Record<string, Group>>
