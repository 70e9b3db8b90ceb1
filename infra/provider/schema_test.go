package provider_test

import (
	"encoding/json"
	"strings"
	"testing"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"github.com/killrvideo/killrvideo-go/astra/dataapi"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/filter"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/options"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/table"
	"github.com/killrvideo/killrvideo-go/infra/provider/resource"
)

// Definitions of one table as it grows.
const (
	small  = `{"columns":{"id":"uuid","added":"timestamp"},"primaryKey":{"partitionBy":["id"],"partitionSort":{"added":-1}}}`
	bigger = `{"columns":{"id":"uuid","added":"timestamp","name":"text","v":{"type":"vector","dimension":3}},
		"primaryKey":{"partitionBy":["id"],"partitionSort":{"added":-1}}}`
)

func schemaInputs(keyspace, definition string, indexes ...map[string]property.Value) map[string]property.Value {
	list := []property.Value{}
	for _, index := range indexes {
		list = append(list, property.New(index))
	}
	table := map[string]property.Value{"name": str("videos"), "definition": str(definition), "indexes": property.New(list)}
	return map[string]property.Value{
		"databaseId": str(databaseID), "keyspace": str(keyspace), "tables": property.New([]property.Value{property.New(table)}),
	}
}

func indexOf(name, kind, column string) map[string]property.Value {
	return map[string]property.Value{"name": str(name), "kind": str(kind), "column": str(column)}
}

func keyspaceOf(e embedded, keyspace string) *dataapi.Db {
	return dataapi.NewClient(options.API().SetToken(e.admin).SetKeyspace(keyspace)).Database(e.url)
}

func tableNames(t *testing.T, e embedded, keyspace string) []string {
	t.Helper()
	names, err := keyspaceOf(e, keyspace).ListTableNames(t.Context())
	must(t, err)
	return names
}

// definitions are those of the tables and indexes of a keyspace, as text.
func definitions(t *testing.T, e embedded, keyspace string) (text string) {
	t.Helper()
	tables, err := keyspaceOf(e, keyspace).ListTables(t.Context())
	must(t, err)
	for _, described := range tables {
		indexes, err := keyspaceOf(e, keyspace).Table(described.Name).ListIndexes(t.Context())
		must(t, err)
		for _, part := range []any{described.Definition, indexes} {
			printed, err := json.Marshal(part)
			must(t, err)
			text += string(printed)
		}
	}
	return text
}

func TestSchemaLifeCycle(t *testing.T) {
	t.Parallel()
	embedded := startAstra(t)
	s := newStack(t, embedded.server(t), resource.SchemaType)
	if v := s.previewCreate(schemaInputs("fresh", small)).Get("hash"); !v.IsString() {
		t.Errorf("hash = %v at preview, want it known", v)
	}
	if database, err := embedded.control(t).Database(t.Context(), databaseID); err != nil || database.HasKeyspace("fresh") {
		t.Errorf("a preview made the keyspace: %v", err)
	}
	must(t, s.create(schemaInputs("fresh", small)))
	hash := s.text("hash")
	if d := s.diff(schemaInputs("fresh", small)); d.HasChanges {
		t.Errorf("a second up changes %v", d.DetailedDiff)
	}
	grown := schemaInputs("fresh", bigger, indexOf("videos_name", "regular", "name"), indexOf("videos_v", "vector", "v"))
	if d := s.diff(grown); d.DetailedDiff["tables"].Kind != p.Update {
		t.Fatalf("more columns show as %v, want an update", d.DetailedDiff)
	}
	before := definitions(t, embedded, "fresh")
	preview, err := s.update(grown, true)
	must(t, err)
	if after := definitions(t, embedded, "fresh"); after != before {
		t.Errorf("a preview of the update changed the tables from %s to %s", before, after)
	}
	if shown := preview.Get("hash"); !shown.IsString() || shown.AsString() == hash {
		t.Errorf("the preview shows the hash %v, want that of the tables to come", shown)
	}
	_, err = s.update(grown, false)
	must(t, err)
	if s.text("hash") == hash {
		t.Error("another schema has the same hash")
	}
	indexes, err := keyspaceOf(embedded, "fresh").Table("videos").ListIndexNames(t.Context())
	must(t, err)
	if len(indexes) != 2 {
		t.Errorf("indexes = %v, want two", indexes)
	}
	_, err = s.update(grown, false) // what is there is left alone
	must(t, err)
	must(t, s.delete())
	if names := tableNames(t, embedded, "fresh"); len(names) != 1 {
		t.Errorf("tables = %v, want the deletion to leave the data alone", names)
	}
}

