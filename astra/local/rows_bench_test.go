package local_test

import (
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/killrvideo/killrvideo-go/astra/local"
)

// sender sends commands to an embedded Astra of its own, which keeps its data
// on disk.
func sender(b *testing.B) func(target, body string) string {
	b.Helper()
	embedded := local.New(b, func(c *local.Config) { c.Memory, c.Dir = false, b.TempDir() })
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}}
	b.Cleanup(client.CloseIdleConnections)
	return func(target, body string) string {
		request, _ := http.NewRequest(http.MethodPost, embedded.URL+"/api/json/v1/"+target, strings.NewReader(body))
		request.Header.Set("Token", embedded.Token.Reveal())
		response, err := client.Do(request)
		if err != nil {
			b.Fatal(err)
		}
		answer, err := io.ReadAll(response.Body)
		_ = response.Body.Close()
		if err != nil || response.StatusCode != http.StatusOK || strings.Contains(string(answer), `"errors"`) {
			b.Fatal(err, response.Status, string(answer))
		}
		return string(answer)
	}
}

// BenchmarkFirstAnswer measures from nothing to the first answer.
func BenchmarkFirstAnswer(b *testing.B) {
	for b.Loop() {
		send := sender(b)
		send(keyspace, `{"listTables":{}}`)
	}
}

// BenchmarkRows measures what must not grow with a table: a row by its key, a
// page of a partition of 100, a page of the whole, a new row.
func BenchmarkRows(b *testing.B) {
	for _, count := range []int{1_000, 100_000, 1_000_000} {
		b.Run(fmt.Sprint(count), func(b *testing.B) {
			send := sender(b)
			const on = keyspace + "/made"
			send(keyspace, create(`"p":"int","c":"int","t":"text"`, `{"partitionBy":["p"],"partitionSort":{"c":1}}`))
			for from := 0; from < count; from += 100 {
				rows := make([]string, 100)
				for i := range rows {
					rows[i] = fmt.Sprintf(`{"p":%d,"c":%d,"t":"some text of row %d"}`, from/100, i, i)
				}
				send(on, `{"insertMany":{"documents":[`+strings.Join(rows, ",")+`]}}`)
			}
			var fresh atomic.Int64
			requests := []struct {
				name string
				body func() string
			}{
				{"findOne", func() string {
					return fmt.Sprintf(`{"findOne":{"filter":{"p":%d,"c":%d}}}`, rand.IntN(count/100), rand.IntN(100))
				}},
				{"partition", func() string { return fmt.Sprintf(`{"find":{"filter":{"p":%d}}}`, rand.IntN(count/100)) }},
				{"all", func() string { return `{"find":{}}` }},
				{"insertOne", func() string { return fmt.Sprintf(`{"insertOne":{"document":{"p":-1,"c":%d,"t":"x"}}}`, fresh.Add(1)) }},
			}
			for _, r := range requests {
				b.Run(r.name, func(b *testing.B) {
					for b.Loop() {
						send(on, r.body())
					}
				})
			}
			b.Run("findOneBy64", func(b *testing.B) {
				b.SetParallelism(64)
				b.RunParallel(func(pb *testing.PB) {
					for pb.Next() {
						send(on, requests[0].body())
					}
				})
			})
		})
	}
}
