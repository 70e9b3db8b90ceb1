//go:build linux

package container

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/killrvideo/killrvideo-go/astra"
	"github.com/killrvideo/killrvideo-go/astra/dataapi"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/filter"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/options"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/table"
)

func TestPrepare(t *testing.T) {
	t.Parallel()
	p := prepare(t, startAstra(t))
	first := p.secrets(t)
	token := astra.Token(first[0])
	db := dataapi.NewClient(options.API().SetToken(token).SetKeyspace("killrvideo")).Database(p.url)

	tables, err := db.ListTableNames(t.Context())
	if err != nil {
		t.Fatalf("the token does not work: %v", err)
	}
	if !slices.Contains(tables, "users") || !slices.Contains(tables, "videos") {
		t.Errorf("tables: %v", tables)
	}
	definition := table.Definition{Columns: table.Columns{{Name: "id", Column: table.Text()}},
		PrimaryKey: table.PrimaryKey{PartitionBy: []string{"id"}}}
	if _, err := db.CreateTable(t.Context(), "not_allowed", definition); err == nil {
		t.Error("the API's token may create tables")
	}
	for _, name := range []string{"ASTRA_DB_APPLICATION_TOKEN", "JWT_SECRET_KEY", "ASTRA_DB_READ_ONLY_TOKEN"} {
		info, err := os.Stat(filepath.Join(p.dir, name))
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, mode %v, want 0600", name, err, info.Mode().Perm())
		}
	}

	reads := dataapi.NewClient(options.API().SetToken(astra.Token(first[2])).SetKeyspace("killrvideo")).Database(p.url)
	if err := reads.Table("tags").DeleteOne(t.Context(), filter.F{"letter": "x", "ending": "x", "tag": "x"}); err == nil {
		t.Error("the API's token for reads may write")
	}

	p.again(t)
	if !slices.Equal(p.secrets(t), first) {
		t.Error("the second run changed the token or the key")
	}
	write(t, filepath.Join(p.dir, "ASTRA_DB_APPLICATION_TOKEN"), "AstraCS:generated-for-a-test")
	p.again(t)
	if got := p.secrets(t); got[0] == "AstraCS:generated-for-a-test" || got[1] != first[1] {
		t.Error("a token that does not work must be replaced, and the key kept")
	}
}
