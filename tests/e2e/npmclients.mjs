// The two BigCommerce clients from npm, pointed at a server as docs/dialects/bigcommerce.md says.
import https from 'node:https';
import { createRequire } from 'node:module';
import net from 'node:net';
import path from 'node:path';
import { clients, makeFolder, makeStore, serve } from './harness.mjs';

const require = createRequire(import.meta.url);
const NodeBigCommerce = require('node-bigcommerce');
const { BigCommerceApiClient } = require('bigcommerce-api-client');
const { MetafieldApi } = require('bigcommerce-api-client/lib/metafield');

// api.bigcommerce.com over https is built into node-bigcommerce.
class PlainAgent extends https.Agent {
  constructor(port) {
    super();
    this.toPort = port;
  }

  createConnection() {
    return net.connect({ host: '127.0.0.1', port: this.toPort });
  }
}

// A store "abc" and a server; `args` are the server's.
export async function makeShop(t, args) {
  const data = path.join(makeFolder(t), 'data');
  const store = await makeStore(data, 'abc');
  return { ...clients(await serve(t, data, args), store), store, data };
}

export function nodeClient(shop, { apiVersion = 'v3', responseType = 'json', token = shop.store.keys.bigcommerce.token, ...more } = {}) {
  return new NodeBigCommerce({ clientId: shop.store.keys.bigcommerce.client_id, accessToken: token, storeHash: 'abc', responseType, apiVersion,
    agent: new PlainAgent(shop.server.port), ...more });
}

export function apiClient(shop, more = {}) {
  const client = new BigCommerceApiClient({ storeHash: 'abc', accessToken: shop.store.keys.bigcommerce.token, timeout: 30_000, maxRetries: 0, retryDelay: 1, ...more });
  client.apiClient.axiosInstance.defaults.baseURL = `${shop.server.url}/stores/abc`;
  // The client has this class for every resource, and an instance of it for some.
  client.customerMetafields = new MetafieldApi(client.apiClient, '/v3/customers');
  return client;
}

function methodsOf(api, name, found) {
  for (const method of Object.getOwnPropertyNames(Object.getPrototypeOf(api))) {
    if (method !== 'constructor') found.push([`${name}.${method}`, api, method]);
  }
  for (const [member, value] of Object.entries(api)) {
    if (member !== 'apiClient' && value !== null && typeof value === 'object') methodsOf(value, `${name}.${member}`, found);
  }
  return found;
}

// Notes which methods of the named parts of `client` are called from now on, with each that they have
// behind them. `missed` answers the names of those that nobody has called yet.
export function watchMethods(client, ...parts) {
  const missed = new Set();
  for (const part of parts) {
    for (const [name, api, method] of methodsOf(client[part], part, [])) {
      missed.add(name);
      const original = api[method];
      api[method] = (...args) => {
        missed.delete(name);
        return original.apply(api, args);
      };
    }
  }
  return { missed: () => [...missed] };
}
