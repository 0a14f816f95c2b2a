// Verifies an access token by what the issuer's discovery document tells.
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const require = createRequire(process.cwd() + '/');
const { createRemoteJWKSet, jwtVerify } = await import(pathToFileURL(require.resolve('jose')).href);
const [base, token, now] = process.argv.slice(2);
const found = await (await fetch(base + '/.well-known/openid-configuration')).json();
const keys = createRemoteJWKSet(new URL(new URL(found.jwks_uri).pathname, base));
const { payload } = await jwtVerify(token, keys, {
  issuer: found.issuer, audience: 'vertebra', typ: 'at+jwt', currentDate: new Date(now),
});
console.log(payload.sub);
