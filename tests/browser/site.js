/*
 * site - opens every page of a site in a real browser
 *
 *   node site.js SITE STATS TOOL SHIFT SHOTS
 *
 * Checks for each page: nothing on the console, no request to anywhere but the
 * files of the site, no broken link, no text that lies over other text or is cut
 * off, nothing wider than a phone, no violation that axe-core finds, in light and
 * dark. Clicks from the overview to a channel, a stream and back, changes the
 * week, and holds figures on the pages against the JSON reports. SHIFT is the page of
 * a stream of two hours from 02:00 on, after one of which the clock is set back: the
 * clock under the pointer is, too. Pictures of the main pages go to SHOTS. Speaks TAP.
 */
'use strict';
const fs = require('fs'), path = require('path');
const { pathToFileURL, fileURLToPath } = require('url');
const { execFileSync } = require('child_process');
const puppeteer = require('puppeteer-core');
const axe = fs.readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

const [site, stats, tool, shift, shots] = process.argv.slice(2);
let n = 0, failed = 0;

function ok(good, name, why) {
	console.log(`${good ? 'ok' : 'not ok'} ${++n} - ${name}`);
	if (!good) {
		failed++;
		for (const line of [].concat(why ?? []).slice(0, 10))
			console.log(`# ${line}`);
	}
}

function files(dir) {
	return fs.readdirSync(dir, { withFileTypes: true }).flatMap((e) => {
		const p = path.join(dir, e.name);
		return e.isDirectory() ? files(p) : [p];
	});
}

const report = (...args) => JSON.parse(execFileSync(tool,
	[...args, '--format', 'json', stats], { maxBuffer: 1 << 28 }));
const thousands = (v, d) => v.toLocaleString('en-US',
	{ minimumFractionDigits: d, maximumFractionDigits: d });

/* Boxes of text that overlap, and text that is cut off. */
function clashes() {
	const boxes = [], bad = [];
	const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
	for (let t; (t = walk.nextNode());) {
		const e = t.parentElement, s = getComputedStyle(e);
		if (t.data.trim() === '' || e.closest('script,style,title,.skip') ||
			s.visibility === 'hidden' || !e.checkVisibility())
			continue;
		const r = document.createRange();
		r.selectNodeContents(t);
		for (const b of r.getClientRects())
			if (b.width > 1 && b.height > 1)
				boxes.push({ b, t: t.data.trim().slice(0, 40), e });
	}
	boxes.sort((x, y) => x.b.top - y.b.top);
	for (let i = 0; i < boxes.length; i++)
		for (let k = i + 1; k < boxes.length &&
			boxes[k].b.top < boxes[i].b.bottom - 3; k++) {
			const x = boxes[i].b, y = boxes[k].b;
			if (boxes[i].e.contains(boxes[k].e) && boxes[i].e !== boxes[k].e)
				continue;
			if (Math.min(x.right, y.right) - Math.max(x.left, y.left) > 2 &&
				Math.min(x.bottom, y.bottom) - Math.max(x.top, y.top) > 4)
				bad.push(`"${boxes[i].t}" over "${boxes[k].t}"`);
		}
	const wide = document.documentElement.scrollWidth -
		document.documentElement.clientWidth;
	if (wide > 0)
		bad.push(`${wide} pixels wider than the window`);
	return bad;
}

