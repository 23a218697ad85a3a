// Customers that several tests make, and that can be told apart in every answer and file.

// A customer with every kind of record that the import format knows. Words with `tag` in them
// belong to nobody else.
export function fullRow(id, tag) {
  return {
    id,
    email: `${tag}@example.com`, first_name: `First${tag}`, last_name: `Last${tag}`, company: `Company${tag}`,
    phone: `555${id}`, mobile: `556${id}`, gender: 'female', username: `user${tag}`, notes: `Notes ${tag}`,
    code: `70000000${id}`, card_number: `71000000${id}`, custom_date: '1980-02-29', custom_field: `Field ${tag}`,
    group: 'VIP', created_at: '2020-02-03T04:05:06Z', store_credit: '12.50', accepts_marketing: true,
    addresses: [
      { ref: 'a1', first_name: 'A', last_name: `Last${tag}`, company: `Company${tag}`, address1: `1 Street${tag}`,
        address2: 'Flat 2', city: `City${tag}`, state: 'Texas', postal_code: `Z${id}`, country_code: 'US',
        phone: `555${id}`, type: 'commercial', roles: 'primary billing' },
      { ref: 'a2', first_name: 'A', last_name: `Last${tag}`, address1: `2 Street${tag}`, city: `City${tag}`,
        country: 'Austria', roles: 'shipping' },
    ],
    attributes: { 'Hat size': `Hat${tag}` },
    transactions: [
      { ref: 't1', campaign: 'Points', date: '2024-01-05T10:00:00Z', amount: '9.95', points: '10', item: 'Tea', description: tag },
      { ref: 't2', campaign: 'Coffee card', date: '2024-01-06', amount: '1', authorization: `Auth${tag}` },
    ],
    orders: [{ ref: 'o1', number: `N${tag}`, date: '2024-02-01', currency: 'USD', total: '40.00', status: 'completed',
      note: `Order ${tag}`, items: [{ name: 'Shirt', sku: `Sku${tag}`, quantity: '1', price: '40.00' }] }],
  };
}

export const whoIs = (row, tag) => ({ id: row.id, tag, row, email: row.email, code: row.code, card: row.card_number });
