// A conversation with datechat, over a WebSocket: one message a line, one message a reply, as JSON.

const {texts, moments, prepositions, farewell} = JSON.parse(document.getElementById("data").textContent);
const element = id => document.getElementById(id);
const [log, form, input, label, list] = ["log", "form", "line", "label", "list"].map(element);
const language = document.documentElement.lang;

// What the browser keeps; it may keep nothing.
const memory = {
  get(key, other) {
    try { return JSON.parse(localStorage.getItem(`datechat.${key}`)) ?? other; } catch { return other; }
  },
  set(key, value) {
    try { localStorage.setItem(`datechat.${key}`, JSON.stringify(value)); } catch { /* only this visit */ }
  },
};

// The connection: questions are answered in order; those without an answer are asked again.

const DELAYS = [500, 1000, 2000, 5000, 10000];
let socket = null, failures = 0, wasOpen = false, ended = false, retry = 0;
let waiting = [];  // {line, answer} of what was asked, and not answered yet
// What makes a new connection the same as the last one. Not every browser tells a WebSocket its language.
const settings = new Map([["/json", "/json"], ["/lang", `/lang ${navigator.language}`]]);

function connect() {
  clearTimeout(retry);
  ended = false;
  show("connecting");
  const url = new URL("chat", location.href);
  url.protocol = url.protocol.replace("http", "ws");
  const opened = socket = new WebSocket(url);
  opened.onopen = () => {
    const again = waiting;
    waiting = [...settings.values()].map(line => ({line, answer() {}}));
    waiting.push(...again);
    for (const {line} of waiting) opened.send(line);
    show("connected");
    if (failures && wasOpen) note(texts.again);
    failures = 0;
    wasOpen = true;
    setClock();
  };
  opened.onmessage = ({data}) => receive(parse(data));
  opened.onclose = () => {
    if (socket !== opened) return;
    socket = null;
    show("disconnected");
    if (ended) return;
    if (!failures && wasOpen) note(texts.lost);
    if (!failures && !wasOpen) explain();
    retry = setTimeout(connect, DELAYS[Math.min(failures++, DELAYS.length - 1)] * (0.75 + Math.random() / 2));
  };
}

// Says why there is no connection. The browser hides the response of a failed handshake.
async function explain() {
  try {
    const reply = await (await fetch("version.json")).json();
    if (!reply.ok) add("error", reply.text);
  } catch { /* nothing answers there */ }
}

function parse(data) {
  try {
    const reply = JSON.parse(data);
    if (typeof reply.text === "string") return reply;
  } catch { /* after "/json off" */ }
  return {ok: !data.startsWith("error: "), text: data};
}

function receive(reply) {
  const question = waiting.shift();
  if (reply.closing) {
    ended = reply.ok || reply.error === "idle";
    if (!question || !reply.ok) add("error", reply.text);
    if (ended) note(reply.ok ? texts.closed : texts.idle);
  }
  question?.answer(reply);
}

function ask(line) {
  return new Promise(answer => {
    waiting.push({line, answer});
    if (socket?.readyState === WebSocket.OPEN) socket.send(line);
    else if (!socket) connect();
  });
}

function show(state) {
  const place = element("state");
  place.textContent = texts[state];
  place.className = state === "connected" ? "open" : "";
}

// The conversation

function add(kind, text, more = "") {
  const entry = document.createElement("p");
  entry.className = `entry ${kind}`;
  if (kind === "you") entry.append(Object.assign(document.createElement("b"), {textContent: `${texts.you}: `}));
  entry.append(text);
  if (more) entry.append(Object.assign(document.createElement("small"), {textContent: more}));
  log.append(entry);
  log.scrollTop = log.scrollHeight;
  return entry;
}

const note = text => add("note", text);

function addReply(reply) {
  const more = [reply.words, reply.distance, reply.here].filter(Boolean).join(" · ");
  add(reply.ok ? "reply" : "error", reply.text, reply.note ? `${more}\u2002${reply.note}` : more);
}

function offer() {
  const tries = document.createElement("div");
  tries.className = "entry tries";
  for (const line of examples()) {
    const button = Object.assign(document.createElement("button"), {type: "button", textContent: line});
    button.onclick = () => { say(line); input.focus(); };
    tries.append(button);
  }
  note(texts.empty);
  log.append(tries);
}

function examples() {
  return language === "fr"
    ? ["/date", "/date demain 19h à Tokyo", "/until noël", "/changes", farewell]
    : ["/date", "/date tomorrow 19:00 in Tokyo", "/until christmas", "/changes", farewell];
}

async function say(line) {
  add("you", line);
  const past = memory.get("history", []).filter(other => other !== line);
  memory.set("history", [...past, line].slice(-200));
  place = null;
  const reply = await ask(line);
  if (!reply.closing || reply.ok) addReply(reply);
  const command = /^\/(zone|lang)\b\s*\S/i.exec(line);
  if (reply.ok && command) {
    const name = command[1].toLowerCase();
    settings.set(`/${name}`, `/${name} ${reply[name] ?? line.slice(command[0].length - 1)}`);
    setClock();
  }
}

let named = false;

async function introduce(name) {
  if (!name) {
    start();
    return;
  }
  const reply = await ask(`/name ${name}`);
  addReply(reply);
  if (!reply.ok) return;
  settings.set("/name", `/name ${name}`);
  memory.set("name", name);
  start();
}

function start() {
  named = true;
  label.textContent = texts.label;
  offer();
}

form.onsubmit = event => {
  event.preventDefault();
  const line = input.value;
  input.value = "";
  suggest([]);
  if (!named) introduce(line.trim() || memory.get("name", ""));
  else if (line.trim()) say(line);
  else if (!socket) connect();
};

