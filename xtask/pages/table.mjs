// One line per page: the worst of its views.

const IMPACTS = ['critical', 'serious', 'moderate', 'minor'];

/** The table of pages as text, columns aligned. */
export function table(pages, looks, problems) {
  const head = ['page', 'kind', 'status', 'kB', 'requests', 'ms', 'axe c/s/m/m', 'console', 'problems'];
  const rows = pages.map((page) => {
    const mine = looks.filter((l) => l.path === page.path);
    const worst = (of) => Math.max(0, ...mine.map(of));
    return [
      page.path, page.kind, mine[0]?.status ?? '-', (worst((l) => l.bytes) / 1000).toFixed(1), worst((l) => l.requests),
      worst((l) => l.loadMs), IMPACTS.map((i) => worst((l) => l.axe[i] ?? 0)).join('/'), worst((l) => l.consoleErrors.length),
      problems.filter((p) => p.page === page.path).length,
    ].map(String);
  });
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...all.map((row) => row[column].length)));
  return all
    .map((row) => row.map((cell, c) => (c < 2 ? cell.padEnd(widths[c]) : cell.padStart(widths[c]))).join('  '))
    .join('\n');
}
