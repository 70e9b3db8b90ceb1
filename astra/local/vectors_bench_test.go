package local_test

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/killrvideo/killrvideo-go/astra/local"
)

// binaryVector is a vector as the Data API takes it in a third of the space.
func binaryVector(source *rand.Rand, dimension int) string {
	raw := make([]byte, 0, 4*dimension)
	for range dimension {
		raw = binary.BigEndian.AppendUint32(raw, math.Float32bits(float32(source.NormFloat64())))
	}
	return `{"$binary":"` + base64.StdEncoding.EncodeToString(raw) + `"}`
}

// BenchmarkVectorSearch measures a search of 50 of 1,024 dimensions through the
// API. The index is in memory, the rows are on disk.
func BenchmarkVectorSearch(b *testing.B) {
	const dimension = 1024
	for _, count := range []int{10_000, 100_000} {
		b.Run(fmt.Sprint(count), func(b *testing.B) {
			dir := b.TempDir()
			server, err := local.Open(local.Config{Dir: dir})
			if err != nil {
				b.Fatal(err)
			}
			defer server.Close()
			web := httptest.NewServer(server)
			defer web.Close()
			token, err := os.ReadFile(filepath.Join(dir, "admin-token"))
			if err != nil {
				b.Fatal(err)
			}
			send := func(target, body string) {
				request, _ := http.NewRequest(http.MethodPost, web.URL+"/api/json/v1/"+target, strings.NewReader(body))
				request.Header.Set("Token", strings.TrimSpace(string(token)))
				response, err := http.DefaultClient.Do(request)
				if err != nil || response.StatusCode != http.StatusOK {
					b.Fatal(err, response)
				}
				answer, err := io.ReadAll(response.Body)
				_ = response.Body.Close()
				if err != nil || strings.Contains(string(answer), `"errors"`) {
					b.Fatal(err, string(answer))
				}
			}
			on, source := keyspace+"/made", rand.New(rand.NewPCG(7, 8))
			send(keyspace, create(fmt.Sprintf(`"id":"int","v":{"type":"vector","dimension":%d}`, dimension), `"id"`))
			send(on, `{"createVectorIndex":{"name":"by_v","definition":{"column":"v"}}}`)
			for from := 0; from < count; from += 100 {
				documents := make([]string, 100)
				for i := range documents {
					documents[i] = fmt.Sprintf(`{"id":%d,"v":%s}`, from+i, binaryVector(source, dimension))
				}
				send(on, `{"insertMany":{"documents":[`+strings.Join(documents, ",")+`]}}`)
			}
			search := func() {
				send(on, fmt.Sprintf(`{"find":{"sort":{"v":%s},"projection":{"id":1},"options":{"limit":50}}}`, binaryVector(source, dimension)))
			}
			search() // builds the index
			for b.Loop() {
				search()
			}
		})
	}
}
