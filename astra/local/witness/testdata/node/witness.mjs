// Drives the embedded Astra with the official TypeScript client, and holds what
// comes back to what that client's users rely on.
//
// usage: witness.mjs ENDPOINT KEYSPACE; the token is in the variable TOKEN.

import assert from 'node:assert/strict';
import {
  DataAPIClient, DataAPIResponseError, TableInsertManyError, Table, date, duration, time, uuid, vector, blob, inet,
} from '@datastax/astra-db-ts';
import BigNumber from 'bignumber.js';

const nvidia = { provider: 'nvidia', modelName: 'NV-Embed-QA' };

// refused runs a call that must fail with this error code.
async function refused(code, call) {
  await assert.rejects(call, (error) => {
    assert.ok(error instanceof DataAPIResponseError, `${error}`);
    assert.deepEqual(error.errorDescriptors.map((d) => d.errorCode), [code]);
    return true;
  });
}

async function schema(db) {
  const definition = Table.schema({
    columns: {
      shelf: 'text', no: 'int', id: 'uuid', title: 'text', rating: 'double', price: 'decimal', seen: 'timestamp', day: 'date',
      at: 'time', length: 'duration', poster: 'blob', good: 'boolean', address: 'inet', big: 'bigint',
      tags: { type: 'set', valueType: 'text' }, cast: { type: 'list', valueType: 'text' },
      votes: { type: 'map', keyType: 'text', valueType: 'int' }, years: { type: 'map', keyType: 'int', valueType: 'text' },
      like: { type: 'vector', dimension: 3 }, plot: { type: 'vector', service: nvidia },
    },
    primaryKey: { partitionBy: ['shelf'], partitionSort: { no: -1 } },
  });
  const table = await db.createTable('films', { definition });
  await db.createTable('films', { definition, ifNotExists: true });
  await refused('CANNOT_ADD_EXISTING_TABLE', () => db.createTable('films', { definition }));
  await table.createIndex('by_tag', 'tags');
  await table.createIndex('by_votes', { votes: '$keys' });
  await table.createIndex('by_title', 'title', { options: { caseSensitive: false } });
  await table.createVectorIndex('by_like', 'like', { options: { metric: 'cosine' } });
  await table.createVectorIndex('by_plot', 'plot', { options: { metric: 'cosine', sourceModel: 'nv-qa-4' } });
  await refused('UNKNOWN_INDEX_COLUMN', () => table.createIndex('by_nothing', 'nothing'));
  assert.deepEqual(await db.listTables({ nameOnly: true }), ['films']);
  const indexes = await table.listIndexes();
  assert.deepEqual(indexes.map((i) => i.name).sort(), ['by_like', 'by_plot', 'by_tag', 'by_title', 'by_votes']);
  const listed = await table.definition();
  assert.deepEqual(listed.primaryKey, { partitionBy: ['shelf'], partitionSort: { no: -1 } });
  assert.deepEqual(listed.columns.plot.service, nvidia);
  assert.equal(listed.columns.plot.dimension, 1024);
  return table;
}

const full = (no) => ({
  shelf: 'a', no, id: uuid(`00000000-0000-4000-8000-${String(no).padStart(12, '0')}`), title: `Film ${no}`, rating: no / 2,
  price: BigNumber('9.99'), seen: new Date('2026-01-02T03:04:05.678Z'), day: date('2026-01-02'), at: time('03:04:05'),
  length: duration('1h30m'), poster: blob(Buffer.from([0, 255, no])), good: no % 2 === 0, address: inet('10.0.0.1'),
  big: 2n ** 62n, tags: new Set([`t${no % 3}`, 'x']), cast: ['Ada', 'Grace'], votes: new Map([['down', 1], ['up', no]]),
  years: new Map([[1999, 'one'], [2001, 'two']]), like: vector([1, no / 100, 0]),
});

// plain gives what assert can compare: the client has classes of its own.
function plain(value) {
  if (value?.asArray) {
    return [...value.asArray()].map(Math.fround);
  }
  if (value?.asBase64) {
    return value.asBase64();
  }
  const builtIn = typeof value !== 'object' || value instanceof Set || value instanceof Map || Array.isArray(value);
  return builtIn ? value : value.toString();
}

