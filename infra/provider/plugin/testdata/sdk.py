"""A program against the generated SDK, run under the SDK's mocks."""
import pulumi

registered, called = {}, []


class Mocks(pulumi.runtime.Mocks):
    def new_resource(self, args):
        registered[args.typ] = args.inputs
        return args.name, args.inputs

    def call(self, args):
        called.append(args.token)
        return {"regions": [{"name": "us-east1"}]}


pulumi.runtime.set_mocks(Mocks(), project="shop", stack="test")

import pulumi_astradb as astradb  # noqa: E402  after the mocks


@pulumi.runtime.test
def program():
    database = astradb.Database("shop", name="shop", cloud_provider="GCP", region="us-east1")
    keyspace = astradb.Keyspace("orders", database_id=database.id, name="orders")
    astradb.AccessList("office", database_id=database.id, addresses=[
        astradb.AccessAddressArgs(address="192.0.2.0/24", description="office"),
    ])
    role = astradb.Role("api", name="api", database_id=database.id, keyspace=keyspace.name)
    schema = astradb.Schema("schema", database_id=database.id, keyspace=keyspace.name, tables=[
        astradb.SchemaTableArgs(name="items", definition='{"columns":{"id":"uuid"},"primaryKey":"id"}'),
    ])
    astradb.Token("api", role_id=role.id, database_id=database.id, keyspace=keyspace.name,
                  opts=pulumi.ResourceOptions(depends_on=schema))
    astradb.SigningKey("key", token_lifetime_seconds=3600)
    astradb.Gate("gate", url="http://127.0.0.1:8000", revision="1")
    astradb.Process("api", command="api", dir="/var/lib/api", url="http://127.0.0.1:8000")
    assert astradb.get_regions(cloud_provider="GCP").regions[0].name == "us-east1"


program()
assert registered["astradb:index:Database"]["cloudProvider"] == "GCP"
assert registered["astradb:index:Schema"]["tables"][0]["name"] == "items"
assert called == ["astradb:index:getRegions"], called
print("registered", *sorted(typ.rsplit(":")[-1] for typ in registered))
