package call

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/killrvideo/killrvideo-go/astra/dataapi/internal/codec"
)

func TestDocumentsOfAnAnswer(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`[]`: "[]", `null`: "[]", ` [ {"a": [1, "]"]} , null,2 ] `: `[{"a": [1, "]"]} null 2]`,
		`{}`: "error", `"x"`: "error", `[1,`: "error", `[1 2]`: "error",
	} {
		var response Response
		err := codec.DecodeAnswer([]byte(`{"data":{"documents":`+text+`,"nextPageState":"next"}}`), &response)
		got := fmt.Sprintf("%s", response.Data.Documents.Values)
		if err != nil {
			got = "error"
		}
		if got != want || err == nil && response.Data.NextPageState != "next" {
			t.Errorf("%s: %s, %v; want %s", text, got, err, want)
		}
	}
}

// Buffers of answers are used again, and documents share a piece of memory.
func TestAnswersKeepTheirDocuments(t *testing.T) {
	t.Parallel()
	asked := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		asked++
		_, _ = w.Write([]byte(strings.ReplaceAll(`{"data":{"documents":["N-1","N-2"]}}`, "N", fmt.Sprint(asked))))
	}))
	t.Cleanup(server.Close)
	transport := Transport{Endpoint: server.URL, Token: canary, Client: server.Client()}
	var answers []*Response
	for range 50 {
		answer, err := transport.Call(t.Context(), Command{Name: "find"})
		if err != nil {
			t.Fatal(err)
		}
		_ = append(answer.Data.Documents.Values[0], 'x') // must not overwrite the next one
		answers = append(answers, answer)
	}
	for i, answer := range answers {
		if got, want := fmt.Sprintf("%s", answer.Data.Documents.Values), fmt.Sprintf(`["%d-1" "%d-2"]`, i+1, i+1); got != want {
			t.Fatalf("answer %d has become %s, want %s", i, got, want)
		}
	}
}
