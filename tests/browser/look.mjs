// Shows the cost view in a real Chromium, as a host would, and prints what was seen as JSON.
//
//   node look.mjs FOLDER     FOLDER/given.json holds the page and real results of the server
//
// Screenshots are written beside it. Nothing is judged here: the tests do that.

import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { join } from "node:path";
import { chromium } from "playwright-core";

const folder = process.argv[2];
const given = JSON.parse(readFileSync(join(folder, "given.json"), "utf-8"));
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf-8");
const hostPage = readFileSync(new URL("host.html", import.meta.url), "utf-8");
const first = { arguments: { period: "all" }, result: given.whole.all };

// Whatever the browser asks of anyone, this machine included, comes to this proxy and ends here.
// What Chromium asks for itself, without any page, is left out of the record.
const OWN = /^(http:\/\/)?[a-z0-9-]+\.(google|googleapis|gvt1)\.com[:/]/;
const asked = [];
const note = (request, response) => {
  if (!OWN.test(request.url)) asked.push(request.url);
  response.end();
};
const proxy = createServer(note).on("connect", note).listen(0, "127.0.0.1");
await once(proxy, "listening");

const browser = await chromium.launch({
  executablePath: given.chromium,
  proxy: { server: `http://127.0.0.1:${proxy.address().port}`, bypass: "<-loopback>" },
  // A frame in a process of its own does not tell its requests to Playwright: ours is not isolated.
  args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-features=IsolateSandboxedIframes"],
});

/** One host with the view in it; `look` is what the test wants to know. */
const scene = async ({ theme = "light", width = 800, media = {}, lenient = false, ...shown }, look) => {
  const context = await browser.newContext({ colorScheme: theme, viewport: { width, height: 900 }, ...media });
  const announced = [], complaints = [], before = asked.length;
  context.on("request", request => announced.push(request.url()));
  context.on("console", message => message.type() === "error" && complaints.push(message.text()));
  context.on("weberror", error => complaints.push(String(error.error())));
  const page = await context.newPage();
  await page.setContent(lenient ? hostPage.replace(/<meta http-equiv.*>/, "") : hostPage);
  await page.evaluate(what => host.show(what), { html: given.html, context: { theme }, first, answers: given.whole, ...shown });
  const frame = await (await page.waitForSelector("iframe")).contentFrame();
  const settled = () => frame.waitForFunction(() => document.querySelector("#status")?.textContent === "" && !document.querySelector("main[aria-busy]"));
  const heard = method => page.evaluate(name => host.heard.filter(one => one.method === name), method);
  const send = message => page.evaluate(what => host.send(what), message);
  const seen = await look({ page, frame, settled, heard, send });
  await context.close();
  return { ...seen, requests: [...announced, ...asked.slice(before)], complaints };
};
const text = frame => frame.evaluate(() => document.body.innerText);
const violations = async frame => {
  await frame.evaluate(axe);
  const { violations: found } = await frame.evaluate(() => axe.run(document));
  return found.map(({ id, nodes }) => `${id}: ${nodes.map(node => node.html).join(" ")}`);
};
/** Waits until the frame is as high as the page in it, for a picture of all of it. */
const grown = page => page.waitForFunction(() => {
  const sizes = host.heard.filter(one => one.method === "ui/notifications/size-changed");
  return sizes.length && document.querySelector("iframe").clientHeight === sizes.at(-1).params.height;
});
const portrait = name => async ({ page, frame, settled, heard }) => {
  await settled();
  await grown(page);
  await page.setViewportSize({ ...page.viewportSize(), height: await page.evaluate(() => document.body.scrollHeight) });
  await page.screenshot({ path: join(folder, `${name}.png`) });
  return {
    text: await text(frame),
    violations: await violations(frame),
    ...await frame.evaluate(() => ({
      overflow: document.documentElement.scrollWidth - innerWidth,
      paper: getComputedStyle(document.documentElement).backgroundColor,
      images: document.images.length,
    })),
    sizes: (await heard("ui/notifications/size-changed")).map(one => one.params),
    initialize: await heard("ui/initialize"),
  };
};

const seen = {};
for (const theme of ["light", "dark"])
  for (const width of [360, 1280])
    seen[`${theme}-${width}`] = await scene({ theme, width }, portrait(`${theme}-${width}`));
