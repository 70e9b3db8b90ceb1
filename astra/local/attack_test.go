package local_test

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/killrvideo/killrvideo-go/astra/local"
)

// TestLargeBodiesAreBoundedWhileTheyAreParsed sends bodies that are small on
// the wire and large in memory. The bound is on bytes allocated, which do not
// depend on how busy the machine is.
func TestLargeBodiesAreBoundedWhileTheyAreParsed(t *testing.T) {
	e := withTables(t)
	repeat := func(text string, n int) string { return strings.TrimSuffix(strings.Repeat(text+",", n), ",") }
	deep := func(open, end string, n int) string { return strings.Repeat(open, n) + "1" + strings.Repeat(end, n) }
	for name, body := range map[string]string{
		"a filter of three million empty objects": `{"find":{"filter":{"$and":[` + repeat(`{}`, 3_000_000) + `]}}}`,
		"a document of seven million numbers":     `{"insertOne":{"document":{"id":` + idA + `,"list":[` + repeat(`1`, 7_000_000) + `]}}}`,
		"a document of many objects":              `{"insertOne":{"document":{"id":` + idA + `,"list":[` + repeat(`{"a":{}}`, 1_600_000) + `]}}}`,
		"objects in objects":                      `{"find":{"filter":` + deep(`{"$not":`, `}`, 2_000) + `}}`,
		"arrays in arrays":                        `{"find":{"filter":` + deep(`[`, `]`, 1_000_000) + `}}`,
		"a long name":                             `{"find":{"filter":{"` + strings.Repeat("n", 60_000) + `":1}}}`,
		"a long number":                           `{"find":{"filter":{"n":` + strings.Repeat("9", 101) + `}}}`,
	} {
		t.Run(name, func(t *testing.T) {
			before := allocated()
			r := e.send(t, http.MethodPost, "/v1/"+keyspace+"/things", e.admin, body)
			if used := (allocated() - before) >> 20; used > 350 {
				t.Errorf("took %d MiB for a body of %d MiB", used, len(body)>>20)
			}
			if r.status != http.StatusOK || !strings.Contains(r.text, `"SHRED_DOC_LIMIT_VIOLATION"`) {
				t.Errorf("answered %d %.200s", r.status, r.text)
			}
		})
	}
	t.Run("more than 20 MiB", func(t *testing.T) {
		r := e.send(t, http.MethodPost, "/v1/"+keyspace+"/things", e.admin, `{"find":{"filter":{"name":"`+strings.Repeat("x", 20<<20)+`"}}}`)
		if r.status != http.StatusRequestEntityTooLarge || r.text != "" {
			t.Errorf("answered %d %.200s", r.status, r.text)
		}
	})
}

// TestStalledLargeBodiesTimeOut: connections that announce a large body and
// send nothing hold up a large body of another client for a moment only.
func TestStalledLargeBodiesTimeOut(t *testing.T) {
	t.Parallel()
	e := startWith(t, local.Config{BodyTimeout: 100 * time.Millisecond})
	e.done(t, keyspace, docs)
	for range 8 {
		stalled, err := net.Dial("tcp", strings.TrimPrefix(e.url, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = stalled.Close() }()
		_, _ = fmt.Fprintf(stalled, "POST /v1/%s/docs HTTP/1.1\r\nHost: x\r\nToken: %s\r\nContent-Length: 2000000\r\n\r\n{", keyspace, e.admin)
	}
	document := `{"insertOne":{"document":{"_id":1,"$lexical":null,"t":["` + strings.Repeat("x", 2<<20) + `"]}}}`
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for range 3 {
		request, err := http.NewRequestWithContext(ctx, http.MethodPost, e.url+"/v1/"+keyspace+"/docs", strings.NewReader(document))
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Token", e.admin)
		if r := receive(t, request); r.status != http.StatusOK || !strings.Contains(r.text, "_LIMIT_VIOLATION") {
			t.Fatalf("answered %d %.200s", r.status, r.text)
		}
	}
}

func allocated() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.TotalAlloc
}

