// panva's certified oidc-provider on a free loopback port, with the clients that TestPeer needs. REDIRECT_URI is the
// one that is registered, CLIENT_JWK the public key of debug-key-jwt. The line "listening ISSUER" on stdout says that it answers.
import http from 'node:http';
import { generateKeyPairSync, webcrypto } from 'node:crypto';

// What Node.js 18, which Debian 12 has, lacks of what the provider takes for granted.
globalThis.crypto ??= webcrypto;
URL.parse ??= (url, base) => (URL.canParse(url, base) ? new URL(url, base) : null);
const { Provider } = await import('oidc-provider');

const key = (type, options, rest) => ({
  ...generateKeyPairSync(type, options).privateKey.export({ format: 'jwk' }), use: 'sig', ...rest,
});

const client = (client_id, token_endpoint_auth_method, rest) => ({
  client_id,
  token_endpoint_auth_method,
  redirect_uris: [process.env.REDIRECT_URI],
  post_logout_redirect_uris: [new URL('/', process.env.REDIRECT_URI).href],
  grant_types: ['authorization_code', 'refresh_token'],
  response_types: ['code'],
  ...rest,
});

const configuration = {
  jwks: {
    keys: [
      key('rsa', { modulusLength: 2048 }, { alg: 'RS256', kid: 'rs-1' }),
      key('ec', { namedCurve: 'P-256' }, { alg: 'ES256', kid: 'es-1' }),
    ],
  },
  cookies: { keys: ['peer-cookie-key'] },
  clients: [
    client('debug-public', 'none', { application_type: 'native' }),
    client('debug-confidential', 'client_secret_basic', { client_secret: 'debug-secret-basic-0123456789' }),
    client('debug-post', 'client_secret_post', { client_secret: 'debug-secret-post-0123456789' }),
    // Every character in which form-encoding and none differ (RFC 6749 2.3.1).
    client('debug:odd/id', 'client_secret_basic', { client_secret: 'p%3A:ss+w ord/=&' }),
    client('debug-device', 'none', {
      application_type: 'native', grant_types: ['urn:ietf:params:oauth:grant-type:device_code', 'refresh_token'], redirect_uris: [], response_types: [],
    }),
    client('debug-machine', 'client_secret_basic', {
      client_secret: 'debug-secret-machine-0123456789', grant_types: ['client_credentials'], redirect_uris: [], response_types: [],
    }),
    client('debug-secret-jwt', 'client_secret_jwt', { client_secret: 'debug-secret-jwt-of-32-bytes-or-more-0123' }),
    // The test has the private half.
    client('debug-key-jwt', 'private_key_jwt', { jwks: { keys: [JSON.parse(process.env.CLIENT_JWK)] } }),
    client('debug-es256', 'none', {
      application_type: 'native', id_token_signed_response_alg: 'ES256', userinfo_signed_response_alg: 'ES256',
    }),
  ],
  claims: {
    openid: ['sub'], email: ['email', 'email_verified'], profile: ['name', 'preferred_username'],
  },
  findAccount: (ctx, id) => ({
    accountId: id,
    claims: () => ({ sub: id, name: 'Ada Lövelace', preferred_username: id, email: `${id}@example.test`, email_verified: true }),
  }),
  clientAuthMethods: ['none', 'client_secret_basic', 'client_secret_post', 'client_secret_jwt', 'private_key_jwt'],
  conformIdTokenClaims: true,
  rotateRefreshToken: true,
  ttl: { AccessToken: 60, AuthorizationCode: 60, IdToken: 300, RefreshToken: 600, Interaction: 600, Session: 3600, Grant: 3600 },
  features: {
    devInteractions: { enabled: true },
    revocation: { enabled: true },
    introspection: { enabled: true },
    deviceFlow: { enabled: true },
    clientCredentials: { enabled: true },
    rpInitiatedLogout: { enabled: true },
    userinfo: { enabled: true },
    jwtUserinfo: { enabled: true },
  },
};

const server = http.createServer();
server.listen(0, '127.0.0.1', () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, configuration);
  for (const event of ['server_error', 'authorization.error', 'grant.error', 'userinfo.error', 'revocation.error']) {
    provider.on(event, (ctx, err) => console.error(event, err.error_detail ?? err));
  }
  server.on('request', provider.callback());
  console.log(`listening ${issuer}`);
});
process.stdin.on('close', () => process.exit()).resume(); // it ends with the test that started it
