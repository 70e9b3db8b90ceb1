"""Drives the embedded Astra with the official Python client, and holds what
comes back to what that client's users rely on.

usage: witness.py ENDPOINT KEYSPACE; the token is in the variable TOKEN.
"""

import datetime
import os
import sys
import time
import uuid
from decimal import Decimal

from astrapy import DataAPIClient
from astrapy.api_options import APIOptions, DevOpsAPIURLOptions, SerdesOptions
from astrapy.constants import Environment, SortMode, VectorMetric
from astrapy.data_types import DataAPIDate, DataAPIDuration, DataAPIMap, DataAPISet, DataAPITime, DataAPITimestamp, DataAPIVector
from astrapy.exceptions import DataAPIResponseException, TableInsertManyException
from astrapy.info import (
    AlterTableAddColumns, AlterTableAddVectorize, AlterTableDropColumns, AlterTableDropVectorize, AlterTypeAddFields, AlterTypeRenameFields,
    CollectionDefinition, ColumnType, CreateTableDefinition, CreateTypeDefinition, TableIndexOptions, TableScalarColumnTypeDescriptor,
    TableTextIndexOptions, TableUDTColumnDescriptor, TableValuedColumnTypeDescriptor, TableVectorIndexOptions, VectorServiceOptions,
)

NVIDIA = VectorServiceOptions(provider="nvidia", model_name="NV-Embed-QA")


def refused(code, call):
    """The call must fail with this error code."""
    try:
        call()
    except DataAPIResponseException as error:
        codes = [d.error_code for d in error.error_descriptors]
        assert codes == [code], f"refused with {codes}, want {code}"
        return
    raise AssertionError(f"not refused, want {code}")


def wait_for(holds):
    """Asks until it holds, for ten seconds."""
    end = time.monotonic() + 10
    while not holds():
        assert time.monotonic() < end, "does not come to hold"
        time.sleep(0.05)


def schema(db):
    definition = (
        CreateTableDefinition.builder()
        .add_column("shelf", ColumnType.TEXT)
        .add_column("no", ColumnType.INT)
        .add_column("id", ColumnType.UUID)
        .add_column("title", ColumnType.TEXT)
        .add_column("rating", ColumnType.DOUBLE)
        .add_column("price", ColumnType.DECIMAL)
        .add_column("seen", ColumnType.TIMESTAMP)
        .add_column("day", ColumnType.DATE)
        .add_column("at", ColumnType.TIME)
        .add_column("length", ColumnType.DURATION)
        .add_column("poster", ColumnType.BLOB)
        .add_column("good", ColumnType.BOOLEAN)
        .add_column("address", ColumnType.INET)
        .add_set_column("tags", ColumnType.TEXT)
        .add_list_column("cast", ColumnType.TEXT)
        .add_map_column("votes", ColumnType.TEXT, ColumnType.INT)
        .add_vector_column("like", dimension=3)
        .add_vector_column("plot", service=NVIDIA)
        .add_partition_by(["shelf"])
        .add_partition_sort({"no": SortMode.DESCENDING})
        .build()
    )
    table = db.create_table("films", definition=definition)
    db.create_table("films", definition=definition, if_not_exists=True)
    refused("CANNOT_ADD_EXISTING_TABLE", lambda: db.create_table("films", definition=definition))
    table.create_index("by_tag", "tags")
    table.create_index("by_title", "title", options=TableIndexOptions(ascii=True, case_sensitive=False))
    table.create_vector_index("by_like", "like", options=TableVectorIndexOptions(metric=VectorMetric.COSINE))
    table.create_vector_index("by_plot", "plot", options=TableVectorIndexOptions(source_model="nv-qa-4"))
    refused("UNKNOWN_INDEX_COLUMN", lambda: table.create_index("by_nothing", "nothing"))
    assert db.list_table_names() == ["films"], db.list_table_names()
    assert sorted(i.name for i in table.list_indexes()) == ["by_like", "by_plot", "by_tag", "by_title"]
    listed = table.definition()
    assert listed.primary_key.partition_by == ["shelf"] and listed.primary_key.partition_sort == {"no": -1}, listed
    assert listed.columns["plot"].service.model_name == "NV-Embed-QA" and listed.columns["plot"].dimension == 1024, listed
    return table