async function rows(table) {
  const { insertedId } = await table.insertOne(full(0));
  assert.deepEqual(insertedId, { shelf: 'a', no: 0 });
  const { insertedCount } = await table.insertMany(Array.from({ length: 129 }, (_, i) => full(i + 1)));
  assert.equal(insertedCount, 129);
  const back = await table.findOne({ shelf: 'a', no: 7 });
  for (const [column, value] of Object.entries(full(7))) {
    assert.deepEqual(plain(back[column]), plain(value), column);
  }
  assert.equal(back.plot, null, 'a column without a value must come back as null');
  await table.insertOne({ shelf: 'b', no: 0 });
  const empty = await table.findOne({ shelf: 'b', no: 0 });
  assert.deepEqual([empty.tags, empty.cast, empty.votes, empty.title], [new Set(), [], new Map(), null]);
  await assert.rejects(
    () => table.insertMany([{ shelf: 'b', no: 1 }, { shelf: 'b' }, { shelf: 'b', no: 2 }], { ordered: true }),
    (error) => {
      assert.ok(error instanceof TableInsertManyError, `${error}`);
      assert.deepEqual(error.insertedIds(), [{ shelf: 'b', no: 1 }]);
      return true;
    },
  );
  await refused('UNKNOWN_TABLE_COLUMNS', () => table.insertOne({ shelf: 'b', no: 1, nope: 1 }));
  await refused('INVALID_COLUMN_VALUES', () => table.insertOne({ shelf: 'b', no: 'one' }));
}

async function reading(table) {
  const numbers = async (filter, options = {}) =>
    (await table.find(filter, { projection: { no: true }, ...options }).toArray()).map((row) => row.no);
  const down = (from, to) => Array.from({ length: from - to + 1 }, (_, i) => from - i);

  assert.deepEqual(await numbers({ shelf: 'a' }), down(129, 0), 'pages in the order of the partition');
  assert.deepEqual(await numbers({ shelf: 'a' }, { sort: { no: 1 }, limit: 60 }), down(59, 0).reverse());
  assert.deepEqual(await numbers({ shelf: 'a', no: { $gte: 10, $lt: 13 } }), [12, 11, 10]);
  assert.deepEqual(await numbers({ shelf: 'a', tags: { $in: ['t0'] }, no: { $lt: 7 } }), [6, 3, 0]);
  assert.deepEqual(await numbers({ shelf: 'a', votes: { $keys: { $in: ['up'] } }, no: { $lt: 2 } }), [1, 0]);
  assert.deepEqual(await numbers({ $and: [{ shelf: 'a' }, { $or: [{ no: 1 }, { no: 2 }] }] }), [2, 1]);
  assert.deepEqual(await numbers({ shelf: 'a' }, { sort: { rating: -1 }, limit: 2, skip: 1 }), [128, 127]);
  assert.deepEqual(await numbers({ title: 'film 5' }), [5], 'the index makes no difference of case');
  const first = await table.find({ shelf: 'a' }, { projection: { no: true } }).fetchNextPage();
  assert.equal(first.result.length, 50);
  const second = await table.find({ shelf: 'a' }, { projection: { no: true }, initialPageState: first.nextPageState }).fetchNextPage();
  assert.equal(second.result[0].no, 79);
  const seen = [];
  for await (const row of table.find({ shelf: 'a' }, { projection: { no: true } })) {
    seen.push(row.no);
  }
  assert.deepEqual(seen, down(129, 0));
  assert.equal(await table.findOne({ shelf: 'nowhere', no: 1 }), null);
  await refused('FILTER_UNSUPPORTED_OPERATOR', () => table.findOne({ shelf: { $exists: true } }));
  await refused('COMMAND_FIELD_VALUE_INVALID', () => table.find({ shelf: 'a' }, { skip: 1 }).toArray());
  await refused('CANNOT_SORT_UNKNOWN_COLUMNS', () => table.find({ shelf: 'a' }, { sort: { nope: 1 } }).toArray());
}

