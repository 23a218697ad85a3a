// The invented people's names, streets, towns and purchases that generate-customers.mjs draws from.
const list = (text) => text.split('|');

// In patterns '#' is a digit, 'N' a house number, 'S' a street. A city is 'name/state/postal code'.
export const COUNTRIES = [
  {
    code: 'US',
    calling: '+1',
    street: 'N S',
    first:
      'Amy Brian Carlos Denise Ethan Fatima Grace Hector Imani James Karen Luis Mei Noah' +
      ' Olivia Priya Ruth Samuel Tyler Wendy',
    last:
      'Acker Bennett Castillo Diaz Ellison Foster Garcia Hughes Irving Jackson Kim Lopez' +
      " Martinez Nguyen O'Neill Patel Ramirez Stewart Turner Williams",
    streets:
      'Cedar Lane|Elm Street|Hillcrest Road|Lake View Drive|Maple Avenue|Mission Boulevard' +
      '|Oak Street|Sunset Court|Washington Avenue',
    cities:
      'Austin/Texas/787##|Boise/Idaho/837##|Chicago/Illinois/606##|Denver/Colorado/802##' +
      '|Portland/Oregon/972##|Savannah/Georgia/314##',
  },
  {
    code: 'GB',
    calling: '+44',
    street: 'N S',
    first:
      'Alice Arthur Beatrice Callum Charlotte Daisy Edward Florence George Harriet Imran' +
      ' Isla Jack Nadia Oliver Poppy Rhys Sophie',
    last:
      'Ahmed Baker Clarke Davies Evans Fletcher Green Harrison Hughes Jones Khan Lewis' +
      ' MacDonald Morgan Robinson Singh Taylor Wright',
    streets:
      'Church Road|Green Lane|High Street|Kingsway|Mill Lane|Park Road|Queen Street' +
      '|Station Road|Victoria Road',
    cities:
      'Bath/Somerset/BA1 #AB|Bristol/Bristol/BS6 #PR|Cardiff/South Glamorgan/CF10 #NT' +
      '|Leeds/West Yorkshire/LS1 #DF|London/Greater London/SW1# #TB' +
      '|York/North Yorkshire/YO1 #HH',
  },
  {
    code: 'AU',
    calling: '+61',
    street: 'N S',
    first:
      'Aisha Angus Bronte Cooper Darcy Ella Finn Georgia Hamish Indiana Jarrah Kylie' +
      ' Lachlan Matilda Nathan Ruby',
    last:
      'Anderson Brown Campbell Chan Edwards Fraser Gibson Harris Kelly Mitchell Murphy' +
      ' Nguyen Papadopoulos Ryan Thompson Walker',
    streets:
      'Banksia Street|Beach Road|Flinders Street|George Street|Kangaroo Court|Murray Road' +
      '|Pitt Street|Wattle Grove',
    cities:
      'Brisbane/Queensland/40##|Hobart/Tasmania/70##|Melbourne/Victoria/30##' +
      '|Perth/Western Australia/60##|Sydney/New South Wales/20##',
  },
  {
    code: 'DE',
    calling: '+49',
    street: 'S N',
    first:
      'Anna Björn Clara Dieter Elif Friederike Götz Hannah Jonas Jürgen Katharina Leon' +
      ' Marlene Niklas Sabine Tim Ursula Yusuf',
    last:
      'Bauer Becker Demir Fischer Groß Hoffmann Jäger Klein Krüger Lehmann Müller Neumann' +
      ' Richter Schäfer Schmidt Schröder Vogel Wagner Weiß Yılmaz',
    streets:
      'Am Markt|Bahnhofstraße|Bergweg|Gartenstraße|Goethestraße|Hauptstraße|Lindenallee' +
      '|Mühlenweg|Schillerstraße',
    cities:
      'Berlin/Berlin/104##|Hamburg/Hamburg/200##|Köln/Nordrhein-Westfalen/506##' +
      '|Leipzig/Sachsen/041##|München/Bayern/803##|Nürnberg/Bayern/904##',
  },
  {
    code: 'FR',
    calling: '+33',
    street: 'N S',
    first:
      'Amélie Antoine Camille Chloé Édouard Fatou Gaël Hélène Inès Jules Karim Léa Manon' +
      ' Mathieu Noémie Rémi Zoé',
    last:
      'Bernard Blanc Chevalier Diallo Dubois Durand Fournier Garnier Haddad Lambert Lefèvre' +
      ' Marchand Moreau Petit Rousseau Simon',
    streets:
      'Avenue de la République|Boulevard Voltaire|Chemin des Vignes|Place du Marché' +
      "|Rue de l'Église|Rue des Lilas|Rue Pasteur|Rue Victor Hugo",
    cities:
      'Bordeaux/Gironde/330##|Lille/Nord/590##|Lyon/Rhône/6900#' +
      '|Nantes/Loire-Atlantique/440##|Paris/Paris/750##',
  },
  {
    code: 'ES',
    calling: '+34',
    street: 'S, N',
    first:
      'Álvaro Ana Begoña Carmen Diego Elena Íñigo Javier Lucía Marta Núria Pablo Rocío' + ' Sergio',
    last:
      'Álvarez Castro Domínguez Fernández García Gómez Ibáñez Jiménez Muñoz Navarro Ortega' +
      ' Peña Romero Sánchez',
    streets:
      'Avenida de América|Calle de Alcalá|Calle del Prado|Calle Mayor|Paseo de Gracia' +
      '|Plaza de España|Ronda Norte',
    cities:
      'Barcelona/Barcelona/080##|Madrid/Madrid/280##|Sevilla/Sevilla/410##' +
      '|Valencia/Valencia/460##',
  },
  {
    code: 'PL',
    calling: '+48',
    street: 'ul. S N',
    first:
      'Agnieszka Bartosz Celina Dawid Ewa Grażyna Jakub Katarzyna Łukasz Małgorzata Paweł' +
      ' Rafał Zofia Żaneta',
    last:
      'Błaszczyk Dąbrowski Grabowski Jabłoński Kamiński Kowalczyk Mazur Nowak Pawłowski' +
      ' Piotrowski Szymański Wójcik Zając Zieliński',
    streets: 'Długa|Krakowska|Leśna|Mickiewicza|Ogrodowa|Polna|Słowackiego|Szkolna',
    cities:
      'Gdańsk/pomorskie/80-###|Kraków/małopolskie/30-###|Łódź/łódzkie/90-###' +
      '|Warszawa/mazowieckie/00-###',
  },
  {
    code: 'BR',
    calling: '+55',
    street: 'S, N',
    first:
      'Adriana Bruno Caio Débora Eduardo Flávia Gustavo Helena João Larissa Mateus Patrícia' +
      ' Thiago Vitória',
    last:
      'Almeida Araújo Barbosa Cardoso Conceição Costa Fonseca Gonçalves Lima Oliveira' +
      ' Pereira Ribeiro Silva Souza',
    streets:
      'Avenida Atlântica|Avenida Paulista|Rua das Flores|Rua do Comércio|Rua São João' +
      '|Rua Sete de Setembro|Travessa da Paz',
    cities:
      'Curitiba/Paraná/80###-###|Recife/Pernambuco/50###-###' +
      '|Rio de Janeiro/Rio de Janeiro/20###-###|São Paulo/São Paulo/01###-###',
  },
  {
    code: 'IN',
    calling: '+91',
    street: 'N, S',
    first:
      'Aarav Ananya Deepak Divya Farhan Ishaan Kavya Lakshmi Meera Neha Rahul Sanjay Tara' +
      ' Vikram',
    last: 'Bose Chatterjee Desai Gupta Iyer Joshi Kapoor Khan Mehta Nair Rao Reddy Sharma Verma',
    streets:
      'Brigade Road|Gandhi Nagar|Hill Road|Lajpat Nagar|Linking Road|MG Road|Park Street' +
      '|Residency Road',
    cities:
      'Bengaluru/Karnataka/5600##|Chennai/Tamil Nadu/6000##|Kolkata/West Bengal/7000##' +
      '|Mumbai/Maharashtra/4000##',
  },
].map((country) => ({
  ...country,
  first: country.first.split(' '),
  last: country.last.split(' '),
  streets: country.streets.split('|'),
  cities: country.cities.split('|').map((city) => city.split('/')),
}));