def full(no):
    return {
        "shelf": "a", "no": no, "id": uuid.UUID(int=no), "title": f"Film {no}", "rating": no / 2, "price": Decimal("9.99"),
        "seen": DataAPITimestamp.from_datetime(datetime.datetime(2026, 1, 2, 3, 4, 5, 678000, tzinfo=datetime.timezone.utc)),
        "day": DataAPIDate.from_string("2026-01-02"), "at": DataAPITime.from_string("03:04:05"), "length": DataAPIDuration.from_string("PT1H30M"),
        "poster": bytes([0, 255, no]), "good": no % 2 == 0, "address": "10.0.0.1",
        "tags": DataAPISet([f"t{no % 3}", "x"]), "cast": ["Ada", "Grace"], "votes": DataAPIMap({"down": 1, "up": no}),
        "like": DataAPIVector([1.0, no / 100, 0.0]),
    }


def rows(table):
    one = table.insert_one(full(0))
    assert one.inserted_id == {"shelf": "a", "no": 0} and one.inserted_id_tuple == ("a", 0), one
    many = table.insert_many([full(no) for no in range(1, 130)])
    assert len(many.inserted_ids) == 129, len(many.inserted_ids)
    back = table.find_one({"shelf": "a", "no": 7})
    for column, value in full(7).items():
        assert str(back[column]) == str(value), f"{column}: {back[column]!r} is not {value!r}"
    assert back["plot"] is None, "a column without a value must come back as None"
    try:
        table.insert_many([{"shelf": "b", "no": 1}, {"shelf": "b"}, {"shelf": "b", "no": 2}], ordered=True)
        raise AssertionError("a row without its key was stored")
    except TableInsertManyException as error:
        assert error.inserted_id_tuples == [("b", 1)], error.inserted_id_tuples
    refused("UNKNOWN_TABLE_COLUMNS", lambda: table.insert_one({"shelf": "b", "no": 1, "nope": 1}))
    refused("INVALID_COLUMN_VALUES", lambda: table.insert_one({"shelf": "b", "no": "one"}))


def reading(table):
    def numbers(filter, **options):
        return [row["no"] for row in table.find(filter, projection={"no": True}, **options)]

    assert numbers({"shelf": "a"}) == list(range(129, -1, -1)), "pages in the order of the partition"
    assert numbers({"shelf": "a"}, sort={"no": SortMode.ASCENDING}, limit=60) == list(range(60))
    assert numbers({"shelf": "a", "no": {"$gte": 10, "$lt": 13}}) == [12, 11, 10]
    assert numbers({"shelf": "a", "tags": {"$in": ["t0"]}, "no": {"$lt": 7}}) == [6, 3, 0]
    assert numbers({"$and": [{"shelf": "a"}, {"$or": [{"no": 1}, {"no": 2}]}]}) == [2, 1]
    assert numbers({"$and": [{"shelf": "a"}, {"$not": {"no": {"$gt": 1}}}]}) == [1, 0]
    assert numbers({"shelf": "a"}, sort={"rating": SortMode.DESCENDING}, limit=2, skip=1) == [128, 127]
    assert numbers({"title": "film 5"}) == [5], "the index's analyzer makes no difference of case"
    first = table.find({"shelf": "a"}, projection={"no": True}).fetch_next_page()
    assert len(first.results) == 50 and first.next_page_state, first
    second = table.find({"shelf": "a"}, projection={"no": True}, initial_page_state=first.next_page_state).fetch_next_page()
    assert second.results[0]["no"] == 79, second.results[0]
    assert table.find_one({"shelf": "nowhere", "no": 1}) is None
    assert sorted(table.distinct("shelf", filter={"shelf": "a"})) == ["a"]
    refused("FILTER_UNSUPPORTED_OPERATOR", lambda: table.find_one({"shelf": {"$exists": True}}))
    refused("COMMAND_FIELD_VALUE_INVALID", lambda: table.find({"shelf": "a"}, skip=1).to_list())
    refused("CANNOT_SORT_UNKNOWN_COLUMNS", lambda: table.find({"shelf": "a"}, sort={"nope": 1}).to_list())


