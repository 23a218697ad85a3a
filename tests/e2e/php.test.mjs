// Debian's PHP with curl, as the Sticky Street page's own example uses it: the array goes to
// CURLOPT_POSTFIELDS, which makes it multipart/form-data.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { clients, makeFolder, makeStore, placesOf, serve } from './harness.mjs';

// The credentials and the call come from the environment, so that no value is code.
const CLIENT = `<?php
$call = json_decode(getenv('CALL'), true);
$data['user_id'] = getenv('USER_ID');
if ($call['key_in'] === 'body') $data['user_password'] = getenv('API_KEY');
$data['account_id'] = 'greatwidgets';
foreach ($call['fields'] as $name => $value) $data[$name] = $value;

$curl = curl_init(getenv('OUBLI_URL'));
curl_setopt($curl, CURLOPT_POST, true);
curl_setopt($curl, CURLOPT_POSTFIELDS, $data);
curl_setopt($curl, CURLOPT_RETURNTRANSFER, true);
if ($call['key_in'] === 'header') curl_setopt($curl, CURLOPT_HTTPHEADER, ['api_access_key: ' . getenv('API_KEY')]);
$body = curl_exec($curl);
if ($body === false) { fwrite(STDERR, curl_error($curl)); exit(1); }
$sent = curl_getinfo($curl, CURLINFO_CONTENT_TYPE);
if (($data['output'] ?? '') === 'JSON') {
  echo json_encode(['type' => $sent, 'body' => $body, 'parsed' => json_decode($body, true)]);
} else {
  echo json_encode(['type' => $sent, 'body' => $body, 'parsed' => simplexml_load_string_or_null($body)]);
}

// php-cli comes with SimpleXML in a package of its own: without it the body alone is looked at.
function simplexml_load_string_or_null($xml) {
  return function_exists('simplexml_load_string') ? simplexml_load_string($xml) : null;
}
`;

async function makeShop(t) {
  const folder = makeFolder(t);
  const store = await makeStore(path.join(folder, 'data'), 'greatwidgets');
  const shop = { ...clients(await serve(t, path.join(folder, 'data')), store), store };
  const script = path.join(folder, 'client.php');
  fs.writeFileSync(script, CLIENT);
  const key = store.keys.stickystreet;
  const php = (fields, keyIn = 'body', apiKey = key.api_key) =>
    new Promise((resolve, reject) => {
      const child = spawn('php', [script], {
        env: {
          PATH: process.env.PATH,
          OUBLI_URL: `${shop.server.url}/api.php`,
          USER_ID: key.user_id,
          API_KEY: apiKey,
          CALL: JSON.stringify({ fields, key_in: keyIn }),
        },
      });
      let stdout = '';
      let stderr = '';
      child.stdout.on('data', (chunk) => (stdout += chunk));
      child.stderr.on('data', (chunk) => (stderr += chunk));
      child.on('error', reject);
      child.on('close', (code) => {
        if (code !== 0) return reject(new Error(`php: ${stderr}${stdout}`));
        return resolve(JSON.parse(stdout));
      });
    });
  return { shop, php };
}

const DELETED = `<response status="success">
  <customer status="deleted">
    <code>1234567890123456</code>
  </customer>
</response>`;

test("the page's own call deletes one customer, for ever", async (t) => {
  const { shop, php } = await makeShop(t);
  const code = '1234567890123456';
  const made = await php({
    type: 'record_customer', customer_action: 'new', code, card_number: '9876543210',
    first_name: 'Amy', last_name: 'Acker', email: 'amy@example.com', output: 'JSON',
  });
  assert.deepEqual(made.parsed, { status: 'success', customer: { code, card_number: '9876543210' } });
  await php({ type: 'record_customer', customer_action: 'new', code: 'other', email: 'other@example.com' });
  const { customers } = await shop.web.list();
  const { id } = customers.find((customer) => customer.email === 'amy@example.com');
  assert.ok((await placesOf(shop, { id, code, email: 'amy@example.com' })).length > 0);

  const deleted = await php({ type: 'customer_delete', code });
  assert.equal(deleted.type, 'text/xml; charset=utf-8');
  assert.equal(deleted.body, DELETED);
  assert.deepEqual(await placesOf(shop, { id, code, email: 'amy@example.com' }), []);

  const again = await php({ type: 'customer_delete', code });
  assert.equal(again.body, `<response status="error">\n  <error>No customer matches data provided.</error>\n</response>`);
  for (const bad of ['', '*', 'other,other', '%']) {
    const refused = await php({ type: 'customer_delete', code: bad, output: 'JSON' });
    assert.equal(refused.parsed.status, 'error', bad);
  }
  assert.equal(await shop.cakes.count(), 1);
});

test('the key in the header alone counts, with the body of multipart as well', async (t) => {
  const { php } = await makeShop(t);
  const list = { type: 'campaigns_list', output: 'JSON' };
  assert.equal((await php(list, 'header')).parsed.status, 'success');
  assert.equal((await php(list, 'none')).parsed.error, "You didn't enter a username and/or password!");
  assert.equal((await php(list, 'header', '1959caadac9b13dcb3')).parsed.error, 'User does not have permission');
});

test('a loyalty programme from the first card to the last point', async (t) => {
  const { php } = await makeShop(t);
  const done = async (fields) => {
    const answer = (await php({ output: 'JSON', ...fields })).parsed;
    assert.equal(answer.status, 'success', JSON.stringify([fields, answer]));
    return answer;
  };
  const campaign = (await done({
    type: 'campaign_new', action: 'campaign', campaign_type: 'points', campaign_name: 'Points & more', points_ratio: '10',
  })).campaign.id;
  const reward = (await done({
    type: 'campaign_new', action: 'reward', campaign_id: campaign, reward_level: '100', reward_description: 'Free "Widget" <1>',
  })).campaign.reward.id;
  const { card_number: card } = (await done({ type: 'generate_card_number', how_many_digits: '12' })).customer;
  const { code } = (await done({
    type: 'record_customer', customer_action: 'new', card_number: card, first_name: 'Zo\u00eb', campaign_id: campaign,
  })).customer;
  const receipt = (await done({ type: 'record_activity', campaign_id: campaign, code, amount: '12,50' })).receipt;
  assert.equal(receipt.transaction.balance.points, '125');
  const found = await done({ type: 'customer_search', first_name: 'zo\u00eb', include_balances: 'Y' });
  assert.deepEqual(found.customers[0].campaigns, [{ id: campaign, balance: '125' }]);
  const taken = await done({ type: 'redeem', campaign_id: campaign, code, reward_to_redeem: reward });
  assert.equal(taken.receipt.transaction.redeemed.description, 'Free "Widget" <1>');
  const history = (await done({ type: 'customer_balance', campaign_id: campaign, code })).campaign.customer;
  assert.equal(history.balance, '25');
  assert.equal(history.transactions.length, 3);
  await done({
    type: 'transaction_delete', campaign_id: campaign, code, transaction_id: history.transactions[2].id,
  });
  assert.equal((await done({ type: 'balance', campaign_id: campaign, card_number: card })).campaign.customer.balance, '125');
  await done({ type: 'campaign_delete', action: 'campaign', campaign_id: campaign });
  assert.deepEqual((await done({ type: 'customer_info', code })).campaigns, []);
  assert.equal((await done({ type: 'reports', report: 'transactions_all' })).transactions_count, '0');
});