// TestLargeCollectionsTakeLinearMemory: the keys that a set is sorted by are made
// once, and a map is not shifted for every entry.
func TestLargeCollectionsTakeLinearMemory(t *testing.T) {
	e := start(t)
	e.done(t, keyspace, `{"createTable":{"name":"sets","definition":{"columns":{"id":"int","s":{"type":"set","valueType":"int"},
		"m":{"type":"map","keyType":"text","valueType":"int"}},"primaryKey":"id"}}}`)
	var list, entries strings.Builder
	const n = 200_000
	for i := range n {
		fmt.Fprintf(&list, "%d,", (i*7919)%n)
		fmt.Fprintf(&entries, `"%d":1,`, (i*7919)%n)
	}
	for name, document := range map[string]string{
		"a set": `"s":[` + strings.TrimSuffix(list.String(), ",") + `]`,
		"a map": `"m":{` + strings.TrimSuffix(entries.String(), ",") + `}`,
	} {
		t.Run(name, func(t *testing.T) {
			before := allocated()
			e.done(t, keyspace+"/sets", `{"insertOne":{"document":{"id":1,`+document+`}}}`)
			if used := (allocated() - before) >> 20; used > 400 { // a copy for every entry took 1.7 GiB
				t.Errorf("took %d MiB for %d values", used, n)
			}
		})
	}
}

func TestDataFolderPermissions(t *testing.T) {
	t.Parallel()
	open := func(dir string) error {
		server, err := local.Open(local.Config{Dir: dir})
		if err != nil {
			return err
		}
		defer func() { _ = server.Close() }()
		return filepath.WalkDir(dir, func(path string, entry os.DirEntry, err error) error {
			info, infoErr := entry.Info()
			if infoErr != nil {
				return infoErr
			}
			if info.Mode().Perm()&0o077 != 0 {
				t.Errorf("%s has mode %04o", path, info.Mode().Perm())
			}
			return err
		})
	}
	mode := func(t *testing.T, path string, m os.FileMode) {
		t.Helper()
		if err := os.Chmod(path, m); err != nil {
			t.Fatal(err)
		}
	}
	t.Run("a new folder", func(t *testing.T) {
		if err := open(filepath.Join(t.TempDir(), "data")); err != nil {
			t.Error(err)
		}
	})
	t.Run("an empty folder that is wider", func(t *testing.T) {
		dir := t.TempDir()
		mode(t, dir, 0o755)
		if err := open(dir); err != nil {
			t.Error(err)
		}
	})
	t.Run("files that are wider", func(t *testing.T) {
		dir := t.TempDir()
		if err := open(dir); err != nil {
			t.Fatal(err)
		}
		mode(t, dir, 0o755)
		mode(t, filepath.Join(dir, "astra.sqlite"), 0o644)
		mode(t, filepath.Join(dir, "admin-token"), 0o644)
		if err := open(dir); err != nil {
			t.Error(err)
		}
	})
	t.Run("a wider folder of other files", func(t *testing.T) {
		dir := t.TempDir()
		mode(t, dir, 0o755)
		if err := os.WriteFile(filepath.Join(dir, "letter"), nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := open(dir); err == nil || !strings.Contains(err.Error(), "chmod 700 "+dir) {
			t.Errorf("it was opened: %v", err)
		}
		if info, err := os.Stat(dir); err != nil || info.Mode().Perm() != 0o755 {
			t.Errorf("the folder of other files was changed: %v %v", info, err)
		}
	})
}

// TestReplacedAdminTokenIsRevoked opens the folder with one token, then another.
func TestReplacedAdminTokenIsRevoked(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, "admin-token")
	token := func(id string) string { return "AstraCS:" + id + ":" + strings.Repeat("0", 64) }
	check := func(t *testing.T, alive, dead string) {
		t.Helper()
		e := serve(t, dir)
		for text, status := range map[string]int{alive: http.StatusOK, dead: http.StatusUnauthorized} {
			if r := e.send(t, http.MethodPost, "/v1/"+keyspace, text, `{"listTables":{}}`); text != "" && r.status != status {
				t.Errorf("%.12s… answered %d, not %d", text, r.status, status)
			}
		}
		e.end()
	}
	write := func(t *testing.T, text string) {
		t.Helper()
		if err := os.WriteFile(file, []byte(text+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	first := serve(t, dir)
	made := first.admin
	first.end()
	write(t, token("testfirst"))
	check(t, token("testfirst"), made)
	write(t, token("testsecond"))
	check(t, token("testsecond"), token("testfirst"))
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	check(t, "", token("testsecond"))
}