def meaning(table):
    cursor = table.find({}, sort={"like": DataAPIVector([1.0, 0.0, 0.0])}, limit=3, include_similarity=True, include_sort_vector=True)
    near = cursor.to_list()
    assert [row["no"] for row in near] == [0, 1, 2] and abs(near[0]["$similarity"] - 1) < 1e-6, near
    assert list(cursor.get_sort_vector()) == [1.0, 0.0, 0.0]
    table.insert_many([{"shelf": "c", "no": 1, "plot": "a kitten sleeps"}, {"shelf": "c", "no": 2, "plot": "baking bread"}])
    found = table.find({}, sort={"plot": "kittens"}, limit=2, include_similarity=True).to_list()
    assert [row["no"] for row in found] == [1, 2] and found[0]["$similarity"] > 0.65 > found[1]["$similarity"], found
    table.update_one({"shelf": "c", "no": 2}, {"$set": {"plot": "two kittens"}})
    assert table.find_one({}, sort={"plot": "two kittens"})["no"] == 2
    refused("CANNOT_VECTORIZE_SORT_WHEN_MISSING_VECTORIZE_DEFINITION", lambda: table.find_one({}, sort={"like": "kittens"}))
    refused("CANNOT_VECTOR_SORT_ON_MISMATCHED_VECTOR_DIMENSIONS", lambda: table.find_one({}, sort={"like": [1.0, 2.0]}))


def changing(table):
    key = {"shelf": "a", "no": 7}
    table.update_one(key, {"$set": {"title": "Seven", "cast": ["Alan"]}, "$unset": {"rating": ""}})
    row = table.find_one(key)
    assert row["title"] == "Seven" and row["cast"] == ["Alan"] and row["rating"] is None, row
    table.update_one(key, {"$push": {"cast": "Edsger"}, "$pullAll": {"tags": ["x"]}})
    row = table.find_one(key)
    assert row["cast"] == ["Alan", "Edsger"] and list(row["tags"]) == ["t1"], row
    refused("UNSUPPORTED_UPDATE_OPERATIONS_FOR_TABLE", lambda: table.update_one(key, {"$inc": {"no": 1}}))
    refused("MISSING_FULL_PRIMARY_KEY_FOR_UPDATE_DELETE", lambda: table.update_one({"shelf": "a"}, {"$set": {"title": "x"}}))
    refused("UNSUPPORTED_UPDATE_FOR_PRIMARY_KEY_COLUMNS", lambda: table.update_one(key, {"$set": {"no": 8}}))
    table.delete_one(key)
    assert table.find_one(key) is None
    table.delete_many({"shelf": "a"})
    assert table.find({"shelf": "a"}).to_list() == []
    table.delete_many({})
    assert table.find({}).to_list() == []


def words(db, table):
    table.alter(AlterTableAddColumns(columns={"extra": ColumnType.TEXT}))
    refused("CANNOT_LEXICAL_FILTER_NON_INDEXED_COLUMNS", lambda: table.find_one({"extra": {"$match": "cat"}}))
    table.create_text_index("by_extra", "extra", options=TableTextIndexOptions(analyzer="standard"))
    table.insert_many([{"shelf": "w", "no": 1, "extra": "The cat; the CAT."}, {"shelf": "w", "no": 2, "extra": "A cat among dogs"}, {"shelf": "w", "no": 3, "extra": "Dogs"}])
    assert [row["no"] for row in table.find({"shelf": "w", "extra": {"$match": "dogs cat"}})] == [2]
    assert [row["no"] for row in table.find({"shelf": "w"}, sort={"extra": "cat"}, limit=5)] == [1, 2]
    db.drop_table_index("by_extra")
    table.alter(AlterTableDropColumns(columns=["extra"]))


def altering(db, table):
    table.alter(AlterTableAddColumns(columns={"extra": ColumnType.TEXT}))
    refused("CANNOT_ADD_EXISTING_COLUMNS", lambda: table.alter(AlterTableAddColumns(columns={"extra": ColumnType.TEXT})))
    table.alter(AlterTableDropColumns(columns=["extra"]))
    refused("CANNOT_DROP_PRIMARY_KEY_COLUMNS", lambda: table.alter(AlterTableDropColumns(columns=["no"])))
    table.alter(AlterTableDropVectorize(columns=["plot"]))
    refused("UNSUPPORTED_VECTORIZE_WHEN_MISSING_VECTORIZE_DEFINITION", lambda: table.insert_one({"shelf": "d", "no": 1, "plot": "x"}))
    table.alter(AlterTableAddVectorize(columns={"plot": NVIDIA}))
    table.insert_one({"shelf": "d", "no": 1, "plot": "x"})
    refused("INVALID_CREATE_COLLECTION_OPTIONS", lambda: table.alter(AlterTableAddVectorize(columns={"like": NVIDIA})))
    db.drop_table_index("by_tag")
    db.drop_table_index("by_tag", if_exists=True)
    refused("CANNOT_DROP_UNKNOWN_INDEX", lambda: db.drop_table_index("by_tag"))
    db.drop_table("films")
    refused("CANNOT_DROP_UNKNOWN_TABLE", lambda: db.drop_table("films"))
    refused("UNKNOWN_COLLECTION_OR_TABLE", lambda: table.find_one({}))