// The options of an index reach the database; without any it has the defaults.
func TestIndexesAreMadeAsDeclared(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		kind, definition string
		want             []string
	}{
		"a metric": {"vector", `{"column":"v","options":{"metric":"dot_product"}}`, []string{`"metric":"dot_product"`}},
		"a model":  {"vector", `{"column":"v","options":{"sourceModel":"bert"}}`, []string{`"sourceModel":"bert"`, `"metric":"dot_product"`}},
		"both": {"vector", `{"column":"v","options":{"metric":"euclidean","sourceModel":"bert"}}`,
			[]string{`"metric":"euclidean"`, `"sourceModel":"bert"`}},
		"the defaults": {"vector", `{"column":"v"}`, []string{`"metric":"cosine"`}},
		"a text": {"regular", `{"column":"name","options":{"ascii":true,"caseSensitive":false,"normalize":true}}`,
			[]string{`"ascii":true`, `"caseSensitive":false`, `"normalize":true`}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			embedded := startAstra(t)
			index := map[string]property.Value{"name": str("made"), "kind": str(test.kind), "definition": str(test.definition)}
			inputs := schemaInputs("fresh", bigger, index)
			s := newStack(t, embedded.server(t), resource.SchemaType)
			must(t, s.create(inputs))
			for _, want := range test.want {
				if made := definitions(t, embedded, "fresh"); !strings.Contains(made, want) {
					t.Errorf("made was %s, want %s", made, want)
				}
			}
			if r := s.read(); !r.Properties.Equals(s.state) {
				t.Errorf("it reads as %v", r.Properties)
			}
		})
	}
}

func TestTableNamesAreSorted(t *testing.T) {
	t.Parallel()
	s := newStack(t, newServer(t, nil), resource.SchemaType)
	tables := []property.Value{}
	for _, name := range []string{"b", "c", "a"} {
		tables = append(tables, property.New(map[string]property.Value{"name": str(name), "definition": str(small)}))
	}
	names := s.previewCreate(with(schemaInputs("fresh", small), "tables", property.New(tables))).Get("tableNames")
	if !names.Equals(property.New([]property.Value{str("a"), str("b"), str("c")})) {
		t.Errorf("tableNames = %v", names)
	}
}

func TestSchemaTakesUpWhatExists(t *testing.T) {
	t.Parallel()
	embedded := startAstra(t)
	server := embedded.server(t)
	must(t, newStack(t, server, resource.SchemaType).create(schemaInputs("fresh", small)))
	must(t, newStack(t, server, resource.SchemaType).create(schemaInputs("fresh", bigger)))
	err := newStack(t, server, resource.SchemaType).create(schemaInputs("fresh", strings.Replace(small, `"timestamp"`, `"text"`, 1)))
	if err == nil || !strings.Contains(err.Error(), "column added is timestamp and cannot become text") {
		t.Errorf("err = %v, want the conflict with what exists", err)
	}
}

// A column without an embedding service gets it by an up; a service that was
// removed elsewhere is added again.
func TestSchemaAddsTheEmbeddingService(t *testing.T) {
	t.Parallel()
	embedded := startAstra(t)
	s := newStack(t, embedded.server(t), resource.SchemaType)
	plain := `{"columns":{"id":"uuid","v":{"type":"vector","dimension":1024}},"primaryKey":"id"}`
	service := strings.Replace(plain, "1024", `1024,"service":{"provider":"nvidia","modelName":"NV-Embed-QA"}`, 1)
	videos := keyspaceOf(embedded, "fresh").Table("videos")
	embeds := func() error {
		_, err := videos.InsertOne(t.Context(), map[string]any{"id": "00000000-0000-4000-8000-000000000009", "v": "cats"})
		return err
	}
	must(t, s.create(schemaInputs("fresh", plain)))
	if embeds() == nil {
		t.Error("the column has an embedding service before the up")
	}
	_, err := s.update(schemaInputs("fresh", service), false)
	must(t, err)
	must(t, embeds())
	must(t, videos.Alter(t.Context(), table.DropVectorize{Columns: []string{"v"}}))
	read := s.read()
	s.state, s.inputs = read.Properties, read.Inputs
	if d := s.diff(schemaInputs("fresh", service)); d.DetailedDiff["tables"].Kind != p.Update {
		t.Errorf("a dropped service shows as %v, want an update", d.DetailedDiff)
	}
	_, err = s.update(schemaInputs("fresh", service), false)
	must(t, err)
	must(t, embeds())
}

func TestSchemaRefusesLossesAtPreview(t *testing.T) {
	t.Parallel()
	embedded := startAstra(t)
	s := newStack(t, embedded.server(t), resource.SchemaType)
	must(t, s.create(schemaInputs("fresh", bigger)))
	for want, definition := range map[string]string{
		"column name is text": strings.Replace(bigger, `"name":"text"`, `"name":"int"`, 1),
		"the primary key is":  strings.Replace(bigger, `{"added":-1}`, `{"added":1}`, 1),
	} {
		if _, err := s.tryDiff(schemaInputs("fresh", definition)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("err = %v, want %q", err, want)
		}
	}
	if d := s.diff(schemaInputs("elsewhere", small)); d.DetailedDiff["keyspace"].Kind != p.UpdateReplace {
		t.Errorf("another keyspace shows as %v, want a replacement", d.DetailedDiff)
	}
}

