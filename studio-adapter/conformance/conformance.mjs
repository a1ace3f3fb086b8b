// Drives the adapter with vscode-jsonrpc, the library that editors use, as a Studio would: no window, no editor.
// node conformance.mjs ADAPTER PROJECT OLD_PROJECT; both projects are changed. Exit 0 if all went as it should.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import {
  CancellationTokenSource, createMessageConnection, StreamMessageReader, StreamMessageWriter,
} from "vscode-jsonrpc/node";

const [adapter, project, oldProject] = process.argv.slice(2);
const terminal = new Set([
  "build_finished", "action_applied", "action_failed", "diagnostics_updated", "preview_ready", "migration_finished",
]);

/** One adapter process with a connection to it. */
class Studio {
  constructor() {
    this.events = [];
    this.process = spawn(adapter, [], { stdio: ["pipe", "pipe", "inherit"] });
    this.exited = new Promise((resolve) => this.process.on("exit", (code) => resolve(code)));
    const reader = new StreamMessageReader(this.process.stdout);
    this.connection = createMessageConnection(reader, new StreamMessageWriter(this.process.stdin));
    this.connection.onNotification("packer/event", (event) => this.events.push(event));
    this.connection.onError((error) => assert.fail(`the library refuses what it reads: ${error}`));
    this.connection.onUnhandledNotification((message) => assert.fail(`nobody expects ${message.method}`));
    this.connection.listen();
  }

  ask(method, ...params) {
    return this.connection.sendRequest(method, ...params);
  }

  open(root, more = {}) {
    const client = { name: "conformance", version: "1" };
    return this.ask("initialize", { client, protocol: { min: 1, max: 1 }, project_root: root, ...more });
  }

  async refused(code, method, ...params) {
    const error = await this.ask(method, ...params).then(
      (answer) => assert.fail(`${method} was answered: ${JSON.stringify(answer)}`), (error) => error);
    assert.equal(error.code, code, `${method}: ${error.message}`);
    return error;
  }

  async leave() {
    assert.equal(await this.ask("shutdown"), null);
    await this.connection.sendNotification("exit");
    assert.equal(await this.exited, 0);
    checkEvents(this.events);
  }
}

/** What the contract says of events, of all that one process sent. */
function checkEvents(events) {
  const operations = new Map();
  events.forEach((event, at) => {
    assert.equal(event.seq, at + 1);
    assert.equal(event.epoch, events[0].epoch);
    assert.equal(event.project_id, events[0].project_id);
    const operation = operations.get(event.operation_id) ?? { last: 0, over: false };
    assert.equal(event.sequence, operation.last + 1);
    assert.ok(!operation.over, `${event.kind} follows the last event of its operation`);
    operations.set(event.operation_id, { last: event.sequence, over: terminal.has(event.kind) });
    assert.equal(event.detail.outcome !== undefined, terminal.has(event.kind));
    assert.ok(!Number.isNaN(Date.parse(event.timestamp)) && event.timestamp.endsWith("Z"));
  });
  for (const [id, operation] of operations) assert.ok(operation.over, `${id} has no last event`);
}

const kinds = (studio, from) => studio.events.slice(from).map((event) => event.kind);

async function preview(studio, params) {
  const report = await studio.ask("packer/preview", params);
  assert.equal(report.status, "ok", JSON.stringify(report));
  return report.result.preview_id;
}