def types(db):
    fields = {"name": TableScalarColumnTypeDescriptor(ColumnType.TEXT), "born": TableScalarColumnTypeDescriptor(ColumnType.DATE)}
    db.create_type("person", definition=CreateTypeDefinition(fields=fields))
    refused("CANNOT_ADD_EXISTING_TYPE", lambda: db.create_type("person", definition=CreateTypeDefinition(fields=fields)))
    person = TableUDTColumnDescriptor(udt_name="person")
    table = db.create_table("casts", definition=CreateTableDefinition(
        columns={"id": TableScalarColumnTypeDescriptor(ColumnType.INT), "lead": person, "others": TableValuedColumnTypeDescriptor(column_type="list", value_type=person)},
        primary_key=CreateTableDefinition.coerce({"columns": {"id": "int"}, "primaryKey": "id"}).primary_key,
    ))
    ada = {"name": "Ada", "born": DataAPIDate.from_string("1815-12-10")}
    table.insert_one({"id": 1, "lead": ada, "others": [{"name": "Grace"}, ada]})
    row = table.find_one({"id": 1})
    assert dict(row["lead"].items()) == ada, row
    assert [one["name"] for one in row["others"]] == ["Grace", "Ada"], row
    refused("INVALID_COLUMN_VALUES", lambda: table.insert_one({"id": 2, "lead": {"nick": "x"}}))
    db.alter_type("person", operation=AlterTypeAddFields(fields={"town": ColumnType.TEXT}))
    db.alter_type("person", operation=AlterTypeRenameFields(fields={"name": "called"}))
    assert table.find_one({"id": 1})["lead"]["called"] == "Ada"
    listed = db.list_types()
    assert [(t.udt_name, sorted(t.definition.fields)) for t in listed] == [("person", ["born", "called", "town"])], listed
    refused("CANNOT_DROP_TYPE_USED_BY_TABLE", lambda: db.drop_type("person"))
    db.drop_table("casts")
    db.drop_type("person")
    refused("CANNOT_DROP_UNKNOWN_TYPE", lambda: db.drop_type("person"))


