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

// served is an embedded Astra of a benchmark.
type served struct{ url, token string }

func serveBenchmark(b *testing.B) served {
	b.Helper()
	dir := b.TempDir()
	server, err := local.Open(local.Config{Dir: dir})
	if err != nil {
		b.Fatal(err)
	}
	web := httptest.NewServer(server)
	b.Cleanup(func() {
		web.Close()
		if err := server.Close(); err != nil {
			b.Error(err)
		}
	})
	token, err := os.ReadFile(filepath.Join(dir, "admin-token"))
	if err != nil {
		b.Fatal(err)
	}
	return served{web.URL, strings.TrimSpace(string(token))}
}

func (s served) send(b *testing.B, target, body string) {
	b.Helper()
	request, _ := http.NewRequest(http.MethodPost, s.url+"/api/json/v1/"+target, strings.NewReader(body))
	request.Header.Set("Token", s.token)
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

// insert sends count documents in chunks of 100.
func (s served) insert(b *testing.B, count int, document func(id int) string) {
	b.Helper()
	for from := 0; from < count; from += 100 {
		documents := make([]string, 100)
		for i := range documents {
			documents[i] = document(from + i)
		}
		s.send(b, keyspace+"/made", `{"insertMany":{"documents":[`+strings.Join(documents, ",")+`]}}`)
	}
}

// BenchmarkVectorSearch measures a search of 50 of 1,024 dimensions through the
// API. The index is in memory, the rows are on disk.
func BenchmarkVectorSearch(b *testing.B) {
	const dimension = 1024
	for name, of := range map[string]struct{ create, id, vector string }{
		"table":      {create(fmt.Sprintf(`"id":"int","v":{"type":"vector","dimension":%d}`, dimension), `"id"`), "id", "v"},
		"collection": {fmt.Sprintf(`{"createCollection":{"name":"made","options":{"vector":{"dimension":%d}}}}`, dimension), "_id", "$vector"},
	} {
		for _, count := range []int{10_000, 100_000} {
			b.Run(fmt.Sprint(name, "/", count), func(b *testing.B) {
				s, source := serveBenchmark(b), rand.New(rand.NewPCG(7, 8))
				s.send(b, keyspace, of.create)
				if name == "table" {
					s.send(b, keyspace+"/made", `{"createVectorIndex":{"name":"by_v","definition":{"column":"v"}}}`)
				}
				s.insert(b, count, func(id int) string {
					return fmt.Sprintf(`{%q:%d,%q:%s}`, of.id, id, of.vector, binaryVector(source, dimension))
				})
				search := func() {
					s.send(b, keyspace+"/made", fmt.Sprintf(`{"find":{"sort":{%q:%s},"projection":{%q:1},"options":{"limit":50}}}`,
						of.vector, binaryVector(source, dimension), of.id))
				}
				search() // builds the index
				for b.Loop() {
					search()
				}
			})
		}
	}
}

// BenchmarkLexicalSearch measures a page of a collection sorted by a word that one
// document in a thousand has, by one that all have, and filtered by both.
func BenchmarkLexicalSearch(b *testing.B) {
	for _, count := range []int{1_000, 20_000, 100_000} {
		b.Run(fmt.Sprint(count), func(b *testing.B) {
			s := serveBenchmark(b)
			s.send(b, keyspace, `{"createCollection":{"name":"made"}}`)
			s.insert(b, count, func(id int) string {
				return fmt.Sprintf(`{"_id":%d,"$lexical":"words of document number%d and rare%d"}`, id, id, id%1000)
			})
			for name, command := range map[string]string{
				"rare":   `{"find":{"sort":{"$lexical":"rare7"}}}`,
				"common": `{"find":{"sort":{"$lexical":"words"}}}`,
				"both":   `{"find":{"filter":{"$lexical":{"$match":"words rare7"}}}}`,
			} {
				b.Run(name, func(b *testing.B) {
					for b.Loop() {
						s.send(b, keyspace+"/made", command)
					}
				})
			}
		})
	}
}
