/**
 * Proves who we are to a registry: basic credentials, or bearer tokens as the distribution project
 * specifies them ("Token Authentication", "Oauth2 Token Authentication").
 */
import { collect } from '../../base/bytes.ts';
import { WaybillError } from '../../base/errors.ts';
import { type Challenge, parseChallenges } from './challenge.ts';
import type { Credential, CredentialSource } from './credentials.ts';
import { checkRealm, isSameOwner } from './token-service.ts';
import { type HttpResponse, MAX_ANSWER_SIZE, type Transport } from './transport.ts';

/** What a request wants to do, as a scope of the token specification. */
export interface Access {
  readonly repository: string;
  readonly actions: 'pull' | 'pull,push' | 'delete';
}

export class Authorizer {
  readonly #host: string;
  readonly #transport: Transport;
  readonly #credentials: CredentialSource;
  /** `Authorization` headers by scope, as far as they were granted. */
  readonly #granted = new Map<string, string>();
  #credential: Promise<Credential | undefined> | undefined;

  constructor(host: string, transport: Transport, credentials: CredentialSource) {
    this.#host = host;
    this.#transport = transport;
    this.#credentials = credentials;
  }

  /** The header to send without being asked: what an earlier challenge gave for this scope. */
  headerFor(access: Access | undefined): string | undefined {
    return this.#granted.get(scopeOf(access)) ?? this.#granted.get('*');
  }

  /**
   * Answers a 401.
   * @param sent the header that the refused request had
   * @returns whether the request is worth sending again
   * @throws WaybillError UNAUTHORIZED when the credentials are refused or missing, DENIED when they are
   *   asked for by somebody who has no business with them
   */
  async answer(response: HttpResponse, access: Access | undefined, sent: string | undefined): Promise<boolean> {
    // Whoever the registry sends on to is not the registry: he has nothing to ask.
    const registry = new URL(`${response.url.protocol}//${this.#host}`);
    if (response.url.host !== registry.host) return false;
    const challenges = parseChallenges(response.header('www-authenticate') ?? '');
    // Another request was refused at the same time and has the answer already.
    const known = this.headerFor(access);
    if (known !== undefined && known !== sent) return true;
    for (const challenge of challenges) {
      const header =
        challenge.scheme === 'bearer' ? await this.#bearer(challenge, registry, access) : await this.#basic();
      if (header === undefined || header === sent) continue;
      this.#granted.set(challenge.scheme === 'basic' ? '*' : scopeOf(access), header);
      return true;
    }
    return false;
  }

  async #basic(): Promise<string | undefined> {
    const credential = await this.#own();
    return credential === undefined ? undefined : basicHeader(credential);
  }

  async #bearer({ parameters }: Challenge, registry: URL, access: Access | undefined): Promise<string | undefined> {
    const realm = checkRealm(parameters['realm'], registry);
    const credential = await this.#own();
    if (credential !== undefined && !isSameOwner(realm.hostname, registry.hostname)) await this.#checkKnown(realm);
    const scope = parameters['scope'] ?? scopeOf(access);
    const service = parameters['service'];
    const token =
      credential?.identityToken === undefined
        ? await this.#getToken(realm, { scope, service, credential })
        : await this.#postToken(realm, { scope, service, token: credential.identityToken });
    return `Bearer ${token}`;
  }

  /**
   * A token service of another domain is one that the user knows: he keeps credentials for it. Those of
   * the registry are sent all the same; a token for his own would end at a registry that he did not mean.
   */
  async #checkKnown({ host }: URL): Promise<void> {
    if ((await this.#credentials.find(host)) !== undefined) return;
    throw new WaybillError(
      'DENIED',
      `Cannot get a token for ${this.#host}: it wants the password sent to ${host}, which is of another domain`,
      { hint: `If that is right: waybill login ${this.#host} --token-service ${host}` },
    );
  }

  async #getToken(
    realm: URL,
    { scope, service, credential }: { scope: string; service: string | undefined; credential: Credential | undefined },
  ): Promise<string> {
    const url = new URL(realm);
    if (service !== undefined) url.searchParams.set('service', service);
    for (const one of scope.split(' ').filter((part) => part !== '')) url.searchParams.append('scope', one);
    const headers: Record<string, string> = credential === undefined ? {} : { authorization: basicHeader(credential) };
    return this.#readToken(await this.#transport.send({ method: 'GET', url, headers }));
  }

  async #postToken(
    realm: URL,
    { scope, service, token }: { scope: string; service: string | undefined; token: string },
  ): Promise<string> {
    const form = new URLSearchParams({
      grant_type: 'refresh_token',
      refresh_token: token,
      client_id: 'waybill',
      scope,
      ...(service === undefined ? {} : { service }),
    });
    const bytes = Buffer.from(form.toString());
    const body = {
      size: bytes.length,
      async *chunks() {
        yield bytes;
      },
    };
    return this.#readToken(
      await this.#transport.send({
        method: 'POST',
        url: realm,
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body,
      }),
    );
  }

  async #readToken(response: HttpResponse): Promise<string> {
    const text = (await collect(response.body, MAX_ANSWER_SIZE, 'the token')).toString('utf8');
    if (response.status === 401 || response.status === 403)
      throw unauthorized(this.#host, 'the user name or password is wrong');
    if (response.status !== 200)
      throw new WaybillError(
        'REGISTRY_UNAVAILABLE',
        `Cannot get a token for ${this.#host}: ${response.url.host} answers ${response.status}`,
      );
    const { token, access_token: access } = parseToken(text);
    const found = token ?? access;
    // A token goes into a header: anything but visible characters would become another header.
    if (typeof found !== 'string' || !/^[\x21-\x7e]+$/.test(found))
      throw new WaybillError(
        'REGISTRY_UNAVAILABLE',
        `Cannot get a token for ${this.#host}: ${response.url.host} gave none`,
      );
    return found;
  }

  #own(): Promise<Credential | undefined> {
    this.#credential ??= this.#credentials.find(this.#host);
    return this.#credential;
  }
}

export function unauthorized(host: string, found: string): WaybillError {
  return new WaybillError('UNAUTHORIZED', `Cannot use ${host}: ${found}`, { hint: `waybill login ${host}` });
}

function parseToken(text: string): { token?: unknown; access_token?: unknown } {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}

function basicHeader({ username, password }: Credential): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

function scopeOf(access: Access | undefined): string {
  if (access === undefined) return '';
  const { repository, actions } = access;
  return `repository:${repository}:${actions}`;
}
