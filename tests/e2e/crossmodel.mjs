// One customer as all four dialects show it: which field is called what, what a write of one dialect
// makes of the others' views, and the views that follow. Knows nothing of the server's insides.
import assert from 'node:assert/strict';

// A field of the customer: its name in each dialect that has it, a way to write and to read it where
// the name alone is not enough. What is absent cannot be said in that dialect and has to survive it.
const same = (names) => Object.fromEntries(Object.entries(names).map(([dialect, name]) => [dialect, {
  write: (value) => ({ [name]: value }),
  read: (view) => view[name] ?? '',
}]));
const everywhere = (name, cakes) => same({ big: name, v2: name, web: name, sticky: name, cakes });

export const FIELDS = {
  email: { kind: 'email', ...everywhere('email', 'Email') },
  first: { kind: 'text', ...everywhere('first_name', 'FirstName') },
  last: { kind: 'text', ...everywhere('last_name', 'LastName') },
  company: { kind: 'text', ...same({ big: 'company', v2: 'company', web: 'company_name' }) },
  phone: { kind: 'digits', ...same({ big: 'phone', v2: 'phone', sticky: 'phone' }) },
  notes: { kind: 'text', ...same({ big: 'notes', v2: 'notes', web: 'note', cakes: 'Notes' }) },
  taxCategory: { kind: 'text', ...same({ big: 'tax_exempt_category', v2: 'tax_exempt_category' }) },
  marketing: { kind: 'bool', ...same({ big: 'accepts_product_review_abandoned_cart_emails' }) },
  forceReset: {
    kind: 'bool',
    big: { write: (value) => ({ authentication: { force_password_reset: value } }), read: (view) => view.authentication.force_password_reset },
    v2: { write: (value) => ({ reset_pass_on_login: value }), read: (view) => view.reset_pass_on_login },
    web: { write: (value) => ({ customer_password_expired: value }) },
  },
  credit: {
    kind: 'amount',
    big: { write: (amount) => ({ store_credit_amounts: [{ amount }] }), read: (view) => view.store_credit_amounts[0].amount },
    v2: { write: (value) => ({ store_credit: value }), read: (view) => Number(view.store_credit) },
    web: same({ web: 'store_credit' }).web,
  },
  creditLimit: { kind: 'amount', ...same({ web: 'credit_limit' }) },
  allowCredit: { kind: 'bool', ...same({ web: 'allow_credit_limit' }) },
  hold: { kind: 'bool', ...same({ web: 'account_hold' }) },
  hidePrice: { kind: 'bool', ...same({ web: 'hide_price' }) },
  sms: { kind: 'bool', ...same({ web: 'sms_subscribed' }) },
  status: { kind: 'status', ...same({ web: 'status' }) },
  gender: { kind: 'text', ...same({ web: 'gender' }) },
  abn: { kind: 'text', ...same({ web: 'abn' }) },
  taxCode: { kind: 'text', ...same({ web: 'default_tax_code' }) },
  source: { kind: 'text', ...same({ web: 'source' }) },
  timezone: { kind: 'text', ...same({ web: 'timezone' }) },
  username: { kind: 'text', ...same({ sticky: 'customer_username' }) },
  birthday: { kind: 'date', ...same({ sticky: 'custom_date' }) },
  customField: { kind: 'text', ...same({ sticky: 'custom_field' }) },
  taxExempt: { kind: 'bool', ...same({ cakes: 'TaxExempt' }) },
  pricing: { kind: 'text', ...same({ cakes: 'PricingGroupId' }) },
};

const EMPTY = { text: '', email: '', digits: '', bool: false, amount: 0, date: '0000-00-00', status: 'active' };

// The texts of an address, likewise; state and country are below.
const ADDRESS_TEXTS = {
  first: { big: 'first_name', v2: 'first_name', web: 'first_name', cakes: 'FirstName' },
  last: { big: 'last_name', v2: 'last_name', web: 'last_name', cakes: 'LastName' },
  middle: { cakes: 'MiddleInitial' },
  company: { big: 'company', v2: 'company', web: 'company_name', cakes: 'Company' },
  line1: { big: 'address1', v2: 'street_1', web: 'address_line_1', cakes: 'Line1', sticky: 'street1' },
  line2: { big: 'address2', v2: 'street_2', web: 'address_line_2', cakes: 'Line2', sticky: 'street2' },
  line3: { cakes: 'Line3' },
  city: { big: 'city', v2: 'city', web: 'city', cakes: 'City', sticky: 'city' },
  zip: { big: 'postal_code', v2: 'zip', web: 'post_code', cakes: 'PostalCode', sticky: 'postal_code' },
  phone: { big: 'phone', v2: 'phone', web: 'phone', cakes: 'Phone' },
  mobile: { web: 'mobile' },
  fax: { web: 'fax', cakes: 'Fax' },
  site: { cakes: 'WebSiteUrl' },
  nick: { cakes: 'NickName' },
};
const STATE = { big: 'state_or_province', v2: 'state', web: 'state', sticky: 'state', cakes: 'RegionBvin' };
const COUNTRY = { big: 'country_code', v2: 'country', web: 'country', sticky: 'country', cakes: 'CountryBvin' };

const made = (code) => `00000000-0000-4000-8000-00000000${Buffer.from(code).toString('hex')}`;
export const COUNTRIES = {
  US: { name: 'United States', bvin: 'bf7389a2-9b21-4d33-b276-23c9c18ea0c0' },
  CA: { name: 'Canada', bvin: '94052dcf-1ac8-4b65-813b-b17b12a0491f' },
  AT: { name: 'Austria', bvin: made('AT') },
  AU: { name: 'Australia', bvin: made('AU') },
};
const numberOf = (code) => (code.charCodeAt(0) - 65) * 26 + (code.charCodeAt(1) - 65) + 1;

