// Makes the pages that the server shows at /docs/ of the project's documents:
//
//   node documents.mjs DOCS OUT
//
// For each DOCS/**/NAME.md: NAME.md as it is and NAME.html; besides documents.css, llms.txt (every
// page with its first sentence) and llms-full.txt (all of them, one behind the other); each with a
// compressed copy, NAME.gz. A link that leads nowhere ends this with an error.
import fs from 'node:fs';
import path from 'node:path';
import zlib from 'node:zlib';
import {Marked} from 'marked';

const [, , docs, out] = process.argv;

function listPages(folder = '') {
  return fs
    .readdirSync(path.join(docs, folder), {withFileTypes: true})
    .flatMap((entry) => {
      const name = path.posix.join(folder, entry.name);
      if (entry.isDirectory()) return listPages(name);
      return entry.name.endsWith('.md') ? [name] : [];
    })
    .sort();
}

const pages = new Map(listPages().map((name) => [name, {name, text: fs.readFileSync(path.join(docs, name), 'utf8')}]));

/** "Before you back up" -> "before-you-back-up", as code hosts make it. */
export function slugOf(heading) {
  return heading
    .toLowerCase()
    .replace(/<[^>]*>/g, '')
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replace(/\s/g, '-');
}

const plain = (text) => text.replace(/`|\*\*|\[([^\]]*)\]\([^)]*\)/g, '$1');
const escape = (text) =>
  text.replace(/[&<>"]/g, (c) => ({'&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;'})[c]);

// A page's title, the anchors in it, and its first sentence.
for (const page of pages.values()) {
  const prose = page.text.replace(/^```[\s\S]*?^```/gm, '');
  page.title = plain(/^# (.+)$/m.exec(prose)?.[1] ?? page.name);
  page.anchors = new Set([...prose.matchAll(/^#{1,6} (.+)$/gm)].map((match) => slugOf(match[1])));
  const paragraph = prose
    .replace(/^#.*$/gm, '')
    .split(/\n\s*\n/)
    .map((block) => block.trim())
    .find((block) => block !== '' && !/^[|<\-*>]/.test(block));
  page.summary = plain((paragraph ?? '').replace(/\s+/g, ' ')).replace(/^(.+?\.)( .*)?$/, '$1');
}

// Where a page is served: "cli.md" at /docs/cli, a folder's README.md at the folder.
const addressOf = (name) => `/docs/${name.replace(/(^|\/)README\.md$/, '$1').replace(/\.md$/, '')}`;

const faults = [];
function resolve(from, href) {
  if (/^[a-z]+:/.test(href)) return href;
  const [file, anchor] = href.split('#');
  let name = file === '' ? from : path.posix.join(path.posix.dirname(from), file);
  if (!pages.has(name)) name = path.posix.join(name, 'README.md');
  const page = pages.get(name);
  if (page === undefined || (anchor !== undefined && !page.anchors.has(anchor))) {
    faults.push(`${from}: the link ${href} leads nowhere`);
    return href;
  }
  return addressOf(name) + (anchor === undefined ? '' : `#${anchor}`);
}

function renderBody(page) {
  const marked = new Marked({gfm: true});
  marked.use({
    renderer: {
      html: ({text}) => (/^\s*<!--[\s\S]*-->\s*$/.test(text) ? '' : escape(text)),
      heading({tokens, depth, text}) {
        return `<h${depth} id="${escape(slugOf(text))}">${this.parser.parseInline(tokens)}</h${depth}>\n`;
      },
      code: ({text}) => `<pre tabindex="0"><code>${escape(text)}</code></pre>\n`,
      link({href, tokens}) {
        return `<a href="${escape(resolve(page.name, href))}">${this.parser.parseInline(tokens)}</a>`;
      },
      table(token) {
        const cells = (row, tag) =>
          `<tr>${row.map((cell) => `<${tag}>${this.parser.parseInline(cell.tokens)}</${tag}>`).join('')}</tr>`;
        const rows = token.rows.map((row) => cells(row, 'td')).join('\n');
        return `<div class="table" tabindex="0" role="group" aria-label="Table"><table><thead>${cells(token.header, 'th')}</thead>
<tbody>${rows}</tbody></table></div>\n`;
      },
    },
  });
  return marked.parse(page.text);
}

const link = (name, here) =>
  `<li><a href="${addressOf(name)}"${name === here ? ' aria-current="page"' : ''}>${escape(pages.get(name).title)}</a></li>`;

function renderPage(page) {
  const top = [...pages.keys()].filter((name) => !name.includes('/') && name !== 'README.md');
  const folder = path.posix.dirname(page.name);
  const beside = folder === '.' ? [] : [...pages.keys()].filter((name) => path.posix.dirname(name) === folder);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(page.title)} - Oubli</title>
<link rel="stylesheet" href="/docs/documents.css">
<link rel="alternate" type="text/markdown" href="/docs/${page.name}">
</head>
<body>
<header><a href="/docs/">Oubli</a> <a href="/docs/${page.name}">this page as Markdown</a></header>
<div class="columns">
<nav aria-label="Documents"><ul>
${top.map((name) => link(name, page.name)).join('\n')}
</ul>${beside.length > 0 ? `<h2>${escape(folder)}</h2><ul>${beside.map((name) => link(name, page.name)).join('\n')}</ul>` : ''}</nav>
<main>
${renderBody(page)}</main>
</div>
</body>
</html>
`;
}

function write(name, text) {
  const file = path.join(out, name);
  fs.mkdirSync(path.dirname(file), {recursive: true});
  fs.writeFileSync(file, text);
  fs.writeFileSync(`${file}.gz`, zlib.gzipSync(text, {level: 9}));
}

for (const page of pages.values()) {
  write(page.name, page.text);
  write(page.name.replace(/\.md$/, '.html'), renderPage(page));
}
write('documents.css', fs.readFileSync(new URL('documents.css', import.meta.url), 'utf8'));

const start = pages.get('README.md');
const lines = [...pages.values()]
  .filter((page) => page !== start)
  .map((page) => `- [${page.title}](/docs/${page.name}): ${page.summary}`);
write('llms.txt', `# ${start.title}\n\n> ${start.summary}\n\n## Documents\n\n${lines.join('\n')}\n`);
const whole = [...pages.values()].map((page) => `<!-- /docs/${page.name} -->\n\n${page.text.trim()}\n`);
write('llms-full.txt', whole.join('\n\n'));

// Whoever begins at the first page finds every other.
for (const name of pages.keys()) {
  const index = path.posix.join(path.posix.dirname(name), 'README.md');
  const from = pages.get(index) ?? start;
  const wanted = from === start ? name : path.posix.basename(name);
  if (name !== from.name && !from.text.includes(`](${wanted}`) && !/^decisions\//.test(name)) {
    faults.push(`${from.name} does not lead to ${name}`);
  }
}
if (faults.length > 0) {
  console.error(faults.join('\n'));
  process.exit(1);
}
