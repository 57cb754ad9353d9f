import type { Context } from 'hono'
import type { AuthBehaviour } from './auth-behaviour.ts'
import type { TokenRequestForm } from './auth-journal.ts'
import { isForm, readBody } from './form-body.ts'
import { isMalformed, type Parameters, readParameters } from './parameters.ts'
import { type Failure, invalidRequest } from './token-answer.ts'

/** A request for tokens as it came. */
export interface TokenRequest {
  readonly form: TokenRequestForm | 'other'
  /** Undefined when they cannot be read. */
  readonly parameters: Parameters | undefined
  /** What is wrong with the request as such. */
  readonly failure: Failure | undefined
}

/** The methods the token endpoint takes. */
export function tokenMethods({ tokenRequests }: AuthBehaviour): readonly ('GET' | 'POST')[] {
  const post = tokenRequests.some((form) => form !== 'get-query')
  return tokenRequests.includes('get-query') ? (post ? ['GET', 'POST'] : ['GET']) : ['POST']
}

/** Reads the parameters from where the switches let them be; what is elsewhere is not looked at. */
export async function readTokenRequest(
  context: Context,
  behaviour: AuthBehaviour,
): Promise<TokenRequest> {
  const { tokenRequests } = behaviour
  const isPost = context.req.method === 'POST'
  const query = new URL(context.req.url).search.slice(1)
  const takesQuery = tokenRequests.includes(isPost ? 'post-query' : 'get-query')
  const texts = takesQuery ? [query] : []
  let form: TokenRequest['form'] = isPost ? 'post-query' : 'get-query'
  if (isPost && isForm(context)) {
    form = query === '' ? 'post-form' : 'other'
    const body = await readBody(context)
    if (tokenRequests.includes('post-form')) texts.push(body)
  }
  const parameters = readParameters(texts)
  if (isMalformed(parameters)) {
    const failure = invalidRequest(parameters.malformed)
    return { form, parameters: undefined, failure }
  }
  if (behaviour.clientAuthentication === 'parameters') {
    return { form, parameters, failure: undefined }
  }
  return { form, ...withBasic(context.req.header('authorization'), parameters) }
}

/** The parameters with client id and secret from the header, where they are there (RFC 6749, section 2.3.1). */
function withBasic(
  header: string | undefined,
  parameters: Parameters,
): Pick<TokenRequest, 'parameters' | 'failure'> {
  const [, encoded] = /^basic +([\w+/=-]+)$/i.exec(header ?? '') ?? []
  if (encoded === undefined) return { parameters, failure: undefined }
  const text = Buffer.from(encoded, 'base64').toString('utf8')
  const colon = text.indexOf(':')
  const id = decode(text.slice(0, Math.max(colon, 0)))
  const secret = decode(text.slice(colon + 1))
  if (colon < 0 || id === undefined || secret === undefined) {
    return { parameters, failure: invalidRequest('The Authorization header is malformed.') }
  }
  const other = parameters.get('client_id')
  if (parameters.get('client_secret') !== undefined || (other !== undefined && other !== id)) {
    const failure = invalidRequest('The client authenticates in more than one way.')
    return { parameters, failure }
  }
  const added: Readonly<Record<string, string>> = { client_id: id, client_secret: secret }
  return {
    parameters: {
      get: (name) => added[name] ?? parameters.get(name),
      all: (name) => parameters.all(name),
    },
    failure: undefined,
  }
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return undefined
  }
}
