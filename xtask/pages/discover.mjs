// Finds the pages: from the start pages along links of the same site, a few of each kind, and asks every other
// link it saw whether it answers. It reads the HTML as sent, so what only a script would add is not found.

const DATA = /\.(json|csv)$/;

/** The kind of a page: its language and the first part of its path, "es:comparar". */
export function kindOf(path, plan) {
  const pathname = path.split(/[?#]/)[0];
  const prefix = Object.keys(plan.languages).filter((p) => p !== '/').find((p) => pathname === p || pathname.startsWith(`${p}/`));
  const rest = prefix ? pathname.slice(prefix.length) : pathname;
  return `${plan.languages[prefix ?? '/']}:${rest.split('/')[1] ?? ''}`;
}

/** Links of a page as sent: every href of `a` and `link`, as URLs, entities decoded. */
function linksOf(html, url) {
  const links = [];
  for (const [, tag, attributes] of html.replace(/<!--[\s\S]*?-->/g, '').matchAll(/<(a|link)\s([^>]*)>/g)) {
    const href = attributes.match(/(?:^|\s)href="([^"]*)"/)?.[1];
    if (href === undefined || (tag === 'link' && !/rel="(alternate|canonical)"/.test(attributes))) continue;
    try {
      links.push(new URL(href.replaceAll('&amp;', '&').replaceAll('&#38;', '&'), url));
    } catch {
      links.push(null);
    }
  }
  return links;
}

/**
 * The pages to look at, each `{ path, want, kind, lang, twins }`; `files` are links that are no page.
 * Broken links and links that cannot be read are said as problems.
 */
export async function discover(base, plan, say) {
  const pages = [];
  const files = [];
  const counted = new Map();
  const asked = new Map();
  const queue = [...plan.start, ...plan.always].map((path) => ({ path, from: 'pages.json', forced: true }));
  const seen = new Set(queue.map((q) => q.path));

  while (queue.length) {
    const { path, from, forced } = queue.shift();
    const kind = kindOf(path, plan);
    const wanted = forced || ((counted.get(kind) ?? 0) < plan.per_kind && pages.length < plan.max_pages);
    if (!wanted && asked.size >= plan.max_links) continue;
    const answer = await ask(new URL(path, base));
    asked.set(path, answer.status);
    if (answer.status >= 400 || answer.status === 0) {
      say(path, '', `answers ${answer.status || answer.failure}, linked from ${from}`);
      continue;
    }
    if (!answer.type.startsWith('text/html')) {
      files.push({ path, from, type: answer.type });
      continue;
    }
    if (!wanted) continue;
    const final = answer.path;
    if (pages.some((p) => p.path === final)) continue;
    if (final !== path) seen.add(final);
    counted.set(kind, (counted.get(kind) ?? 0) + 1);
    const page = { path: final, want: 200, kind, lang: kind.split(':')[0], twins: [] };
    pages.push(page);
    for (const link of linksOf(answer.body, new URL(final, base))) {
      if (!link) { say(final, '', 'a link is not an address'); continue; }
      if (link.origin !== base.origin) continue;
      const next = link.pathname + link.search;
      if (DATA.test(link.pathname)) page.twins.push(next);
      if (link.hash && next === final && link.hash !== '#' && !answer.body.includes(`id="${decodeURIComponent(link.hash.slice(1))}"`)) {
        say(final, '', `the link ${link.hash} leads nowhere on the page`);
      }
      if (!seen.has(next)) { seen.add(next); queue.push({ path: next, from: final, forced: false }); }
    }
  }
  for (const path of plan.not_found) {
    pages.push({ path, want: 404, kind: 'not found', lang: kindOf(path, plan).split(':')[0], twins: [] });
  }
  return { pages, files, links_asked: asked.size };
}

/** One request, redirects followed within the site; the body only of HTML. */
export async function ask(url, hops = 5) {
  try {
    const response = await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(30_000) });
    const location = response.headers.get('location');
    if (response.status >= 300 && response.status < 400 && location && hops > 0) {
      const next = new URL(location, url);
      await response.body?.cancel();
      if (next.origin === url.origin) return ask(next, hops - 1);
      return { status: 0, failure: `a redirect to ${next.origin}`, type: '', body: '', path: url.pathname };
    }
    const type = response.headers.get('content-type') ?? '';
    let body = '';
    if (/^(text|application\/json)/.test(type)) body = await response.text();
    else await response.body?.cancel();
    return { status: response.status, type, body, path: url.pathname + url.search };
  } catch (error) {
    return { status: 0, failure: `nothing (${error.message})`, type: '', body: '', path: url.pathname };
  }
}