// The clock: the server's time, in the zone of the conversation

let clock = null, ticking = 0;

async function setClock() {
  const sent = performance.now();
  const [now, changes] = await Promise.all([ask("/date +%s.%N"), ask("/changes")]);
  if (!now.ok || !now.date) return;
  const received = performance.now();
  clock = {
    start: 1000 * parseFloat(now.text) - (sent + received) / 2,
    zone: now.zone ?? "",
    offsets: [[-Infinity, now.date.slice(19)]],
  };
  for (const change of changes.changes ?? []) clock.offsets.push([change.unix, change.offset_after]);
  tick();
}

function milliseconds(offset) {
  const [, sign, hours, minutes, seconds] = /([+-])(\d\d):(\d\d)(?::(\d\d))?$/.exec(offset) ?? [0, "+", 0, 0, 0];
  return (sign === "-" ? -1000 : 1000) * (3600 * hours + 60 * minutes + Number(seconds ?? 0));
}

const locale = navigator.languages.find(tag => tag.split("-")[0] === language) ?? language;
const days = new Intl.DateTimeFormat(locale, {dateStyle: "full", timeZone: "UTC"});

function tick() {
  clearTimeout(ticking);
  const now = clock.start + performance.now();
  const offset = clock.offsets.findLast(([unix]) => 1000 * unix <= now)[1];
  const local = new Date(now + milliseconds(offset));
  element("time").textContent = local.toISOString().slice(11, 19);
  element("day").textContent = days.format(local);
  element("zone").textContent = clock.zone.replaceAll("_", " ");
  ticking = setTimeout(tick, 1000 - now % 1000 + 1);
}

// A computer that slept has stopped the clock that the browser counts by.
document.addEventListener("visibilitychange", () => {
  if (!document.hidden && socket?.readyState === WebSocket.OPEN) setClock();
});

// Completion and history

const MOMENT = /^\/(date|until|between)\s/i, PLACE = /^\/(date|until|between|zones?|changes)\s/i;
const BEFORE = new RegExp(`.*(?:^|\\s)(?:${prepositions.join("|")})\\s+`, "iu");
let commands = [], formats = [], options = [], selected = -1, wordStart = 0, query = 0;

async function loadCommands() {
  const [help, date] = await Promise.all([ask("/help"), ask("/help date")]);
  commands = help.choices ?? [];
  formats = date.choices ?? [];
}

// The candidates for the end of a line, and where they begin.
async function candidates(line) {
  if (!/^\/\S/.test(line)) return [[], 0];
  if (!/\s/.test(line)) return [matching(commands, line), 0];
  const word = line.search(/\S*$/u), part = line.slice(word);
  const before = line.slice(0, word).length && MOMENT.test(line) ? BEFORE.exec(line) : null;
  const first = before ? before[0].length : line.search(/\s\S/) + 1 || line.length;
  const known = part && MOMENT.test(line) && !before ? matching([...formats, ...moments], part) : [];
  const place = line.slice(first);
  if (!PLACE.test(line) || !place.trim() || part.startsWith("+") || known.length) return [known, word];
  const reply = await ask(`/zones ${place}`);
  return [matching(reply.choices ?? [], place), first];
}

function matching(choices, part) {
  const small = part.toLowerCase();
  return choices.filter(choice => choice.toLowerCase().startsWith(small) && choice !== part).slice(0, 8);
}

async function refresh() {
  const mine = ++query, line = input.value;
  if (!named || input.selectionStart < line.length) return suggest([]);
  const [found, at] = await candidates(line);
  if (mine === query && input.value === line) {
    wordStart = at;
    suggest(found);
  }
}

function suggest(found) {
  options = found;
  selected = -1;
  list.replaceChildren(...found.map((choice, index) => {
    const option = Object.assign(document.createElement("li"), {id: `option-${index}`, textContent: choice});
    option.setAttribute("role", "option");
    option.setAttribute("aria-selected", "false");
    option.onpointerdown = event => event.preventDefault();  // the field keeps the focus
    option.onclick = () => complete(choice);
    return option;
  }));
  list.hidden = !found.length;
  input.setAttribute("aria-expanded", String(!list.hidden));
  input.removeAttribute("aria-activedescendant");
}

function select(index) {
  list.children[selected]?.setAttribute("aria-selected", "false");
  selected = (index + options.length) % options.length;
  const option = list.children[selected];
  option.setAttribute("aria-selected", "true");
  option.scrollIntoView({block: "nearest"});
  input.setAttribute("aria-activedescendant", option.id);
}

function complete(choice) {
  input.value = `${input.value.slice(0, wordStart)}${choice} `;
  suggest([]);
}

let place = null;  // in the history; null for the line that is being written

function recall(step) {
  const past = memory.get("history", []), end = past.length;
  place = Math.max(0, Math.min(end, (place ?? end) + step));
  input.value = past[place] ?? "";
  suggest([]);
}

let timer = 0;

input.oninput = () => {
  clearTimeout(timer);
  timer = setTimeout(refresh, 120);
};

input.onblur = () => suggest([]);

input.onkeydown = event => {
  if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
  const open = options.length > 0;
  if (event.key === "Tab" && open && !event.shiftKey) complete(options[Math.max(selected, 0)]);
  else if (event.key === "ArrowDown") open ? select(selected + 1) : recall(1);
  else if (event.key === "ArrowUp") open && selected >= 0 ? select(selected - 1) : recall(-1);
  else if (event.key === "Escape" && open) suggest([]);
  else if (event.key === "Enter" && selected >= 0) complete(options[selected]);
  else return;
  event.preventDefault();
};

const last = memory.get("name", "");
label.textContent = last ? texts.question_again.replace("{last}", last) : texts.question;
connect();
loadCommands();
