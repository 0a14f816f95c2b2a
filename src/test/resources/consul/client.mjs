// The npm client as it is: run with the port as argument, in a folder where it is installed.
import { createRequire } from "node:module";
import assert from "node:assert/strict";
const Consul = createRequire(process.cwd() + "/")("consul");

const port = Number(process.argv[2]);
const consul = new Consul({ host: "127.0.0.1", port });

await consul.kv.set("npm/colour", "red");
assert.equal((await consul.kv.get("npm/colour")).Value, "red");
assert.deepEqual(await consul.kv.keys("npm/"), ["npm/colour"]);
assert.equal(await consul.kv.get("npm/none"), undefined);

const { ID: session } = await consul.session.create({ name: "npm", ttl: "10s", lockdelay: "0s" });
assert.equal(await consul.kv.set({ key: "npm/lock", value: "me", acquire: session }), true);
const other = (await consul.session.create()).ID;
// This client tells false as undefined.
assert.ok(!(await consul.kv.set({ key: "npm/lock", value: "you", acquire: other })));
assert.equal((await consul.session.renew(session))[0].ID, session);
await consul.session.destroy(session);
assert.equal(await consul.kv.set({ key: "npm/lock", value: "you", acquire: other }), true);

const seen = [];
const watch = consul.watch({ method: consul.kv.get, options: { key: "npm/colour", wait: "10s" } });
const changed = new Promise((resolve, reject) => {
  watch.on("error", reject);
  watch.on("change", (pair) => {
    seen.push(pair.Value);
    if (seen.length === 1) consul.kv.set("npm/colour", "blue").catch(reject);
    if (seen.length === 2) resolve();
  });
});
await changed;
watch.end();
assert.deepEqual(seen, ["red", "blue"]);

await consul.agent.service.register({ name: "npm", port: 80, check: { ttl: "60s" } });
assert.equal((await consul.health.service({ service: "npm", passing: true })).length, 0);
await consul.agent.check.pass("service:npm");
assert.equal((await consul.health.service({ service: "npm", passing: true })).length, 1);
await consul.agent.service.deregister("npm");
assert.ok((await consul.catalog.datacenters()).includes("dc1"));
assert.equal((await consul.agent.self()).Config.Datacenter, "dc1");
assert.match(await consul.status.leader(), /:\d+$/);
console.log("done");
process.exit(0);