export const COMPANY_WORDS = list(
  'Alpine|Beacon|Cobalt|Driftwood|Ember|Fieldstone|Granite|Harbour|Juniper|Kestrel|Lantern' +
    '|Meridian|Northgate|Orchard|Pinnacle|Redwood|Saffron|Tidewater|Willow',
);
export const COMPANY_TRADES = list(
  'Bakery|Bicycles|Books|Ceramics|Coffee|Consulting|Furniture|Gardens|Instruments|Logistics' +
    '|Outdoor|Print Works|Studio|Textiles|Wines',
);
export const NOTES = list(
  'Prefers to be called in the evening.|Allergic to nuts.|Asked for paper invoices.' +
    '|Leaves parcels with the neighbour on the left.|Moved house recently, check the address.' +
    '|Met at the trade fair.|Wants "gift wrapping" on every order.' +
    '|Deaf in one ear, writes rather than calls.',
);
export const GROUPS = list('VIP|Wholesale|Staff|Newsletter');
export const ATTRIBUTES = [
  ['Hat size', list('6 7/8|7|7 1/4|7 1/2|9')],
  ['Favourite colour', list('amber|blue|green|plum|red')],
  ['Shoe size', list('37|39|41|43|45')],
  ['Preferred language', list('de|en|es|fr|pl|pt')],
  ['Heard of us from', list('a friend|a market|a newspaper|a search')],
  ['Wants catalogue', list('no|yes')],
];
export const PURCHASES = list(
  'Breakfast for two|Gift card top-up|In-store purchase|Online order|Repair|Seasonal offer' +
    '|Workshop ticket',
);
// Name, stock number, price in cents.
export const PRODUCTS = [
  ['Canvas tote', 'BAG-014', 1850],
  ['Desk lamp', 'LMP-201', 6400],
  ['Espresso beans 1 kg', 'COF-100', 2795],
  ['Field notebook', 'NOT-032', 950],
  ['Linen shirt', 'SHT-077', 7900],
  ['Stoneware mug', 'MUG-005', 1600],
  ['Wool blanket', 'BLK-118', 12900],
];
export const CURRENCIES = {
  US: 'USD',
  GB: 'GBP',
  AU: 'AUD',
  DE: 'EUR',
  FR: 'EUR',
  ES: 'EUR',
  PL: 'PLN',
  BR: 'BRL',
  IN: 'INR',
};
export const ORDER_STATES = list('completed|completed|completed|shipped|refunded');
export const DOMAINS = list(
  'example.com|example.org|example.net|mail.example.com|shop.example.org',
);