seen.month = await scene({ first: { arguments: {}, result: given.whole.month } }, portrait("month"));
seen.short = await scene({ width: 360, first: { arguments: { by: "task" }, result: given.short }, capabilities: {} }, portrait("short"));
seen.empty = await scene({ width: 360, first: { arguments: {}, result: given.empty } }, portrait("empty"));
seen.failed = await scene({ width: 360, first: { arguments: {}, result: given.failed } }, portrait("failed"));
seen.contrast = await scene({ media: { forcedColors: "active", reducedMotion: "reduce" } }, portrait("contrast"));

seen.keyboard = await scene({}, async ({ page, frame, settled, heard }) => {
  await settled();
  const focused = () => frame.evaluate(() => ({
    tag: document.activeElement.tagName, value: document.activeElement.value,
    outline: document.activeElement.closest("label, summary") && getComputedStyle(document.activeElement.closest("label, summary")).outlineStyle,
  }));
  await page.keyboard.press("Tab");
  const before = await focused();
  await page.keyboard.press("ArrowLeft");
  await settled();
  const after = await focused();
  const month = await text(frame);
  await page.keyboard.press("Tab");
  const next = await focused();
  await page.keyboard.press("Enter");
  return {
    before, after, next, month,
    opened: await frame.evaluate(() => document.querySelector("details").open),
    calls: (await heard("tools/call")).map(one => one.params),
  };
});

seen.waiting = await scene({ first: undefined }, async ({ frame, heard, send }) => {
  await frame.waitForFunction(() => !document.querySelector("#periods").hidden);
  const before = await text(frame);
  await send({ method: "ui/notifications/tool-cancelled", params: { reason: "The person said no." } });
  await frame.waitForSelector("[role=alert]:not([hidden])");
  return { before, after: await text(frame), initialized: (await heard("ui/notifications/initialized")).length };
});

seen.refused = await scene({ answers: { month: "The server is away." } }, async ({ frame, settled }) => {
  await settled();
  await frame.click("input[value=month]");
  await frame.waitForSelector("[role=alert]:not([hidden])");
  return { text: await text(frame), chosen: await frame.inputValue("input:checked"), violations: await violations(frame) };
});

seen.late = await scene({ answers: { ...given.whole, today: "never" } }, async ({ frame, settled }) => {
  await settled();
  await frame.click("input[value=today]");
  const busy = await frame.evaluate(() => [document.querySelector("#status").textContent, document.querySelector("main").getAttribute("aria-busy")]);
  await frame.click("input[value='7d']");
  await settled();
  return { busy, chosen: await frame.inputValue("input:checked") };
});

seen.deaf = await scene({ first: undefined, refuses: "ui/initialize" }, async ({ frame }) => {
  await frame.waitForSelector("[role=alert]:not([hidden])");
  return { text: await text(frame) };
});

seen.protocol = await scene({}, async ({ page, frame, settled, send }) => {
  await settled();
  const light = await frame.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
  await send({ method: "ui/notifications/host-context-changed", params: { theme: "dark", locale: "de-DE", styles: { variables: { "--color-text-secondary": "rgb(200, 201, 202)", color: "red" } } } });
  await frame.waitForFunction(() => document.documentElement.dataset.theme === "dark");
  const dark = await frame.evaluate(() => ({
    paper: getComputedStyle(document.documentElement).backgroundColor,
    quiet: getComputedStyle(document.querySelector("h2")).color,
    figure: document.querySelector(".figures dd").textContent,
  }));
  for (const [id, method] of [["a", "ping"], ["b", "ui/resource-teardown"], ["c", "tools/list"]]) await send({ id, method });
  await page.waitForFunction(() => host.heard.some(one => one.id === "c"));
  // Another frame is not the host, whatever it says.
  const before = await text(frame);
  await page.evaluate(() => {
    const stranger = document.createElement("iframe");
    stranger.srcdoc = `<script>parent.frames[0].postMessage({ jsonrpc: "2.0", method: "ui/notifications/tool-cancelled", params: { reason: "forged" } }, "*"); parent.done = true</` + `script>`;
    document.body.append(stranger);
  });
  await page.waitForFunction(() => window.done);
  await send({ id: "d", method: "ping" });
  await page.waitForFunction(() => host.heard.some(one => one.id === "d"));
  return { light, dark, before, after: await text(frame), replies: await page.evaluate(() => host.heard.filter(one => !one.method)) };
});

// What the recorders would have shown: a request that is let out, and a page with a fault.
const address = "http://somewhere.example/x";
seen.control = await scene({ lenient: true, html: `<!doctype html><html><body><img src="${address}"></body></html>` }, async ({ frame }) => {
  await frame.waitForFunction(() => document.images[0]?.complete);
  return { address, violations: await violations(frame) };
});
await browser.close();
proxy.close();
process.stdout.write(JSON.stringify(seen));
