package failure_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/killrvideo/killrvideo-go/infra/provider/failure"
)

func TestRecordsAreReadBack(t *testing.T) {
	path := filepath.Join(t.TempDir(), "failures")
	t.Setenv(failure.Variable, path)
	want := []failure.Record{{Class: failure.PortInUse, URN: "urn:a"}, {Class: failure.DiskFull, URN: "urn:b"}}
	for _, record := range want {
		if err := failure.Note(record); err != nil {
			t.Fatal(err)
		}
	}
	file, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := file.WriteString("port 8000 is in use\n{}\n"); err != nil {
		t.Fatal(err)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	got, err := failure.Read(path)
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("got %v, %v, want %v", got, err, want)
	}
}

func TestWithoutAFileNothingIsRecorded(t *testing.T) {
	t.Setenv(failure.Variable, "")
	if err := failure.Note(failure.Record{Class: failure.PortInUse}); err != nil {
		t.Error(err)
	}
	if got, err := failure.Read(filepath.Join(t.TempDir(), "none")); got != nil || err != nil {
		t.Errorf("got %v, %v", got, err)
	}
	if _, err := failure.Read(t.TempDir()); err == nil {
		t.Error("a folder was read as a file of records")
	}
}
