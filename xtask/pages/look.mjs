// One page in one view: what it weighs, what it says about itself, what axe and the console complain of.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
// 320 px: the width that WCAG 1.4.10 asks a page to fit in without sideways scrolling.
const NARROWEST = 320;
// A page of a server on the same machine that needs longer is broken, not slow.
const PATIENCE_MS = 30_000;

/**
 * Looks at `page` and returns its figures and its problems; takes a screenshot into `out` unless it is null.
 * `context` is the view's own; `still` is the same view with scripts on, where axe runs for a view without them.
 */
export async function look({ context, still }, base, { path, want, kind, lang }, view, plan, out) {
  const url = new URL(path, base).href;
  const seen = { path, view: view.name, scripts: view.scripts, status: 0, bytes: 0, requests: 0, loadMs: 0, words: 0,
    axe: {}, consoleErrors: [], offsite: [], problems: [] };
  const problem = (text) => seen.problems.push(text);
  const page = await context.newPage();
  // Closing the page ends whatever waits on it, so a page that hangs is a problem and not the end of the check.
  const guard = setTimeout(() => { problem('took too long'); page.close().catch(() => {}); }, 2 * PATIENCE_MS);
  try {
    const stopCounting = await count(context, page, base, url, want, seen);
    const start = performance.now();
    const response = await page.goto(url, { waitUntil: 'load', timeout: PATIENCE_MS });
    seen.status = response?.status() ?? 0;
    seen.loadMs = Math.round(performance.now() - start);
    // A page that has scripts may ask for more after it has loaded.
    if (view.scripts && await page.evaluate(() => document.scripts.length > 0)) {
      await page.waitForLoadState('networkidle', { timeout: 5_000 }).catch(() => {});
    }
    stopCounting();
    // Without JavaScript a page that sends no script is the same page: no second picture, and axe need not look twice.
    const isAnother = view.scripts || /<script/i.test(await response.text());
    if (out && isAnother) {
      await page.screenshot({ path: join(out, `${slug(path)}--${view.name.replaceAll(' ', '-')}.png`), fullPage: true });
    }

    const facts = await page.evaluate(readPage);
    seen.words = facts.words;
    if (seen.status !== want) problem(`answers ${seen.status}, not ${want}`);
    if (!facts.lang?.startsWith(lang)) problem(`html lang is ${facts.lang || 'missing'}, not ${lang}`);
    if (!facts.title) problem('has no title');
    if (facts.headings !== 1) problem(`has ${facts.headings} h1, not one`);
    const must = plan.must_say?.[lang];
    if (must && !facts.text.toLowerCase().includes(must)) problem(`does not say “${must}…” anywhere`);
    const allowed = plan.max_kb_of_kind?.[kind] ?? plan.max_kb;
    if (seen.bytes > allowed * 1000) problem(`weighs ${(seen.bytes / 1000).toFixed(1)} kB, above ${allowed} kB`);
    if (seen.requests > plan.max_requests) problem(`makes ${seen.requests} requests, above ${plan.max_requests}`);
    for (const address of new Set(seen.offsite)) problem(`asks another site: ${address}`);
    for (const text of new Set(seen.consoleErrors)) problem(`console: ${text}`);

    await fits(page, view, problem);
    const subject = view.scripts ? page : isAnother && await stillCopy(still, url, response, page);
    for (const rule of subject ? await axe(subject) : []) {
      seen.axe[rule.impact] = (seen.axe[rule.impact] ?? 0) + 1;
      if (rule.impact !== 'minor') problem(`axe ${rule.impact}: ${rule.id}, ${rule.help}, at ${rule.where}`);
    }
  } catch (error) {
    problem(`could not be looked at: ${String(error.message).split('\n')[0]}`);
  }
  clearTimeout(guard);
  await page.close().catch(() => {});
  return seen;
}

/**
 * The page as it stands without scripts, in a context where axe itself can run: the same bytes under a policy that
 * forbids every script of the page, with its `noscript` parts shown.
 */
async function stillCopy(still, url, response, page) {
  const html = (await response.text()).replaceAll(/<(\/?)noscript>/g, '<$1div>');
  const copy = await still.newPage();
  page.once('close', () => copy.close().catch(() => {}));
  await copy.route(url, (route) => route.fulfill({
    status: 200,
    headers: { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': "script-src 'none'" },
    body: html,
  }));
  await copy.goto(url, { waitUntil: 'load', timeout: PATIENCE_MS });
  return copy;
}

/** Counts requests, bytes and console errors of the page's load; the function returned ends the count. */
async function count(context, page, base, url, want, seen) {
  const network = await context.newCDPSession(page);
  await network.send('Network.enable');
  await network.send('Network.setCacheDisabled', { cacheDisabled: true });
  const mine = new Set();
  let counting = true;
  network.on('Network.requestWillBeSent', ({ requestId, request }) => {
    if (!counting || !/^(https?|wss?):/.test(request.url)) return;
    if (!mine.has(requestId)) { mine.add(requestId); seen.requests += 1; }
    if (new URL(request.url).origin !== base.origin) seen.offsite.push(request.url);
  });
  network.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    if (counting && mine.has(requestId)) seen.bytes += Math.round(encodedDataLength);
  });
  page.on('console', (message) => {
    // The browser itself logs the status of a page that is meant to answer 404.
    const expected = want >= 400 && message.location().url === url && /status of \d{3}/.test(message.text());
    if (counting && message.type() === 'error' && !expected) seen.consoleErrors.push(message.text().slice(0, 300));
  });
  page.on('pageerror', (error) => { if (counting) seen.consoleErrors.push(`uncaught: ${String(error.message).slice(0, 300)}`); });
  return () => { counting = false; };
}

/** Runs inside the page. */
function readPage() {
  const text = document.body?.innerText ?? '';
  return {
    lang: document.documentElement.lang,
    title: document.title.trim(),
    headings: document.querySelectorAll('h1').length,
    text,
    words: text.split(/\s+/).filter(Boolean).length,
  };
}

/** Sideways scrolling at the view's own width and, on a phone, at the narrowest width. */
async function fits(page, view, problem) {
  const own = view.options.viewport;
  const widths = view.phone ? [own.width, NARROWEST] : [own.width];
  for (const width of widths) {
    if (width !== own.width) await page.setViewportSize({ width, height: own.height });
    const size = await page.evaluate(() => ({
      inner: document.documentElement.clientWidth,
      content: document.documentElement.scrollWidth,
    }));
    // A phone without a viewport tag lays the page out at 980 px and shows it in miniature.
    if (size.inner > width) problem(`is laid out ${size.inner} px wide on a screen of ${width} px`);
    if (size.content > size.inner) problem(`scrolls sideways at ${width} px: ${size.content - size.inner} px too wide`);
    if (width !== own.width) await page.setViewportSize(own);
  }
}

/** The rules of axe that the page breaks, the first places of each. */
async function axe(page) {
  await page.evaluate(AXE);
  const result = await page.evaluate((values) => window.axe.run(document, {
    runOnly: { type: 'tag', values },
    resultTypes: ['violations'],
  }), RULES);
  return result.violations.map(({ id, impact, help, nodes }) => ({
    id, help, impact: impact ?? 'minor', where: nodes.slice(0, 3).map((n) => n.target.join(' ')).join(', '),
  }));
}

function slug(path) {
  return (path.replace(/^\/+|\/+$/g, '').replace(/[^a-zA-Z0-9._-]+/g, '_') || 'home').slice(0, 80);
}