const flows = {
  async "initialize and its refusals"() {
    const studio = new Studio();
    await studio.refused(-32002, "packer/list_assets");
    const error = await studio.refused(-32001, "initialize", {
      client: { name: "c", version: "1" }, protocol: { min: 7, max: 9 }, project_root: project,
    });
    assert.deepEqual(error.data, { min: 1, max: 1 });
    await studio.refused(-32602, "initialize", { client: {}, protocol: { min: 1, max: 1 }, project_root: project });
    const answer = await studio.open(project);
    assert.equal(answer.protocol, 1);
    assert.ok(answer.capabilities.methods.includes("packer/build"));
    await studio.refused(-32600, "initialize", {});
    await studio.refused(-32601, "packer/no_such_method", {});
    await studio.refused(-32602, "packer/explain", {});
    await studio.leave();
  },

  async "reading"() {
    const studio = new Studio();
    await studio.open(project);
    const [list, details, doctor, text, summary, validation] = await Promise.all([
      studio.ask("packer/list_assets"), studio.ask("packer/get_asset_details", { asset: 1 }),
      studio.ask("packer/doctor", { scope: "registered" }), studio.ask("packer/explain", { code: "trust/link" }),
      studio.ask("packer/pack_summary"), studio.ask("packer/validate_pack"),
    ]);
    for (const report of [list, details, doctor, text, summary, validation]) assert.equal(report.report_version, 1);
    assert.ok(list.result.assets.some((row) => row.asset_id === details.result.asset_id));
    assert.equal(doctor.status, "ok");
    assert.equal(text.result.code, "trust/link");
    assert.ok(summary.result.assets.length > 0);
    assert.deepEqual(validation.result.assets, []);
    assert.deepEqual(kinds(studio, 0).filter((kind) => kind !== "progress_updated"),
      ["diagnostics_updated", "diagnostics_updated"]);
    await studio.leave();
  },

  async "preview, apply, undo"() {
    const studio = new Studio();
    await studio.open(project);
    const index = join(project, "assets/.prometeu/index.json");
    const before = readFileSync(index);
    const { asset_id: asset } = (await studio.ask("packer/list_assets")).result.assets[0];
    const id = await preview(studio, { operation: "exclude", asset });
    assert.deepEqual(readFileSync(index), before);
    const applied = await studio.ask("packer/apply", { preview_id: id });
    assert.equal(applied.result.applied, true);
    assert.notDeepEqual(readFileSync(index), before);
    const stale = await studio.ask("packer/apply", { preview_id: id });
    assert.equal(stale.diagnostics.at(-1).code, "plan/stale");
    const undo = await preview(studio, { operation: "undo", id: applied.result.transaction_id });
    await studio.ask("packer/apply", { preview_id: undo });
    assert.deepEqual(readFileSync(index), before);
    assert.deepEqual(kinds(studio, 0).filter((kind) => kind !== "progress_updated"),
      ["preview_ready", "action_applied", "action_failed", "preview_ready", "action_applied"]);
    await studio.leave();
  },

  async "build, and a request that is called off"() {
    const studio = new Studio();
    await studio.open(project);
    const report = await studio.ask("packer/build");
    assert.equal(report.status, "ok", JSON.stringify(report.diagnostics));
    assert.ok(existsSync(join(project, report.result.archive.path)));
    assert.equal(kinds(studio, 0)[0], "build_started");
    assert.equal(studio.events.at(-1).kind, "build_finished");
    const source = new CancellationTokenSource();
    const answers = ["packer/build", "packer/build", "packer/build"].map((method) =>
      studio.ask(method, {}, source.token).then((report) => report.status, (error) => error.code));
    source.cancel();
    for (const answer of await Promise.all(answers)) assert.ok(answer === -32800 || answer === "ok", `${answer}`);
    assert.equal((await studio.ask("packer/build", { full: true })).status, "ok");
    await studio.leave();
  },

  async "migration and rollback"() {
    const studio = new Studio();
    await studio.open(oldProject);
    const index = join(oldProject, "assets/.prometeu/index.json");
    const before = readFileSync(index);
    const id = await preview(studio, { operation: "migrate" });
    const from = studio.events.length;
    const applied = await studio.ask("packer/apply", { preview_id: id });
    assert.equal(applied.status, "ok", JSON.stringify(applied));
    assert.deepEqual(kinds(studio, from), ["migration_started", "migration_finished"]);
    const back = await preview(studio, { operation: "rollback", id: applied.result.migration_id });
    assert.equal((await studio.ask("packer/apply", { preview_id: back })).status, "ok");
    assert.deepEqual(readFileSync(index), before);
    await studio.leave();
  },

  async "changes from outside"() {
    const studio = new Studio();
    await studio.open(project, { capabilities: { watch: true } });
    await studio.ask("packer/list_assets");
    await new Promise((resolve) => setTimeout(resolve, 1000));
    const root = join(project, "assets/conformance/new");
    mkdirSync(root, { recursive: true });
    writeFileSync(join(root, "asset.json"), "{}");
    const until = Date.now() + 60_000;
    while (studio.events.at(-1)?.kind !== "diagnostics_updated") {
      assert.ok(Date.now() < until, "the new folder was not told");
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    assert.ok(kinds(studio, 0).includes("asset_discovered"));
    const { assets } = (await studio.ask("packer/list_assets")).result;
    assert.ok(assets.some((row) => row.root === "conformance/new"));
    await studio.leave();
  },

  async "the end of the input"() {
    const studio = new Studio();
    await studio.open(project);
    studio.process.stdin.end();
    assert.equal(await studio.exited, 0);
  },
};

for (const [name, flow] of Object.entries(flows)) {
  await flow();
  console.log(`passed: ${name}`);
}
process.exit(0);
