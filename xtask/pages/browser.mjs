// How the browser is started, and the eight ways each page is looked at.
import { chromium } from 'playwright-core';

const SIZES = [
  { name: 'phone', viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true, deviceScaleFactor: 2 },
  { name: 'desktop', viewport: { width: 1280, height: 800 }, deviceScaleFactor: 1 },
];

/** Phone and desktop, light and dark, with and without JavaScript. */
export const VIEWS = SIZES.flatMap(({ name, ...size }) => ['light', 'dark'].flatMap((colorScheme) => [true, false].map((scripts) => ({
  name: `${name} ${colorScheme}${scripts ? '' : ' no-js'}`,
  phone: name === 'phone',
  scripts,
  options: {
    ...size,
    colorScheme,
    javaScriptEnabled: scripts,
    locale: 'es-MX',
    timezoneId: 'America/Mexico_City',
    serviceWorkers: 'block',
  },
}))));

/** Starts Chromium in a new profile of its own, which playwright removes at the end. */
export function openBrowser(executablePath) {
  return chromium.launch({
    executablePath,
    headless: true,
    args: [
      '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
      '--disable-component-update', '--disable-sync',
      // A request to anywhere else is counted as a problem, and also goes nowhere.
      '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost',
    ],
  });
}