async function meaning(table) {
  const cursor = table.find({}, { sort: { like: vector([1, 0, 0]) }, limit: 3, includeSimilarity: true, includeSortVector: true });
  assert.deepEqual([...(await cursor.getSortVector()).asArray()], [1, 0, 0]);
  const near = await cursor.toArray();
  assert.deepEqual(near.map((row) => row.no), [0, 1, 2]);
  assert.ok(Math.abs(near[0].$similarity - 1) < 1e-6);
  await table.insertMany([{ shelf: 'c', no: 1, plot: 'a kitten sleeps' }, { shelf: 'c', no: 2, plot: 'baking bread' }]);
  const found = await table.find({}, { sort: { plot: 'kittens' }, limit: 2, includeSimilarity: true }).toArray();
  assert.deepEqual(found.map((row) => row.no), [1, 2]);
  assert.ok(found[0].$similarity > 0.65 && found[1].$similarity < 0.65);
  await table.updateOne({ shelf: 'c', no: 2 }, { $set: { plot: 'two kittens' } });
  assert.equal((await table.findOne({}, { sort: { plot: 'two kittens' } })).no, 2);
  await refused('CANNOT_VECTORIZE_SORT_WHEN_MISSING_VECTORIZE_DEFINITION', () => table.findOne({}, { sort: { like: 'kittens' } }));
  await refused('CANNOT_VECTOR_SORT_ON_MISMATCHED_VECTOR_DIMENSIONS', () => table.findOne({}, { sort: { like: vector([1, 2]) } }));
}

async function changing(table) {
  const key = { shelf: 'a', no: 7 };
  await table.updateOne(key, { $set: { title: 'Seven', cast: ['Alan'] }, $unset: { rating: '' } });
  let row = await table.findOne(key);
  assert.deepEqual([row.title, row.cast, row.rating], ['Seven', ['Alan'], null]);
  await table.updateOne(key, { $push: { cast: 'Edsger' }, $pullAll: { tags: ['x'] } });
  row = await table.findOne(key);
  assert.deepEqual([row.cast, row.tags], [['Alan', 'Edsger'], new Set(['t1'])]);
  await refused('UNSUPPORTED_UPDATE_OPERATIONS_FOR_TABLE', () => table.updateOne(key, { $inc: { no: 1 } }));
  await refused('MISSING_FULL_PRIMARY_KEY_FOR_UPDATE_DELETE', () => table.updateOne({ shelf: 'a' }, { $set: { title: 'x' } }));
  await refused('UNSUPPORTED_UPDATE_FOR_PRIMARY_KEY_COLUMNS', () => table.updateOne(key, { $set: { no: 8 } }));
  await table.deleteOne(key);
  assert.equal(await table.findOne(key), null);
  await table.deleteMany({ shelf: 'a' });
  assert.deepEqual(await table.find({ shelf: 'a' }).toArray(), []);
  await table.deleteMany({});
  assert.deepEqual(await table.find({}).toArray(), []);
}

async function words(db, table) {
  await table.alter({ operation: { add: { columns: { extra: 'text' } } } });
  await refused('CANNOT_LEXICAL_FILTER_NON_INDEXED_COLUMNS', () => table.findOne({ extra: { $match: 'cat' } }));
  await table.createTextIndex('by_extra', 'extra', { options: { analyzer: 'standard' } });
  await table.insertMany([
    { shelf: 'w', no: 1, extra: 'The cat; the CAT.' }, { shelf: 'w', no: 2, extra: 'A cat among dogs' }, { shelf: 'w', no: 3, extra: 'Dogs' },
  ]);
  const matched = await table.find({ shelf: 'w', extra: { $match: 'dogs cat' } }).toArray();
  assert.deepEqual(matched.map((row) => row.no), [2]);
  const ranked = await table.find({ shelf: 'w' }, { sort: { extra: 'cat' }, limit: 5 }).toArray();
  assert.deepEqual(ranked.map((row) => row.no), [1, 2]);
  await db.dropTableIndex('by_extra');
  await table.alter({ operation: { drop: { columns: ['extra'] } } });
}

