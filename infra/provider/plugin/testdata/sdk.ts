// A program against the generated SDK: names, types and secrets are as documented.
import * as pulumi from "@pulumi/pulumi";
import * as astradb from "./sdk";

const provider = new astradb.Provider("astra", { deployToken: pulumi.secret("generated for this test") });
const database = new astradb.Database("shop", { name: "shop", cloudProvider: "GCP", region: "us-east1" }, { provider });
const keyspace = new astradb.Keyspace("orders", { databaseId: database.databaseId, name: "orders" }, { provider });
new astradb.AccessList("office", {
    databaseId: database.databaseId,
    addresses: [{ address: "192.0.2.0/24", description: "office" }],
}, { provider });
const role = new astradb.Role("api", { name: "api", databaseId: database.databaseId, keyspace: keyspace.name }, { provider });
const schema = new astradb.Schema("schema", {
    databaseId: database.databaseId,
    keyspace: keyspace.name,
    tables: [{ name: "items", definition: `{"columns":{"id":"uuid"},"primaryKey":"id"}` }],
}, { provider });
const token = new astradb.Token("api", {
    roleId: role.id, databaseId: database.databaseId, keyspace: keyspace.name,
}, { provider, dependsOn: schema });
const key = new astradb.SigningKey("key", { tokenLifetimeSeconds: 3600 });
const process = new astradb.Process("api", { command: "api", dir: "/var/lib/api", url: "http://127.0.0.1:8000", secrets: { TOKEN: token.token } });
new astradb.Gate("gate", { url: process.address.apply(a => a ?? ""), revision: "1", keyFingerprint: key.fingerprint });

export const value: pulumi.Output<string> = token.token;
export const regions: pulumi.Output<string[]> = astradb.getRegionsOutput({ cloudProvider: "GCP" }).regions.apply(all => all.map(r => r.name));
export const endpoint: Promise<string> = astradb.getDatabase({ name: "shop" }).then(found => found.dataApiEndpoint);
