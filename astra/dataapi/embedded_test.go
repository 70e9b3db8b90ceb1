package dataapi_test

import (
	"fmt"
	"os"
	"testing"

	"go.uber.org/goleak"

	"github.com/killrvideo/killrvideo-go/astra/dataapi"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/dataapitest"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/options"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/table"
)

// program is the embedded Astra, built by TestMain.
var program dataapitest.Embedded

// TestMain builds the embedded Astra and holds that no test, and so no call of
// the client, leaves a goroutine behind.
func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "dataapi")
	if err == nil {
		program, err = dataapitest.Build(dir)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "build the embedded Astra:", err)
		os.Exit(1)
	}
	goleak.VerifyTestMain(m, goleak.Cleanup(func(code int) {
		_ = os.RemoveAll(dir)
		os.Exit(code)
	}))
}

// embedded starts an embedded Astra with pages of three rows and a client with
// its administrator's token.
func embedded(t testing.TB) *dataapi.Db {
	t.Helper()
	url, token := program.Start(t, "-page-size", "3")
	db := dataapi.NewClient(options.API().SetToken(token)).Database(url)
	t.Cleanup(db.CloseIdleConnections)
	return db
}

// films is a table with a column of each kind that the application uses.
func films(t testing.TB, db *dataapi.Db) *dataapi.Table {
	t.Helper()
	tb, err := db.CreateTable(t.Context(), "films", table.Definition{
		Columns: table.Columns{
			{Name: "shelf", Column: table.Text()}, {Name: "no", Column: table.Int()},
			{Name: "id", Column: table.UUID()}, {Name: "views", Column: table.BigInt()},
			{Name: "added", Column: table.Timestamp()}, {Name: "seen", Column: table.Boolean()},
			{Name: "tags", Column: table.Set(table.Text())}, {Name: "cast", Column: table.List(table.Text())},
			{Name: "labels", Column: table.Map(table.TypeText, table.Text())},
			{Name: "poster", Column: table.Blob()}, {Name: "like", Column: table.Vector(3)},
		},
		PrimaryKey: table.PrimaryKey{
			PartitionBy: []string{"shelf"}, PartitionSort: table.PartitionSort{{Name: "no", Order: table.SortDescending}},
		},
	}, options.CreateTable().SetIfNotExists(true))
	if err != nil {
		t.Fatal(err)
	}
	return tb
}