// A release that does not know a column yet is deployed beside its data, and the
// next one finds both again.
func TestAnOlderReleaseLeavesWhatItDoesNotDeclare(t *testing.T) {
	t.Parallel()
	embedded := startAstra(t)
	s := newStack(t, embedded.server(t), resource.SchemaType)
	newer, older := schemaInputs("fresh", bigger, indexOf("videos_name", "regular", "name")), schemaInputs("fresh", small)
	must(t, s.create(newer))
	videos := keyspaceOf(embedded, "fresh").Table("videos")
	row := map[string]any{"id": "00000000-0000-4000-8000-000000000009", "added": "2026-01-01T00:00:00Z", "name": "cats"}
	_, err := videos.InsertOne(t.Context(), row)
	must(t, err)
	for name, release := range map[string]map[string]property.Value{"older": older, "newer": newer} {
		if d, err := s.tryDiff(release); err != nil || name == "older" && d.DetailedDiff["tables"].Kind != p.Update {
			t.Errorf("the %s release shows as %v, %v; want an update", name, d.DetailedDiff, err)
		}
	}
	_, err = s.update(older, false)
	must(t, err)
	_, err = s.update(newer, false)
	must(t, err)
	var read map[string]any
	must(t, videos.FindOne(t.Context(), filter.F{"name": "cats"}).Decode(&read))
	if read["name"] != "cats" {
		t.Errorf("after the older release the row is %v", read)
	}
}

// cosine to dot_product is no small thing: results are ranked otherwise.
func TestAnotherMetricIsRefusedAtPreview(t *testing.T) {
	t.Parallel()
	embedded := startAstra(t)
	s := newStack(t, embedded.server(t), resource.SchemaType)
	vector := func(metric string) map[string]property.Value {
		return schemaInputs("fresh", bigger, map[string]property.Value{"name": str("videos_v"), "kind": str("vector"),
			"definition": str(`{"column":"v","options":{"metric":"` + metric + `"}}`)})
	}
	must(t, s.create(vector("cosine")))
	if _, err := s.tryDiff(vector("dot_product")); err == nil || !strings.Contains(err.Error(), "metric dot_product") {
		t.Errorf("err = %v, want the metric that cannot change", err)
	}
	if err := newStack(t, s.server, resource.SchemaType).create(vector("dot_product")); err == nil || !strings.Contains(err.Error(),
		"metric dot_product") {
		t.Errorf("against the database: err = %v, want the metric that cannot change", err)
	}
}

func TestSchemaDriftIsSeen(t *testing.T) {
	t.Parallel()
	embedded := startAstra(t)
	s := newStack(t, embedded.server(t), resource.SchemaType)
	inputs := schemaInputs("fresh", bigger, indexOf("videos_name", "regular", "name"))
	must(t, s.create(inputs))
	if r := s.read(); !r.Properties.Equals(s.state) || !r.Inputs.Equals(s.inputs) {
		t.Errorf("an untouched schema reads differently:\n%v\n%v", r.Properties, s.state)
	}
	must(t, keyspaceOf(embedded, "fresh").DropTableIndex(t.Context(), "videos_name"))
	read := s.read()
	if !read.Inputs.Get("tables").Equals(read.Properties.Get("tables")) {
		t.Errorf("a refresh reads the inputs %v and the state %v", read.Inputs, read.Properties)
	}
	s.state, s.inputs = read.Properties, read.Inputs
	if d := s.diff(inputs); d.DetailedDiff["tables"].Kind != p.Update {
		t.Errorf("a dropped index shows as %v, want an update", d.DetailedDiff)
	}
	_, err := s.update(inputs, false)
	must(t, err)
	must(t, embedded.control(t).DeleteKeyspace(t.Context(), databaseID, "fresh"))
	if r := s.read(); r.ID != "" {
		t.Error("the schema of a dropped keyspace is still there for a refresh")
	}
}

func TestSchemaCheckNamesTheTable(t *testing.T) {
	t.Parallel()
	s := newStack(t, newServer(t, nil), resource.SchemaType)
	for _, field := range []string{"databaseId", "keyspace"} {
		_, failures := s.check(with(schemaInputs("fresh", small), field, str("")))
		if len(failures) != 1 || failures[0].Property != field {
			t.Errorf("without %s: failures = %v", field, failures)
		}
	}
	for name, inputs := range map[string]map[string]property.Value{
		"no JSON":          schemaInputs("fresh", `{`),
		"an unknown index": schemaInputs("fresh", small, indexOf("videos_x", "text", "id")),
	} {
		_, failures := s.check(inputs)
		if len(failures) != 1 || failures[0].Property != "tables" || !strings.Contains(failures[0].Reason, "table videos") {
			t.Errorf("%s: failures = %v", name, failures)
		}
	}
}
