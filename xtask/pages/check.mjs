#!/usr/bin/env node
// Opens the pages of a running portal in Chromium and says what is wrong with them.
// It finds the pages by itself (discover.mjs) and looks at each one on a phone and on a desktop, in light and
// in dark, with and without JavaScript (look.mjs); it also asks for the .json and .csv twins (twins.mjs).
// It refuses to know what a page should mean: only what every page owes its reader.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { openBrowser, VIEWS } from './browser.mjs';
import { discover } from './discover.mjs';
import { look } from './look.mjs';
import { table } from './table.mjs';
import { checkTwins } from './twins.mjs';

const HERE = dirname(fileURLToPath(import.meta.url));
const HELP = `node check.mjs BASE_URL OUT_DIR [PAGES_JSON] [flags]

  BASE_URL        for instance http://127.0.0.1:8080
  OUT_DIR         screenshots and report.json go here
  PAGES_JSON      what to look at (default: pages.json beside this file)

  --max-kb N      bytes on the wire of a page, all requests, in kB (default: max_kb of PAGES_JSON)
  --per-kind N    how many pages of each kind (default: per_kind of PAGES_JSON)
  --no-shots      no screenshots
  --chromium PATH browser (default: $CHROMIUM or /usr/bin/chromium)

Exit: 0 no problem, 1 problems, 2 wrong use or no browser.`;

function readArguments() {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        'max-kb': { type: 'string' },
        'per-kind': { type: 'string' },
        'no-shots': { type: 'boolean', default: false },
        chromium: { type: 'string', default: process.env.CHROMIUM || '/usr/bin/chromium' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    if (values.help) { console.log(HELP); process.exit(0); }
    if (positionals.length < 2 || positionals.length > 3) throw new Error('BASE_URL and OUT_DIR are needed');
    const [base, out, list = join(HERE, 'pages.json')] = positionals;
    const plan = JSON.parse(readFileSync(list, 'utf8'));
    if (values['max-kb']) { plan.max_kb = positive(values['max-kb'], '--max-kb'); plan.max_kb_of_kind = {}; }
    if (values['per-kind']) plan.per_kind = positive(values['per-kind'], '--per-kind');
    return { base: new URL(base), out: resolve(out), plan, shots: !values['no-shots'], chromium: values.chromium };
  } catch (error) {
    console.error(`${error.message}\n\n${HELP}`);
    process.exit(2);
  }
}

function positive(text, flag) {
  const number = Number(text);
  if (!(number > 0)) throw new Error(`${flag} needs a number above zero, not ${text}`);
  return number;
}

const { base, out, plan, shots, chromium } = readArguments();
mkdirSync(out, { recursive: true });
const started = performance.now();
const problems = [];
const say = (page, view, text) => problems.push({ page, view, text });

const found = await discover(base, plan, say);

let browser;
try {
  browser = await openBrowser(chromium);
} catch (error) {
  console.error(`the browser did not start: ${String(error.message).split('\n')[0]}`);
  process.exit(2);
}
const looks = [];
try {
  // Two views at a time: more only waits for the processor on a machine of two cores.
  const queue = [...VIEWS];
  const worker = async () => {
    for (let view = queue.shift(); view; view = queue.shift()) {
      const context = await browser.newContext(view.options);
      const still = await browser.newContext({ ...view.options, javaScriptEnabled: true });
      for (const page of found.pages) looks.push(await look({ context, still }, base, page, view, plan, shots ? out : null));
      await still.close();
      await context.close();
    }
  };
  await Promise.all([worker(), worker()]);
} finally {
  await browser.close();
}
for (const seen of looks) for (const text of seen.problems) say(seen.path, seen.view, text);

// Without JavaScript a page must say what it says with it: at least nine tenths of its words.
for (const seen of looks.filter((l) => !l.scripts)) {
  const scripted = looks.find((l) => l.path === seen.path && l.scripts && `${l.view} no-js` === seen.view);
  if (scripted && seen.words < 0.9 * scripted.words) {
    say(seen.path, seen.view, `without JavaScript ${seen.words} words are shown, with it ${scripted.words}`);
  }
}
const twins = await checkTwins(base, plan, found, say);

writeFileSync(join(out, 'report.json'), `${JSON.stringify({ pages: found.pages, looks, twins, problems }, null, 1)}\n`);
const lines = grouped(problems);
console.log(table(found.pages, looks, lines));
for (const { page, text, where } of lines) console.log(`  ${page}: ${text}${where}`);
console.log(`twins and files asked for: ${twins.length}; links asked for: ${found.links_asked}`);
console.log(`each page in ${VIEWS.length} views: ${VIEWS.map((v) => v.name).join(', ')}`);
console.log(`${found.pages.length} pages checked, ${lines.length} problems, ${Math.round((performance.now() - started) / 1000)} s; screenshots and report.json in ${out}`);
process.exit(problems.length ? 1 : 0);

/** The same fault seen in several views of a page is one problem that names the views. */
function grouped(list) {
  const lines = new Map();
  for (const { page, view, text } of list) {
    const line = lines.get(`${page}\n${text}`) ?? { page, text, views: [] };
    if (view) line.views.push(view);
    lines.set(`${page}\n${text}`, line);
  }
  return [...lines.values()].map(({ page, text, views }) => ({ page, text, where: whereSeen(views) }));
}

function whereSeen(views) {
  if (!views.length) return '';
  return views.length === VIEWS.length ? ' (every view)' : ` (${views.join('; ')})`;
}