(async () => {
	const browser = await puppeteer.launch({
		executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
		args: ['--no-sandbox', '--disable-gpu', '--disable-sync',
			'--disable-background-networking', '--disable-component-update',
			'--allow-file-access-from-files'],
	});
	const page = await browser.newPage();
	let said = [], asked = [];
	page.on('console', (m) => said.push(m.text()));
	page.on('pageerror', (e) => said.push(String(e)));
	const root = pathToFileURL(path.resolve(site)).href + '/';
	page.on('request', (r) => {
		if (!r.url().startsWith(root) && !r.url().startsWith('data:'))
			asked.push(r.url());
	});
	page.on('requestfailed', (r) => said.push('failed: ' + r.url()));

	const pages = files(site).filter((f) => f.endsWith('.html'));
	const broken = [], over = [], rules = [], titles = new Set();
	/* Every page is opened; the slow checks take a sample of the streams. */
	const slow = new Set(pages.filter((f, i) =>
		!f.includes('/stream/') || i % 20 === 0));
	for (const file of pages) {
		await page.setViewport({ width: 1280, height: 900 });
		await page.goto(pathToFileURL(file).href);
		titles.add(await page.title());
		const links = await page.$$eval('a[href]', (a) => a.map((x) => x.href));
		for (const l of new Set(links)) {
			const u = new URL(l);
			if (u.protocol !== 'file:') {
				broken.push(`${file}: ${l}`);
				continue;
			}
			const target = fileURLToPath(u.origin + u.pathname === 'null' ?
				l : 'file://' + u.pathname);
			if (!fs.existsSync(target))
				broken.push(`${file}: ${l}`);
			else if (u.hash && target === path.resolve(file) &&
				!(await page.$(u.hash)))
				broken.push(`${file}: ${l}`);
		}
		if (!slow.has(file))
			continue;
		for (const width of [1280, 390]) {
			await page.setViewport({ width, height: 900 });
			for (const bad of await page.evaluate(clashes))
				over.push(`${path.relative(site, file)} at ${width}: ${bad}`);
		}
		for (const value of ['light', 'dark']) {
			await page.emulateMediaFeatures(
				[{ name: 'prefers-color-scheme', value }]);
			await page.evaluate(axe);
			const found = await page.evaluate(() => axe.run(document,
				{ resultTypes: ['violations'] }));
			for (const v of found.violations)
				rules.push(`${path.relative(site, file)} ${value}: ${v.id}: ` +
					`${v.help}: ${v.nodes[0].html.slice(0, 100)}`);
		}
	}
	ok(pages.length > 20, `${pages.length} pages`);
	ok(said.length === 0, 'nothing on the console', said);
	ok(asked.length === 0, 'no request to anywhere', asked);
	ok(broken.length === 0, 'no broken link', broken);
	ok(over.length === 0, 'no text over another, none too wide', over);
	ok(rules.length === 0, 'axe-core finds nothing, light and dark', rules);
	ok(titles.size === pages.length, 'every page has its own title');

	/* Index, channel, stream, back; another week. */
	await page.setViewport({ width: 1280, height: 900 });
	await page.emulateMediaFeatures([]);
	const click = async (selector) => Promise.all(
		[page.waitForNavigation(), page.click(selector)]);
	const here = () => path.relative(path.resolve(site),
		fileURLToPath(page.url()));
	await page.goto(root + 'index.html');
	await click('main a[href^="channel/"]');
	ok(here().startsWith('channel/'), `index to a channel: ${here()}`);
	const channel = here();
	await click('main tbody a');
	ok(here().startsWith('stream/'), `to a stream: ${here()}`);
	await page.goBack();
	ok(here() === channel, 'and back');
	await click('nav a[href*="week/"]');
	const week = here();
	await page.click('nav details:nth-of-type(2) summary');
	await click('nav details[open] li:nth-child(2) a');
	ok(here().startsWith('week/') && here() !== week, `another week: ${here()}`);
	await page.goto(root + 'index.html');
	await page.focus('nav summary');
	await page.keyboard.press('Enter');
	ok(await page.$('nav details[open]') !== null, 'a picker by keyboard');
	await page.keyboard.press('Escape');
	ok(await page.$('nav details[open]') === null, 'and away again');

	/* Figures beside the JSON. */
	const wrong = [];
	let same = 0;
	const compare = (got, want, what) => {
		if (got.trim() === want)
			same++;
		else
			wrong.push(`${what}: ${got}, not ${want}`);
	};
	const names = fs.readdirSync(path.join(site, 'channel'))
		.map((f) => f.replace('.html', ''));
	for (const name of names) {
		const h = report('history', name);
		await page.goto(root + `channel/${name}.html`);
		const tiles = await page.$$eval('.tile b', (t) =>
			t.map((x) => x.textContent));
		compare(tiles[0], thousands(h.sum.viewers_max, 0), name + ' viewers_max');
		compare(tiles[1], thousands(h.sum.messages_max, 0), name + ' messages_max');
		compare(tiles[2], thousands(h.sum.viewers_avg, 1), name + ' viewers_avg');
		const s = report('stream', name, h.streams[0].stream_id);
		await page.goto(root + `stream/${name}.${s.stream_id}.html`);
		for (const [key, d] of [['messages', 0], ['chatters', 0],
			['viewers_max', 0], ['hours_watched', 1], ['subs', 0]])
			compare(await page.$eval(`td[data-key=${key}]`, (x) =>
				x.textContent), thousands(s[key] ?? 0, d), `${name} ${key}`);
	}
	ok(wrong.length === 0 && same >= 20, `${same} figures equal the JSON`, wrong);

	/* The clock under the pointer. */
	const clock = async (share) => {
		const box = await (await page.$('.plot')).boundingBox();
		await page.mouse.move(box.x + box.width * share, box.y + 20);
		return page.$eval('.read', (x) => x.textContent.slice(0, 5));
	};
	await page.goto(pathToFileURL(shift).href);
	const clocks = [await clock(0.252), await clock(0.452), await clock(0.752)];
	ok(clocks.join(' ') === '02:30 02:54 02:30', `the clock is set back: ${clocks}`);
	await page.goto(root + channel);
	await click('main tbody a');
	const [from, to] = await page.$eval('.chart', (x) =>
		[+x.dataset.from, +x.dataset.to]);
	const middle = new Date((from + to) / 2).toISOString().slice(11, 15);
	ok((await clock(0.5)).startsWith(middle), `in UTC it is not: ${middle}`);

	/* Without the script all numbers are there, too. */
	await page.setJavaScriptEnabled(false);
	const r = await browser.newPage();
	await r.setJavaScriptEnabled(false);
	await r.goto(root + 'index.html');
	ok((await r.$$('main td')).length > 20, 'numbers without a script');
	await r.close();
	await page.setJavaScriptEnabled(true);

	if (shots) {
		fs.mkdirSync(shots, { recursive: true });
		const some = ['index.html', 'live.html', channel, week,
			'stream/' + fs.readdirSync(path.join(site, 'stream'))[2]];
		for (const f of some)
			for (const width of [1280, 390])
				for (const value of ['light', 'dark']) {
					await page.setViewport({ width, height: 900 });
					await page.emulateMediaFeatures(
						[{ name: 'prefers-color-scheme', value }]);
					await page.goto(root + f);
					await page.screenshot({ fullPage: true, path: path.join(shots,
						f.split('/')[0].replace('.html', '') +
						`-${width}-${value}.png`) });
				}
	}
	await browser.close();
	console.log(`1..${n}`);
	process.exit(failed > 0 ? 1 : 0);
})().catch((e) => {
	console.error(e);
	process.exit(1);
});
