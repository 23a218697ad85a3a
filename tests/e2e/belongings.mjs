// Everything of BigCommerce's customer APIs that can hang on a customer: to attach it, to ask for it in
// every way there is, and to try and change it. `shop` is what `clients` of harness.mjs makes, with a
// second application's BigCommerce client as `app2`.
import assert from 'node:assert/strict';
import { BigCommerce } from './dialects.mjs';
import { cli } from './harness.mjs';

const enc = encodeURIComponent;
export const PASSWORD = 'secret12345';
export const FIELD = 'Door';

export async function addSecondApplication(shop, data) {
  const key = await cli(data, 'key', 'create', '--store', shop.handle, '--dialect', 'bigcommerce');
  shop.app2 = new BigCommerce(shop.server, shop.handle, key);
}

// Two segments, one of which holds everybody.
export async function addSegments(shop) {
  const { data } = await shop.big.done(201, 'POST', '/v3/segments', [{ name: 'Everybody', description: 'All of them' }, { name: 'Nobody' }]);
  shop.segment = data[0].id;
}

const metafield = (tag, n, permission_set) => ({ permission_set, namespace: 'shelf', key: `place${n}`, value: `Meta${n}${tag}`, description: `About${tag}` });

const INSTRUMENTS = (tag) => [
  { type: 'stored_card', token: `tok-card-${tag}`, brand: 'VISA', expiry_month: 1, expiry_year: 2030, issuer_identification_number: '411111', last_4: '1111',
    billing_address: { first_name: 'A', last_name: `Bill${tag}`, email: `bill${tag}@example.com`, address1: `9 Street${tag}`, city: `City${tag}`, country_code: 'US' } },
  { type: 'stored_paypal_account', token: `tok-pal-${tag}`, email: `pal${tag}@example.com` },
];

// Answers the ids of what was made.
export async function attach(shop, { id, tag, email }) {
  const { big, app2, native } = shop;
  await big.update({ id, authentication: { new_password: PASSWORD } });
  await big.done(200, 'PUT', `/v3/customers/${id}/consent`, { allow: ['essential', 'targeting'], deny: ['analytics'] });
  const [address] = await big.addresses(`customer_id:in=${id}`);
  await big.data('PUT', '/form-field-values', [{ customer_id: id, name: FIELD, value: `Blue${tag}` }]);
  await big.data('PUT', '/form-field-values', [{ address_id: address.id, name: FIELD, value: `Red${tag}` }]);
  const fields = [];
  for (const [app, n, set] of [[big, 1, 'app_only'], [big, 2, 'write'], [app2, 3, 'read'], [app2, 4, 'app_only']]) {
    fields.push((await app.data('POST', `/${id}/metafields`, metafield(tag, n, set))).id);
  }
  for (const instrument of INSTRUMENTS(tag)) await native.addInstrument(id, instrument);
  const { data: [profile] } = await big.done(201, 'POST', '/v3/shopper-profiles', [{ customer_id: id }]);
  await big.done(201, 'POST', `/v3/segments/${shop.segment}/shopper-profiles`, [profile.id]);
  // Upper and lower case are alike here.
  const subscriber = await big.data('POST', '/subscribers', { email: email.toUpperCase(), first_name: `Sub${tag}`, last_name: `Scribe${tag}`, source: 'storefront' });
  const [value] = await big.data('GET', `/attribute-values?customer_id:in=${id}`);
  return { address: address.id, metafields: fields, profile: profile.id, subscriber: subscriber.id, value: value.id, attribute: value.attribute_id };
}