def collections(db):
    definition = CollectionDefinition.builder().with_vector_dimension(2).with_vector_metric(VectorMetric.COSINE).build()
    books = db.create_collection("books", definition=definition)
    assert db.list_collection_names() == ["books"]
    assert books.options().vector.dimension == 2
    books.insert_one({"_id": "a", "title": "A", "n": 1, "tags": ["x", "y"], "by": {"name": "Ann"}, "$vector": [1.0, 0.0]})
    many = books.insert_many([{"_id": f"b{n}", "n": n, "at": datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc), "$vector": [0.0, 1.0]} for n in range(2, 60)])
    assert len(many.inserted_ids) == 58
    refused("DOCUMENT_ALREADY_EXISTS", lambda: books.insert_one({"_id": "a"}))
    assert len(books.find({}).to_list()) == 59
    assert books.count_documents({"n": {"$gte": 10}}, upper_bound=100) == 50
    assert [d["_id"] for d in books.find({}, sort={"n": -1}, limit=2, skip=1)] == ["b58", "b57"]
    assert [d["_id"] for d in books.find({"$or": [{"by.name": "Ann"}, {"n": 3}]}, sort={"n": 1})] == ["a", "b3"]
    assert books.find_one({"tags": {"$all": ["y", "x"]}}, projection={"title": True}) == {"_id": "a", "title": "A"}
    near = books.find({}, sort={"$vector": [1.0, 0.0]}, limit=1, include_similarity=True).to_list()
    assert near[0]["_id"] == "a" and abs(near[0]["$similarity"] - 1) < 1e-6, near
    assert books.update_one({"_id": "a"}, {"$inc": {"n": 4}, "$push": {"tags": "z"}}).update_info["nModified"] == 1
    assert books.find_one_and_update({"_id": "a"}, {"$set": {"by.age": 3}}, return_document="after")["by"] == {"name": "Ann", "age": 3}
    assert books.find_one_and_replace({"_id": "new"}, {"n": 0}, upsert=True, return_document="after")["_id"] == "new"
    assert books.update_many({"n": {"$gt": 30}}, {"$set": {"late": True}}).update_info["nModified"] == 29
    assert sorted(books.distinct("tags")) == ["x", "y", "z"]
    assert books.delete_many({"late": True}).deleted_count == 29
    assert books.estimated_document_count() >= 0
    refused("UNSUPPORTED_UPDATE_OPERATION", lambda: books.update_one({}, {"$nope": {"n": 1}}))
    books.insert_many([{"_id": "cat", "t": "a cat sleeps", "$lexical": "cat cat", "$vector": [1.0, 0.0]}, {"_id": "dog", "t": "dogs bark", "$lexical": "dog, no cat", "$vector": [0.0, 1.0]}])
    assert [d["_id"] for d in books.find({"$lexical": {"$match": "Dog CAT"}})] == ["dog"]
    assert [d["_id"] for d in books.find({}, sort={"$lexical": "cat"})] == ["cat", "dog"]
    hits = books.find_and_rerank(
        {"t": {"$exists": True}}, sort={"$hybrid": {"$vector": [1.0, 0.0], "$lexical": "cat"}}, rerank_on="t", rerank_query="dogs", include_scores=True, limit=2,
    ).to_list()
    assert [hit.document["_id"] for hit in hits] == ["dog", "cat"] and hits[0].scores["$rerank"] > hits[1].scores["$rerank"], hits
    db.drop_collection("books")
    refused("UNKNOWN_COLLECTION_OR_TABLE", lambda: books.find_one({}))


def databases(endpoint):
    """The DevOps API: a database of one's own, from its birth to its end."""
    urls = DevOpsAPIURLOptions(dev_ops_url=endpoint, dev_ops_api_version="v2")
    admin = DataAPIClient(token=os.environ["TOKEN"], api_options=APIOptions(dev_ops_api_url_options=urls)).get_admin()
    region = next(r for r in admin.find_available_regions() if r.name == "us-east1")
    assert region.cloud_provider == "GCP", region
    made = admin.create_database("library", cloud_provider="gcp", region="us-east1", keyspace="shelves", wait_until_active=False)
    info = admin.database_info(made._database_id)
    assert info.name == "library" and info.cloud_provider == "GCP" and [r.name for r in info.regions] == ["us-east1"], info
    wait_for(lambda: admin.database_info(info.id).status == "ACTIVE")
    assert info.id in [d.id for d in admin.list_databases()]
    made.create_keyspace("more")
    assert sorted(made.list_keyspaces()) == ["more", "shelves"], made.list_keyspaces()
    made.drop_keyspace("more")
    assert made.list_keyspaces() == ["shelves"], made.list_keyspaces()
    admin.drop_database(info.id, wait_until_active=False)
    wait_for(lambda: info.id not in [d.id for d in admin.list_databases()])


def around(client, db, endpoint, keyspace):
    admin = db.get_database_admin()
    assert keyspace in admin.list_keyspaces()
    assert "NV-Embed-QA" in [m.name for m in admin.find_embedding_providers().embedding_providers["nvidia"].models]
    refused("UNKNOWN_KEYSPACE", lambda: client.get_database(endpoint, token=os.environ["TOKEN"], keyspace="nowhere").list_table_names())


def main():
    endpoint, keyspace = sys.argv[1:]
    options = APIOptions(serdes_options=SerdesOptions(custom_datatypes_in_reading=True))
    client = DataAPIClient(environment=Environment.HCD, api_options=options)
    db = client.get_database(endpoint, token=os.environ["TOKEN"], keyspace=keyspace)
    around(client, db, endpoint, keyspace)
    table = schema(db)
    rows(table)
    reading(table)
    meaning(table)
    changing(table)
    words(db, table)
    altering(db, table)
    types(db)
    collections(db)
    databases(endpoint)


main()