async function altering(db, table) {
  const alter = (operation) => table.alter({ operation });
  await alter({ add: { columns: { extra: 'text' } } });
  await refused('CANNOT_ADD_EXISTING_COLUMNS', () => alter({ add: { columns: { extra: 'text' } } }));
  await alter({ drop: { columns: ['extra'] } });
  await refused('CANNOT_DROP_PRIMARY_KEY_COLUMNS', () => alter({ drop: { columns: ['no'] } }));
  await alter({ dropVectorize: { columns: ['plot'] } });
  await refused('UNSUPPORTED_VECTORIZE_WHEN_MISSING_VECTORIZE_DEFINITION', () => table.insertOne({ shelf: 'd', no: 1, plot: 'x' }));
  await alter({ addVectorize: { columns: { plot: nvidia } } });
  await table.insertOne({ shelf: 'd', no: 1, plot: 'x' });
  await refused('INVALID_CREATE_COLLECTION_OPTIONS', () => alter({ addVectorize: { columns: { like: nvidia } } }));
  await db.dropTableIndex('by_tag');
  await db.dropTableIndex('by_tag', { ifExists: true });
  await refused('CANNOT_DROP_UNKNOWN_INDEX', () => db.dropTableIndex('by_tag'));
  await table.drop();
  await refused('CANNOT_DROP_UNKNOWN_TABLE', () => table.drop());
  await refused('UNKNOWN_COLLECTION_OR_TABLE', () => table.findOne({}));
}

async function types(db) {
  await db.createType('person', { definition: { fields: { name: 'text', born: 'date' } } });
  await refused('CANNOT_ADD_EXISTING_TYPE', () => db.createType('person', { definition: { fields: { name: 'text' } } }));
  const person = { type: 'userDefined', udtName: 'person' };
  const table = await db.createTable('casts', {
    definition: { columns: { id: 'int', lead: person, others: { type: 'list', valueType: person } }, primaryKey: 'id' },
  });
  const ada = { name: 'Ada', born: date('1815-12-10') };
  await table.insertOne({ id: 1, lead: ada, others: [{ name: 'Grace' }, ada] });
  const row = await table.findOne({ id: 1 });
  assert.deepEqual([row.lead.name, `${row.lead.born}`], ['Ada', '1815-12-10']);
  assert.deepEqual(row.others.map((one) => one.name), ['Grace', 'Ada']);
  await refused('INVALID_COLUMN_VALUES', () => table.insertOne({ id: 2, lead: { nick: 'x' } }));
  await db.alterType('person', { operation: { add: { fields: { town: 'text' } } } });
  await db.alterType('person', { operation: { rename: { fields: { name: 'called' } } } });
  assert.equal((await table.findOne({ id: 1 })).lead.called, 'Ada');
  const listed = await db.listTypes();
  assert.deepEqual(listed.map((one) => [one.name, Object.keys(one.definition.fields).sort()]), [['person', ['born', 'called', 'town']]]);
  await refused('CANNOT_DROP_TYPE_USED_BY_TABLE', () => db.dropType('person'));
  await table.drop();
  await db.dropType('person');
  await refused('CANNOT_DROP_UNKNOWN_TYPE', () => db.dropType('person'));
}

