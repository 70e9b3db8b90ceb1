package schema_test

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/killrvideo/killrvideo-go/astra/dataapi/table"
	"github.com/killrvideo/killrvideo-go/service/embed"
	"github.com/killrvideo/killrvideo-go/service/store/schema"
)

// creatable are the types that createTable accepts.
var creatable = strings.Fields("ascii bigint blob boolean date decimal double duration float inet int smallint " +
	"text time timestamp tinyint uuid varint list set map vector")

// name is what the Data API accepts as one.
var name = regexp.MustCompile(`^\w{1,48}$`)

func TestTablesCanBeCreatedThroughTheDataAPI(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, wanted := range schema.Tables() {
		t.Run(wanted.Name, func(t *testing.T) {
			if !name.MatchString(wanted.Name) || seen[wanted.Name] {
				t.Error("the name is refused, or used twice")
			}
			seen[wanted.Name] = true
			for _, c := range wanted.Definition.Columns {
				if !name.MatchString(c.Name) || !slices.Contains(creatable, c.Column.Type) {
					t.Errorf("column %s of type %s", c.Name, c.Column.Type)
				}
			}
			for _, c := range keyColumns(wanted.Definition.PrimaryKey) {
				if _, ok := wanted.Definition.Columns.Get(c); !ok {
					t.Errorf("the key names %s, which is no column", c)
				}
			}
		})
	}
}

func keyColumns(k table.PrimaryKey) []string {
	columns := slices.Clone(k.PartitionBy)
	for _, c := range k.PartitionSort {
		columns = append(columns, c.Name)
	}
	return columns
}

func TestIndexesAreOnColumnsOfTheirKind(t *testing.T) {
	t.Parallel()
	for _, wanted := range schema.Tables() {
		for _, index := range wanted.Indexes {
			column, ok := wanted.Definition.Columns.Get(index.Definition.Column.(string))
			if !ok || (index.Kind == schema.Vector) != (column.Type == "vector") {
				t.Errorf("%s: %s on %v", wanted.Name, index.Kind, column)
			}
		}
	}
}

// Those who create the tables get them as JSON, and the order of the
// clustering columns must survive that.
func TestTablesTravelAsJSON(t *testing.T) {
	t.Parallel()
	text, err := json.Marshal(schema.Tables())
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`"primaryKey":{"partitionBy":["month"],"partitionSort":{"added_date":-1,"videoid":1}}`,
		`"primaryKey":{"partitionBy":["list"],"partitionSort":{"id":-1}}`,
		`"kind":"vector","definition":{"column":"content_features","options":{"metric":"cosine"}}`,
		`"content_features":{"type":"vector","dimension":1024,"service":{"provider":"nvidia","modelName":"NV-Embed-QA"}}`,
	} {
		if !strings.Contains(string(text), want) {
			t.Errorf("%s is not in %s", want, text)
		}
	}
}

// What the service notes as the maker of Astra's vectors is who makes them.
func TestVectorsAreMadeByTheModelThatIsNoted(t *testing.T) {
	t.Parallel()
	for _, wanted := range schema.Tables() {
		for _, c := range wanted.Definition.Columns {
			made := ""
			if s := c.Column.Service; s != nil {
				made = s.Provider + "/" + s.ModelName
			}
			if want := map[bool]string{true: embed.AstraModel}[c.Column.Type == "vector"]; made != want {
				t.Errorf("%s.%s: made by %q, want %q", wanted.Name, c.Name, made, want)
			}
		}
	}
}
