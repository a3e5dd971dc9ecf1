// The same page as data: every page names a .json and a .csv twin, and each answers with its own content type.
import { ask } from './discover.mjs';

const TYPES = { json: 'application/json', csv: 'text/csv' };

/** Asks for the twins of every page; returns what was asked, and says what is missing or wrong. */
export async function checkTwins(base, plan, found, say) {
  const asked = [];
  for (const page of found.pages.filter((p) => p.want === 200)) {
    for (const [ending, type] of Object.entries(TYPES)) {
      const twins = page.twins.filter((t) => t.split('?')[0].endsWith(`.${ending}`));
      if (!twins.length) {
        if (!plan.without_twins.includes(page.kind)) say(page.path, '', `links to no .${ending} twin`);
        continue;
      }
      for (const twin of twins.slice(0, 2)) {
        if (asked.some((a) => a.path === twin)) continue;
        const answer = await ask(new URL(twin, base));
        asked.push({ path: twin, of: page.path, status: answer.status, type: answer.type });
        if (answer.status !== 200) say(page.path, '', `its twin ${twin} answers ${answer.status}`);
        else if (!answer.type.startsWith(type)) say(page.path, '', `its twin ${twin} is ${answer.type || 'of no type'}, not ${type}`);
        else if (!answer.body.trim()) say(page.path, '', `its twin ${twin} is empty`);
        else if (ending === 'json' && !parses(answer.body)) say(page.path, '', `its twin ${twin} is not JSON`);
      }
    }
  }
  return asked;
}

function parses(text) {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
