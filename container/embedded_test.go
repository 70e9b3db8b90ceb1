//go:build linux

package container

import (
	"archive/tar"
	"bytes"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/killrvideo/killrvideo-go/astra"
	"github.com/killrvideo/killrvideo-go/astra/dataapi"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/filter"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/options"
)

// testEmbeddedImage builds the image of the embedded Astra alone, with nothing but
// the module astra, and uses it as its documentation says.
func testEmbeddedImage(t *testing.T, e engine, source, builder, id string) {
	image := "astra-local-test:" + id
	e.after(t, "rmi", "-f", image)
	e.run(
		t,
		append(buildArgs(builder), "-f", source+"/container/astra-local/Dockerfile", "--target", "astra-local", "-t", image, source)...)
	if got := files(t, e, image); !slices.Equal(got, []string{"astra-local"}) {
		t.Errorf("files of the image: %v", got)
	}
	for _, storage := range [][]string{{"-dir", "/data"}, {"-memory", "-admin-token-file", "/data/admin-token"}} {
		t.Run(storage[0], func(t *testing.T) { testEmbedded(t, e, image, storage) })
	}
}

// testEmbedded runs the image on this machine's loopback, because the engine may
// have no network of its own.
func testEmbedded(t *testing.T, e engine, image string, storage []string) {
	address := "127.0.0.1:" + freePort(t)
	container := e.run(t, append([]string{"run", "-d", "--network=host", image, "-addr", address}, storage...)...)
	e.after(t, "rm", "-f", container)
	eventually(t, time.Minute, "the embedded Astra to print its address", func() (bool, string) {
		text := logs(t, e, container)
		return strings.Contains(text, "url: http://"+address), text
	})
	client := dataapi.NewClient(options.API().SetToken(adminToken(t, e, container)))
	db := client.Database("http://" + address)
	collection, err := db.CreateCollection(t.Context(), "c")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := collection.InsertOne(t.Context(), map[string]any{"_id": 1}); err != nil {
		t.Fatal(err)
	}
	if _, err := collection.FindOne(t.Context(), filter.Eq("_id", 1)).Raw(); err != nil {
		t.Error(err)
	}
	db.CloseIdleConnections()
	testStop(t, e, container)
}

// adminToken copies the token out of a container that has no shell.
func adminToken(t *testing.T, e engine, container string) astra.Token {
	t.Helper()
	files := tar.NewReader(bytes.NewReader([]byte(e.run(t, "cp", container+":/data/admin-token", "-"))))
	if _, err := files.Next(); err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(files)
	if err != nil {
		t.Fatal(err)
	}
	return astra.Token(strings.TrimSpace(string(text)))
}