async function collections(db) {
  const books = await db.createCollection('books', { vector: { dimension: 2, metric: 'cosine' } });
  assert.deepEqual(await db.listCollections({ nameOnly: true }), ['books']);
  assert.equal((await books.options()).vector.dimension, 2);
  await books.insertOne({ _id: 'a', title: 'A', n: 1, tags: ['x', 'y'], by: { name: 'Ann' }, $vector: [1, 0] });
  const more = Array.from({ length: 58 }, (_, i) => ({ _id: `b${i + 2}`, n: i + 2, at: new Date(0), $vector: [0, 1] }));
  assert.equal((await books.insertMany(more)).insertedCount, 58);
  await refused('DOCUMENT_ALREADY_EXISTS', () => books.insertOne({ _id: 'a' }));
  const ids = async (filter, options) => (await books.find(filter, options).toArray()).map((one) => one._id);
  assert.equal((await ids({})).length, 59);
  assert.equal(await books.countDocuments({ n: { $gte: 10 } }, 100), 50);
  assert.deepEqual(await ids({}, { sort: { n: -1 }, limit: 2, skip: 1 }), ['b58', 'b57']);
  assert.deepEqual(await ids({ $or: [{ 'by.name': 'Ann' }, { n: 3 }] }, { sort: { n: 1 } }), ['a', 'b3']);
  assert.deepEqual(await books.findOne({ tags: { $all: ['y', 'x'] } }, { projection: { title: 1 } }), { _id: 'a', title: 'A' });
  const [near] = await books.find({}, { sort: { $vector: [1, 0] }, limit: 1, includeSimilarity: true }).toArray();
  assert.equal(near._id, 'a');
  assert.ok(Math.abs(near.$similarity - 1) < 1e-6);
  assert.equal((await books.updateOne({ _id: 'a' }, { $inc: { n: 4 }, $push: { tags: 'z' } })).modifiedCount, 1);
  const after = { returnDocument: 'after' };
  assert.deepEqual((await books.findOneAndUpdate({ _id: 'a' }, { $set: { 'by.age': 3 } }, after)).by, { name: 'Ann', age: 3 });
  assert.equal((await books.findOneAndReplace({ _id: 'new' }, { n: 0 }, { upsert: true, ...after }))._id, 'new');
  assert.equal((await books.updateMany({ n: { $gt: 30 } }, { $set: { late: true } })).modifiedCount, 29);
  assert.deepEqual((await books.distinct('tags')).sort(), ['x', 'y', 'z']);
  assert.equal((await books.deleteMany({ late: true })).deletedCount, 29);
  await refused('UNSUPPORTED_UPDATE_OPERATION', () => books.updateOne({}, { $nope: { n: 1 } }));
  await books.insertMany([
    { _id: 'cat', t: 'a cat sleeps', $lexical: 'cat cat', $vector: [1, 0] }, { _id: 'dog', t: 'dogs bark', $lexical: 'dog, no cat', $vector: [0, 1] },
  ]);
  assert.deepEqual(await ids({ $lexical: { $match: 'Dog CAT' } }), ['dog']);
  assert.deepEqual(await ids({}, { sort: { $lexical: 'cat' } }), ['cat', 'dog']);
  const hybrid = { $hybrid: { $vector: [1, 0], $lexical: 'cat' } };
  const hits = await books.findAndRerank({ t: { $exists: true } }, { sort: hybrid, rerankOn: 't', rerankQuery: 'dogs', includeScores: true, limit: 2 }).toArray();
  assert.deepEqual(hits.map((hit) => hit.document._id), ['dog', 'cat']);
  assert.ok(hits[0].scores.$rerank > hits[1].scores.$rerank);
  await books.drop();
  await refused('UNKNOWN_COLLECTION_OR_TABLE', () => books.findOne({}));
}

// databases goes through the DevOps API: a database from its birth to its end.
// The client's class for the keyspaces of one knows no host but the real one.
async function databases(endpoint) {
  const admin = new DataAPIClient(process.env.TOKEN).admin({ endpointUrl: `${endpoint}/v2` });
  const regions = await admin.findAvailableRegions();
  assert.equal(regions.find((one) => one.name === 'us-east1').cloudProvider, 'GCP');
  const quick = { pollInterval: 50 };
  const made = await admin.createDatabase({ name: 'library', cloudProvider: 'GCP', region: 'us-east1', keyspace: 'shelves' }, quick);
  const info = await admin.dbInfo(made.id);
  assert.deepEqual([info.name, info.status, info.cloudProvider, info.keyspaces], ['library', 'ACTIVE', 'GCP', ['shelves']]);
  assert.ok((await admin.listDatabases()).some((one) => one.id === made.id));
  await admin.dropDatabase(made.id, quick);
  assert.ok(!(await admin.listDatabases()).some((one) => one.id === made.id));
}

async function around(client, db, endpoint, keyspace) {
  const admin = db.admin({ environment: 'hcd' });
  assert.ok((await admin.listKeyspaces()).includes(keyspace));
  const { embeddingProviders } = await admin.findEmbeddingProviders();
  assert.deepEqual(embeddingProviders.nvidia.models.map((m) => m.name), ['NV-Embed-QA']);
  await refused('UNKNOWN_KEYSPACE', () => client.db(endpoint, { keyspace: 'nowhere' }).listTables());
}

const [endpoint, keyspace] = process.argv.slice(2);
const client = new DataAPIClient(process.env.TOKEN, { environment: 'hcd' });
const db = client.db(endpoint, { keyspace });
await around(client, db, endpoint, keyspace);
const table = await schema(db);
await rows(table);
await reading(table);
await meaning(table);
await changing(table);
await words(db, table);
await altering(db, table);
await types(db);
await collections(db);
await databases(endpoint);
await client.close();