// Every question about these things: name -> how many answers.
export function questions(shop, { id, tag, email, row }, made) {
  const { big, app2, native } = shop;
  const list = (target, app = big) => async () => (await app.done(200, 'GET', target)).data.length;
  const within = (target, query, fits, app = big) => async () => (await app.rows(target, query)).filter(fits).length;
  const tagged = (one) => JSON.stringify(one).includes(tag);
  const mine = (one) => one.customer_id === id;
  const status = (target, app = big) => async () => {
    const answer = await app.api('GET', target);
    assert.ok([200, 404].includes(answer.status), `${target}: ${answer.status} ${answer.body}`);
    return answer.status === 200 ? 1 : 0;
  };
  // V2 answers an empty list with 204.
  const v2 = (target) => async () => {
    const answer = await big.api('GET', target);
    if (answer.status === 204 || answer.status === 404) return 0;
    assert.equal(answer.status, 200, answer.body);
    return Array.isArray(answer.json) ? answer.json.length : 1;
  };
  const count = (target) => async () => {
    const answer = await big.api('GET', target);
    return answer.status === 404 ? 0 : answer.json.count;
  };
  const byCursor = (target) => async () => {
    let found = 0;
    for (let query = '?limit=2'; query !== undefined;) {
      const { data, meta } = await big.done(200, 'GET', `${target}${query}`);
      found += data.filter(tagged).length;
      query = data.length === 2 ? `?limit=2&after=${meta.cursor_pagination.end_cursor}` : undefined;
    }
    return found;
  };
  const [own, shared, theirs, hidden] = made.metafields;
  const all = '/v3/customers';
  return {
    'values of customer': list(`${all}/attribute-values?customer_id:in=${id}`),
    'values of attribute': within(`${all}/attribute-values`, `attribute_id:in=${made.attribute}`, mine),
    'values by name': within(`${all}/attribute-values`, `name=${enc('Hat size')}`, mine),
    'values by date': within(`${all}/attribute-values`, 'date_created:min=2020-01-01', tagged),
    'fields of customer': list(`${all}/form-field-values?customer_id=${id}`),
    'fields of address': list(`${all}/form-field-values?address_id=${made.address}`),
    'fields by name': within(`${all}/form-field-values`, `field_name=${FIELD}`, tagged),
    'fields by cursor': byCursor(`${all}/form-field-values`),
    'fields with addresses': within(`${all}/addresses`, 'include=formfields', (one) => JSON.stringify(one.form_fields ?? '').includes(tag)),
    consent: status(`${all}/${id}/consent`),
    'metafields of customer': list(`${all}/${id}/metafields`),
    'metafields of customer, other app': list(`${all}/${id}/metafields`, app2),
    'metafields by key': list(`${all}/${id}/metafields?key=place1`),
    'metafields of all': within(`${all}/metafields`, 'namespace=shelf', tagged),
    'metafields of all, other app': within(`${all}/metafields`, '', tagged, app2),
    'metafields by cursor': byCursor(`${all}/metafields`),
    'metafield, own': status(`${all}/${id}/metafields/${own}`),
    'metafield, shared': status(`${all}/${id}/metafields/${shared}`, app2),
    'metafield, theirs': status(`${all}/${id}/metafields/${theirs}`),
    'metafield, hidden': status(`${all}/${id}/metafields/${hidden}`, app2),
    'instruments, BigCommerce': async () => (await big.done(200, 'GET', `${all}/${id}/stored-instruments`)).length,
    'instruments, native': async () => {
      const answer = await native.instruments(id);
      return answer.status === 404 ? 0 : answer.json.data.length;
    },
    profile: within('/v3/shopper-profiles', '', mine),
    'segments of profile': status(`/v3/shopper-profiles/${made.profile}/segments`),
    'members of segment': within(`/v3/segments/${shop.segment}/shopper-profiles`, '', (one) => one.id === made.profile || mine(one)),
    'profile in customers': within(all, 'include=shopper_profile_id,segment_ids', (one) => one.shopper_profile_id === made.profile),
    subscriber: status(`${all}/subscribers/${made.subscriber}`),
    'subscriber by email': list(`${all}/subscribers?email=${enc(email)}`),
    'subscriber by id:in': list(`${all}/subscribers?id:in=${made.subscriber}`),
    'subscriber by name': list(`${all}/subscribers?first_name=Sub${tag}`),
    'subscriber in list': within(`${all}/subscribers`, '', tagged),
    'V2 get': v2(`/v2/customers/${id}`),
    'V2 XML': status(`/v2/customers/${id}.xml`),
    'V2 email': v2(`/v2/customers?email=${enc(email)}`),
    'V2 name': v2(`/v2/customers?last_name=${row.last_name}`),
    'V2 ids': v2(`/v2/customers?min_id=${id}&max_id=${id}`),
    'V2 count': count(`/v2/customers/count?company=${row.company}`),
    'V2 addresses': v2(`/v2/customers/${id}/addresses`),
    'V2 address': v2(`/v2/customers/${id}/addresses/${made.address}`),
    'V2 address count': count(`/v2/customers/${id}/addresses/count`),
    'V2 validate': async () => {
      const answer = await big.api('POST', `/v2/customers/${id}/validate`, { password: PASSWORD });
      assert.ok([200, 404].includes(answer.status), answer.body);
      return answer.status === 200 && answer.json.success ? 1 : 0;
    },
    credentials: async () => {
      const answer = await big.done(200, 'POST', `${all}/validate-credentials`, { email, password: PASSWORD });
      return answer.is_valid ? 1 : 0;
    },
  };
}