export const addressTextsOf = (dialect) => Object.keys(ADDRESS_TEXTS).filter((name) => ADDRESS_TEXTS[name][dialect] !== undefined);

export const newAddress = (roles) => ({ id: undefined, roles: new Set(roles), texts: {}, commercial: false, state: '', stateCode: '', code: '', country: '' });

const isStateCode = (text) => /^[A-Z]{2,3}$/.test(text);

// A change {texts, state, code} of an address as the dialect's body says it. `code` is a country of
// COUNTRIES; V2 and Sticky Street write it by its name, unless `short` says otherwise.
export function addressBody(dialect, { texts = {}, state, code, short }) {
  const body = {};
  for (const [name, value] of Object.entries(texts)) body[ADDRESS_TEXTS[name][dialect]] = value;
  if (state !== undefined) body[STATE[dialect]] = state;
  if (code !== undefined) {
    const { name, bvin } = COUNTRIES[code];
    body[COUNTRY[dialect]] = dialect === 'cakes' ? bvin : dialect === 'big' || short ? code : name;
  }
  return body;
}

// What such a change does to the address. Who moves it to another state or country takes away what
// another dialect knew of the former one; who writes the same again does not.
export function changeAddress(dialect, address, { texts = {}, state, code, short }) {
  Object.assign(address.texts, texts);
  if (state !== undefined) {
    if (dialect === 'big' || dialect === 'v2') {
      if (state !== address.state) Object.assign(address, { state, stateCode: '' });
    } else if (dialect === 'cakes') {
      if (state !== address.stateCode) Object.assign(address, { stateCode: state, state: '' });
    } else if (dialect === 'sticky') {
      if (state === '' || state !== (address.state || address.stateCode)) Object.assign(address, { state, stateCode: isStateCode(state) ? state : '' });
    } else if (state === '' || (state !== address.state && state !== address.stateCode)) {
      Object.assign(address, isStateCode(state) ? { state: '', stateCode: state } : { state, stateCode: '' });
    }
  }
  if (code === undefined) return;
  // How the country was written is Sticky Street's alone to show.
  if (dialect === 'sticky') address.country = short ? '' : COUNTRIES[code].name;
  else if (code !== address.code) address.country = dialect === 'web' ? COUNTRIES[code].name : '';
  address.code = code;
}

const text = (address, name) => address.texts[name] ?? '';
const nameOf = (address) => (address.code === '' ? '' : COUNTRIES[address.code].name);

// The address as the dialect shows it: what has to be among the members of `shown`.
export function addressView(dialect, address) {
  const view = Object.fromEntries(addressTextsOf(dialect).map((name) => [ADDRESS_TEXTS[name][dialect], text(address, name)]));
  const { state, stateCode, code } = address;
  if (dialect === 'big') Object.assign(view, { state_or_province: state, country_code: code, country: nameOf(address), address_type: address.commercial ? 'commercial' : 'residential' });
  if (dialect === 'v2') Object.assign(view, { state, country: nameOf(address), country_iso2: code });
  if (dialect === 'web') {
    view.state = state === '' && stateCode === '' ? null : { id: null, name: state, code: stateCode };
    view.country = code === '' ? null : { id: numberOf(code), name: nameOf(address), code };
  }
  if (dialect === 'sticky') Object.assign(view, { state: state || stateCode, country: address.country || code });
  if (dialect === 'cakes') Object.assign(view, { RegionName: state, RegionBvin: stateCode, CountryBvin: code === '' ? '' : COUNTRIES[code].bvin, CountryName: nameOf(address) });
  return view;
}

export class Person {
  constructor(tag) {
    Object.assign(this, {
      tag, id: undefined, code: undefined, card: undefined, group: 0, fields: {}, addresses: [], formFields: new Map(), customFields: new Map(), attributes: new Map(),
      properties: [], consent: undefined, metafields: new Map(), instruments: new Map(), subscriber: undefined, points: new Map(), entries: [], adjustments: [],
      orders: new Map(), carts: new Map(), wishes: new Map(),
    });
    for (const [name, { kind }] of Object.entries(FIELDS)) this.fields[name] = EMPTY[kind];
  }

  codeOrMade() {
    return this.code ?? `8${String(this.id).padStart(15, '0')}`;
  }

  withRole(role) {
    return this.addresses.find(({ roles }) => roles.has(role));
  }

  book() {
    return this.addresses.filter(({ roles }) => roles.has('book'));
  }

  // Sticky Street's address, and WebCommander's primary one.
  primary() {
    return this.withRole('primary') ?? this.book()[0];
  }

  dropRole(address, role) {
    address.roles.delete(role);
    if (address.roles.size === 0) this.addresses.splice(this.addresses.indexOf(address), 1);
  }
}

// That `shown` has every member of `wanted`.
export function assertShows(shown, wanted, where) {
  const seen = Object.fromEntries(Object.keys(wanted).map((name) => [name, shown?.[name]]));
  assert.deepEqual(seen, wanted, where);
}

export function assertFields(dialect, shown, person) {
  for (const [name, field] of Object.entries(FIELDS)) {
    if (field[dialect]?.read === undefined) continue;
    assert.deepEqual(field[dialect].read(shown), person.fields[name], `${dialect} ${name} of ${person.tag}`);
  }
}

export function assertAddresses(dialect, shown, addresses, where) {
  assert.equal(shown.length, addresses.length, `${where}: how many addresses`);
  addresses.forEach((address, i) => assertShows(shown[i], addressView(dialect, address), `${where}, address ${i}`));
}