// Calls that would change or bring back what hangs on a customer who is gone.
export async function assertNotChangeable(shop, { id }, made) {
  const { big, app2, native } = shop;
  const refused = async (status, method, target, body, app = big) => {
    const answer = await app.api(method, target, body);
    assert.equal(answer.status, status, `${method} ${target}: ${answer.status} ${answer.body}`);
  };
  const all = '/v3/customers';
  await refused(422, 'PUT', `${all}/attribute-values`, [{ customer_id: id, attribute_id: made.attribute, value: 'back' }]);
  await refused(422, 'PUT', `${all}/form-field-values`, [{ customer_id: id, name: FIELD, value: 'back' }]);
  await refused(422, 'PUT', `${all}/form-field-values`, [{ address_id: made.address, name: FIELD, value: 'back' }]);
  await refused(404, 'PUT', `${all}/${id}/consent`, { allow: ['essential'], deny: [] });
  await refused(404, 'POST', `${all}/${id}/metafields`, metafield('back', 9, 'write'));
  await refused(404, 'PUT', `${all}/${id}/metafields/${made.metafields[0]}`, { value: 'back' });
  await refused(404, 'DELETE', `${all}/${id}/metafields/${made.metafields[2]}`, undefined, app2);
  await refused(422, 'POST', `${all}/metafields`, [{ resource_id: id, ...metafield('back', 9, 'write') }]);
  await refused(422, 'PUT', `${all}/metafields`, [{ id: made.metafields[1], value: 'back' }]);
  await refused(422, 'DELETE', `${all}/metafields`, made.metafields);
  await refused(400, 'POST', '/v3/shopper-profiles', [{ customer_id: id }]);
  await refused(400, 'POST', `/v3/segments/${shop.segment}/shopper-profiles`, [made.profile]);
  await refused(204, 'DELETE', `/v3/segments/${shop.segment}/shopper-profiles?id:in=${made.profile}`);
  await refused(204, 'DELETE', `/v3/shopper-profiles?id:in=${made.profile}`);
  await refused(404, 'PUT', `/v2/customers/${id}`, { first_name: 'Back' });
  await refused(404, 'DELETE', `/v2/customers/${id}`);
  await refused(404, 'POST', `/v2/customers/${id}/addresses`, { first_name: 'B', last_name: 'B', phone: '1', street_1: '1', city: 'C', state: 'Texas', zip: '1', country: 'United States' });
  await refused(404, 'DELETE', `/v2/customers/${id}/addresses`);
  for (const [method, target, body] of [['POST', '', INSTRUMENTS('back')[1]], ['DELETE', '/tok-card-back']]) {
    assert.equal((await native.call(method, `/customers/${id}/stored-instruments${target}`, body)).status, 404);
  }
}
